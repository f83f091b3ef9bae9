// The screen of `sonde topo status` at a real terminal, live: nothing yet, a fabric, what a check found, silence, other sizes.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ended, startSonde } from '../helpers/cli.ts'
import { freePort, opened } from '../helpers/listener.ts'
import { noTerminal, Pane, withTerminals } from '../helpers/pane.ts'

describe('topo status at a terminal', { skip: noTerminal }, () => {
  withTerminals()
  test('nothing, a fabric, an agent that is no node, silence, every size', { timeout: 60_000 }, async (t) => {
    const port = await freePort()
    const pane = new Pane(
      `sonde topo status -i udp://127.0.0.1:${port} --topology fixtures/fabric.topology.json --every 500ms`,
      80,
      24,
    )
    t.after(() => pane.close())
    await pane.until(/^ Nothing has come to udp:\/\/127\.0\.0\.1:\d+ yet\./m)
    await opened(port)
    const replay = startSonde(['replay', 'fixtures/fabric.pcap', '--to', `127.0.0.1:${port}`, '--speed', '15', '-q'])
    await pane.until(/^ nodes {3}4 total {3}4 monitored$/m)
    await pane.until(/^ links {3}4 total {3}4 monitored {3}4 up$/m)
    await pane.until(/^.unknown +1 {2}agent 192\.0\.2\.101 \(gpu1\.example\.net\) is in no node/m)
    await ended(replay)
    for (let n = 0; n < 20 && !/^▸unknown/m.test(pane.lines().join('\n')); n++) {
      pane.keys('Down')
      await sleep(200)
    }
    pane.keys('Enter')
    await pane.until(/^ ✗ agent 192\.0\.2\.101 \(gpu1\.example\.net\) is in no node$/m)
    pane.keys('BSpace')
    await pane.until(/^ udp:.* nothing for \d+ s /m)
    for (const [columns, rows] of [
      [60, 14],
      [200, 50],
      [80, 24],
    ] as const) {
      pane.resize(columns, rows)
      await pane.shows((lines) => {
        assert.equal(lines.length, rows)
        assert.ok(lines.every((line) => [...line].length <= columns))
        assert.match(lines[0]!, /^ udp:/)
        assert.match(lines.at(-1)!, /q quit$/)
      })
    }
    pane.keys('q')
    await pane.until(/exit 0/)
  })
})
