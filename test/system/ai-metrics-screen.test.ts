// The screen of `sonde ai-metrics` at a real terminal: charts, a cursor, one chart, sizes; and a fabric that comes live.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ended, repositoryRoot, startSonde } from '../helpers/cli.ts'
import { noTerminal, Pane, quote, withTerminals } from '../helpers/pane.ts'

const program = `${quote(process.execPath)} --import tsx ${quote(join(repositoryRoot, 'test/system/ai-metrics-program.ts'))}`
const keyLine = /^ ↵ chart +← → time +p 100 ms .* q quit$/m

describe('ai-metrics at a terminal', { skip: noTerminal }, () => {
  withTerminals()
  test('charts, a cursor, one of them, other sizes, back', async (t) => {
    const pane = new Pane(`${program} lab`, 120, 40)
    t.after(() => pane.close())
    await pane.until(keyLine)
    assert.match(
      pane.lines()[2]!,
      /^▸Total Traffic {2}9\.20 Mb\/s ± 1\.2 % +Operations {2}14\.0 kpkt\/s +Core Link Traffic {2}max /,
    )
    pane.keys('Left', 'Left')
    await pane.until(/^ ┊ to \d\d:\d\d:58, 2 s before the newest/m)
    pane.keys('Down', 'Enter')
    await pane.until(/^ Edge Link Traffic {2}Traffic into ports /m)
    for (const [columns, rows] of [
      [60, 14],
      [250, 80],
      [80, 24],
    ] as const) {
      pane.resize(columns, rows)
      await pane.shows((frame) => {
        assert.equal(frame.length, rows)
        assert.match(frame[0]!, /^ udp:/)
        assert.match(frame.join(''), /┤/)
        assert.match(frame.at(-1)!, /⌫ back/)
      })
    }
    pane.keys('BSpace')
    await pane.until(/ where packets enter the fabric /m)
    pane.keys('BSpace')
    await pane.until(keyLine)
    pane.keys('q')
    await pane.until(/^exit 0$/m)
  })

  test('what comes live: a fabric with its topology, by port, the chart of 100 ms', async (t) => {
    const pane = new Pane(`sonde ai-metrics -i udp://127.0.0.1:0 --topology fixtures/roce.topology.json`, 120, 40)
    t.after(() => pane.close())
    const silence = await pane.until(/^ Nothing (has come|came) to udp:\/\/127\.0\.0\.1:[1-9]/m)
    const [, port] = / to udp:\/\/127\.0\.0\.1:(\d+)/.exec(silence)!
    const replay = startSonde(['replay', 'fixtures/roce.pcap', '--to', `127.0.0.1:${port}`, '--quiet'])
    t.after(() => replay.kill())
    const text = await pane.until(/^▸Total Traffic {2}[\d.]+ [MG]b\/s/m)
    assert.match(text, /where packets enter the fabric/)
    await pane.until(/ Congestion {2}ECN ≥ /)
    pane.keys('b')
    await pane.until(/^▸(leaf|spine)\d swp\d+ /m)
    assert.match(pane.lines().join('\n'), /^ total +[\d.]+[kM]? /m)
    pane.keys('BSpace', 'p')
    await pane.until(/Value [\d.]+ .?pkt\/s/)
    pane.keys('q')
    await pane.until(/^exit 0$/m)
    replay.kill()
    await ended(replay)
  })
})
