// The screen of `sonde ports` at a real terminal: into a port, sizes, and back.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { repositoryRoot } from '../helpers/cli.ts'
import { noTerminal, Pane, quote, withTerminals } from '../helpers/pane.ts'

const program = `${quote(process.execPath)} --import tsx ${quote(join(repositoryRoot, 'test/system/ports-program.ts'))}`
const keyLine = /^ s sort +↵ port .* q quit$/m

describe('ports at a terminal', { skip: noTerminal }, () => {
  withTerminals()
  test('table, a port, other sizes, back', async (t) => {
    const pane = new Pane(`${program} four`, 80, 24)
    t.after(() => pane.close())
    await pane.until(keyLine)
    assert.match(pane.lines()[3]!, /^▸spine2 +Ethernet12 +400G █{5} /)
    pane.keys('s')
    await pane.until(/^ most received first/m)
    pane.keys('Down', 'Enter')
    await pane.until(/^ leaf4\.example\.net Ethernet3|^ spine2 Ethernet12 /m)
    for (const [columns, rows] of [
      [60, 14],
      [200, 50],
      [80, 24],
    ] as const) {
      pane.resize(columns, rows)
      await pane.shows((frame) => {
        assert.equal(frame.length, rows)
        assert.match(frame[0]!, /^ udp:/)
        assert.equal(/┤/.test(frame.join('')), rows > 20, 'a chart where there is room')
        assert.match(frame.at(-1)!, /⌫ back/)
      })
    }
    pane.keys('BSpace')
    await pane.until(keyLine)
    pane.keys('q')
    const text = await pane.until(/^exit 0$/m)
    assert.match(text, /^\{"kind":"set","sort":"in","id":1\}$/m)
  })
})
