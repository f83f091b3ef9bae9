// The screen of `sonde path` at a real terminal, live: nothing yet, the first sample, a whole path, other sizes.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { describe, test } from 'node:test'
import { ended, startSonde } from '../helpers/cli.ts'
import { freePort, opened } from '../helpers/listener.ts'
import { noTerminal, Pane, withTerminals } from '../helpers/pane.ts'
import { events, flowFilter, generateFabric, leafSpine, topologyOf } from '../path/fabric-events.ts'

describe('path at a terminal', { skip: noTerminal }, () => {
  withTerminals()
  test('a flow is drawn within 2 s of its first sample; then all of it, in every size', {
    timeout: 60_000,
  }, async (t) => {
    const options = { ...leafSpine([60, 40, 0]), packets: 40_000, rate: 50, seconds: 4 }
    const { capture, topology } = generateFabric(options)
    const port = await freePort()
    const pane = new Pane(
      `sonde path -i udp://127.0.0.1:${port} --topology ${topology} --filter '${flowFilter}'`,
      80,
      24,
    )
    t.after(() => pane.close())
    await pane.until(/Nothing (has come|came) to udp:/)
    await opened(port)
    // One sample of one switch, as the first that ever comes.
    const one = events({ ...options, packets: 1, rate: 1 }, topologyOf(options).agents).sent[0]!
    const socket = createSocket('udp4')
    t.after(() => socket.close())
    const start = performance.now()
    socket.send(one.datagram, port, '127.0.0.1')
    await pane.until(/10\.1\.0\.2 ─eth9▶ leaf1/)
    const ms = performance.now() - start
    t.diagnostic(`drawn ${ms.toFixed(0)} ms after the sample was sent`)
    const replay = startSonde(['replay', capture, '--to', `127.0.0.1:${port}`, '-q'])
    await pane.until(/^ 10\.1\.0\.2 ─eth9▶ leaf1 ─eth1▶ spine1 ─eth2▶ leaf2 ─eth9▶ 10\.2\.0\.2$/m)
    await pane.until(/└eth3▶ spine3 {2}0 % \(0 samples; \d+ if shared evenly\)/)
    await ended(replay)
    pane.keys('Enter')
    await pane.until(/^ hop 1: leaf1$/m)
    await pane.until(/^ to +spine1$/m)
    await pane.until(/^ packets_low +[\d.,]+$/m)
    pane.keys('BSpace')
    await pane.until(/^.HOP NODE/m)
    for (const [columns, rows] of [
      [60, 14],
      [200, 50],
      [80, 24],
    ] as const) {
      pane.resize(columns, rows)
      await pane.shows((lines) => {
        assert.ok(lines.every((line) => [...line].length <= columns))
        assert.match(lines[1]!, /^ ipsource=10\.1\.0\.2/)
        assert.match(lines.at(-1)!, /q quit$/)
      })
    }
    pane.keys('q')
    await pane.until(/exit 0/)
  })
})
