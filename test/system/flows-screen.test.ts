// The screen of `sonde top-flows` at a real terminal: typing below it, going into a flow and out, resizing.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { repositoryRoot } from '../helpers/cli.ts'
import { noTerminal, Pane, quote, withTerminals } from '../helpers/pane.ts'

const program = `${quote(process.execPath)} --import tsx ${quote(join(repositoryRoot, 'test/system/flows-program.ts'))}`
const start = (mode: string, columns: number, rows: number) =>
  new Pane(`was=$(stty -g); ${program} ${mode} 40; [ "$was" = "$(stty -g)" ] && echo "as before"`, columns, rows)
const keyLine = /^ k keys +f filter .* q quit$/m

describe('flows at a terminal', { skip: noTerminal }, () => {
  withTerminals()

  for (const [columns, rows] of [
    [80, 24],
    [200, 50],
  ] as const) {
    test(`keys at ${columns}×${rows}`, async (t) => {
      const pane = start('three', columns, rows)
      t.after(() => pane.close())
      await pane.until(keyLine)
      assert.equal(pane.lines().length, rows)
      assert.match(pane.lines()[2]!, /▾BIT\/S +± +SHARE +PKT\/S +src +dst/)

      // What is a key elsewhere is a letter here; Tab completes; Esc leaves.
      pane.keys('k', ',', 'v', 'l', 'a', 'n', 's', 'Tab')
      await pane.until(/^ keys src,dst,vlansource▏$/m)
      pane.keys('C-u', 'q', '?', 'Space', 'x', 'C-w', 'BSpace')
      await pane.until(/^ keys q\?▏$/m)
      pane.keys('Escape')
      await pane.until(keyLine)

      // A mark below the wrong name, as the engine gives it.
      pane.keys('f')
      await pane.until(/^ filter ▏$/m)
      for (const key of 'ipsrc=1') pane.keys(key)
      pane.keys('Enter')
      await pane.until(/^ filter ipsrc▏=1\n {8}\^{5}\n "ipsrc" is no attribute/m)
      pane.keys('Escape')
      await pane.until(keyLine)
      assert.doesNotMatch(pane.lines()[1]!, /where/)

      // Into the second flow, and out.
      pane.keys('Down', 'Enter')
      await pane.until(/^ of flows where src=10\.1\.0\.18&dst=10\.2\.0\.18$/m)
      pane.keys('Enter')
      await pane.until(/^ proto,sport,dport · .* where src=10\.1\.0\.18&dst=/m)
      pane.keys('BSpace')
      await pane.until(/^ src,dst · bytes,frames · last 10 s window$/m)

      pane.keys('q')
      const text = await pane.until(/^exit 0$/m)
      assert.match(text, /^the screen ended: quit$/m)
      assert.match(text, /^as before$/m)
      assert.match(text, /"keys":"proto,sport,dport","filter":"src=10\.1\.0\.18&dst=10\.2\.0\.18"/)
      assert.deepEqual(pane.modes(), { otherScreen: false, cursor: true, wraps: true })
    })
  }

  test('pasted text is text: no key of it does anything', async (t) => {
    const pane = start('three', 80, 24)
    t.after(() => pane.close())
    await pane.until(keyLine)
    pane.paste('q')
    await sleep(300)
    pane.keys('f')
    await pane.until(/^ filter ▏$/m)
    pane.paste('src=10.0.0.0/8\n&vlan=1?q')
    await pane.until(/^ filter src=10\.0\.0\.0\/8 &vlan=1\?q▏$/m)
    pane.keys('C-c')
    await pane.until(/^the screen ended: quit$/m)
  })

  test('NO_COLOR: not one escape sequence, also while one types', async (t) => {
    const pane = new Pane(`NO_COLOR=1 ${program} three`, 80, 24)
    t.after(() => pane.close())
    await pane.until(keyLine)
    pane.keys('f')
    for (const key of 'ipsrc') pane.keys(key)
    pane.keys('Enter')
    await pane.until(/^ {8}\^{5}$/m)
    assert.ok(!pane.text({ colours: true }).includes('\u001b['))
    pane.keys('C-c')
    await pane.until(/^the screen ended: quit$/m)
  })

  test('resizing while one types, and back', async (t) => {
    const pane = start('feed', 120, 30)
    t.after(() => pane.close())
    await pane.until(keyLine)
    pane.keys('k')
    await pane.until(/^ keys src,dst▏$/m)
    for (const [columns, rows] of [
      [60, 10],
      [250, 80],
      [80, 24],
    ] as const) {
      pane.resize(columns, rows)
      await pane.shows((frame) => {
        assert.equal(frame.length, rows)
        assert.match(frame.join('\n'), /^ keys src,dst▏$/m)
        assert.match(frame.at(-1)!, /^ ↵ apply +Tab complete/)
        assert.match(frame[0]!, /^ udp:/)
      })
    }
    pane.keys('Escape')
    await pane.until(keyLine)
    pane.keys('q')
    await pane.until(/^as before$/m)
  })
})
