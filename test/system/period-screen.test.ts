// The screen of `sonde period` at a real terminal: rows, one of them, what is typed, sizes; and a job that comes live.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ended, repositoryRoot, startSonde } from '../helpers/cli.ts'
import { noTerminal, Pane, quote, withTerminals } from '../helpers/pane.ts'

const program = `${quote(process.execPath)} --import tsx ${quote(join(repositoryRoot, 'test/system/period-program.ts'))}`
const keyLine = /^ ↵ row +s sort +b by .* q quit$/m

describe('periods at a terminal', { skip: noTerminal }, () => {
  withTerminals()
  test('jobs, one of them, what is typed, other sizes, back', async (t) => {
    const pane = new Pane(`${program} jobs`, 80, 24)
    t.after(() => pane.close())
    await pane.until(keyLine)
    assert.match(pane.lines()[3]!, /^▸job 1 +16 +0\.697 s +0\.001 +<1e-6 +29 % /)
    pane.keys('b')
    await pane.until(/▏$/m)
    pane.keys('C-u', 'd', 's', 't')
    await pane.until(/ dst▏$/m)
    pane.keys('Enter')
    await pane.until(keyLine)
    pane.keys('Down', 'Enter')
    await pane.until(/^ job 2\n 1\.10 s ± 0\.01 /m)
    for (const [columns, rows] of [
      [60, 14],
      [200, 60],
      [80, 24],
    ] as const) {
      pane.resize(columns, rows)
      await pane.shows((frame) => {
        assert.equal(frame.length, rows)
        assert.match(frame[0]!, /^ udp:/)
        assert.equal(/ Period over time /.test(frame.join('')), rows > 40)
        assert.match(frame.at(-1)!, /⌫ back/)
      })
    }
    pane.keys('BSpace')
    await pane.until(keyLine)
    pane.keys('q')
    const text = await pane.until(/^exit 0$/m)
    assert.match(text, /^\{"kind":"set","by":"dst","id":1\}$/m)
    assert.deepEqual(pane.modes(), { otherScreen: false, cursor: true, wraps: true })
  })

  test('NO_COLOR: not one escape sequence', async (t) => {
    const pane = new Pane(`NO_COLOR=1 ${program} feed`, 120, 40)
    t.after(() => pane.close())
    await pane.until(keyLine)
    assert.doesNotMatch(pane.text({ colours: true }), /\p{Cc}\[[\d;]*m/u)
    pane.keys('q')
    await pane.until(/^exit 0$/m)
  })

  test('what comes live: the job of a fabric, its period, the chart of 100 ms', { timeout: 90_000 }, async (t) => {
    const flags = '--by job --topology fixtures/roce.topology.json'
    const pane = new Pane(`sonde period -i udp://127.0.0.1:0 ${flags}`, 100, 34)
    t.after(() => pane.close())
    const silence = await pane.until(/^ Nothing (has come|came) to udp:\/\/127\.0\.0\.1:[1-9]/m)
    const [, port] = / to udp:\/\/127\.0\.0\.1:(\d+)/.exec(silence)!
    const replay = startSonde(['replay', 'fixtures/roce.pcap', '--to', `127.0.0.1:${port}`, '--quiet'])
    t.after(() => replay.kill())
    // Steps of 0.7 s: fixtures/MANIFEST.md.
    const text = await pane.until(/^▸job 1 +\d+ +0\.(69\d|70)\d* s /m, 40_000)
    assert.match(text, /Value [\d.]+ .?pkt\/s/)
    assert.match(text, /^ job 1: 0\.\d+ s ± 0\.\d+ \(p (<|=) [\de-]+, \d+ cycles\)$/m)
    pane.keys('Enter')
    await pane.until(/^ \d+ hosts: 198\.51\.100\./m)
    pane.keys('q')
    await pane.until(/^exit 0$/m)
    replay.kill()
    await ended(replay)
  })
})
