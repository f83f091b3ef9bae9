// `sonde listen` where it needs much or may do little: a flood of spoofed agents, and a user who is not root.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { datagram, flow, header } from '../helpers/cards.ts'
import { binPath, cleanEnvironment, ended, startSonde } from '../helpers/cli.ts'
import { listening, PatientSender } from '../helpers/listener.ts'
import { numbered, synPacket } from '../helpers/sflow-captures.ts'

const MIB = 1 << 20

test('a flood of 300,000 spoofed agents does not grow it, and a good agent is heard on', { timeout: 120_000 }, (t) =>
  listening(['--summary'], async (listener) => {
    const spoofed = datagram([flow([header(synPacket)])])
    const view = new DataView(spoofed.buffer, spoofed.byteOffset, spoofed.length)
    const sender = await PatientSender.open(listener.port)
    const flood = async (from: number, count: number) => {
      for (let n = from; n < from + count; n++) {
        // The agent's address, 10.0.0.0 upwards, its sub-agent, and the data source: all that state could hang at.
        view.setUint32(8, 0x0a000000 + n)
        view.setUint32(12, n)
        view.setUint32(40, n & 0xffffff)
        await sender.send(spoofed)
      }
      await sender.flush()
      await listener.read()
      // Two looks of the garbage collector's own making would be better, but it is another process: the least of some.
      const seen: number[] = []
      for (let i = 0; i < 5; i++) {
        await pause(100)
        seen.push(listener.rss())
      }
      return Math.min(...seen)
    }
    const full = await flood(0, 100_000)
    const more = await flood(100_000, 200_000)
    t.diagnostic(`${(full / MIB).toFixed(0)} MiB after 100,000 agents, ${(more / MIB).toFixed(0)} MiB after 300,000`)
    for (const n of [1, 2, 4]) await sender.send(numbered(n))
    await sender.close()
    await listener.read()
    const { stderr, code } = await listener.stop()
    assert.match(stderr, / 300,003 datagrams \(/)
    assert.match(stderr, /^Lost: datagrams 1 \(/m)
    assert.match(
      stderr,
      /^The bound of 8,192 agents was reached: 291,809 were forgotten, least recently heard first\.$/m,
    )
    assert.equal(code, 0)
    // Its bounds (8,192 agents, 262,144 data sources) are met by the first part, and from then on it makes nothing that stays:
    // 91 MiB seen after 100, 200 and 300 thousand agents.
    assert.ok(full < 160 * MIB, `${full} bytes`)
    assert.ok(more < full + 32 * MIB, `${full}, then ${more} bytes`)
  }),
)

const nobody = { uid: 65_534, gid: 65_534 }

/** Why what a user may not do can't be tried. */
function noUser(): string | false {
  if (process.getuid?.() !== 0) return 'needs root to become nobody'
  const { status } = spawnSync(process.execPath, [binPath, '--version'], { env: cleanEnvironment(), ...nobody })
  return status === 0 ? false : 'nobody may not read this repository'
}
const skip = noUser()

test('a privileged port as a user: exit code 5, and two ways out', { skip }, async (t) => {
  const start = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
  if (start <= 514) return t.skip('ip_unprivileged_port_start is low here')
  const { stdout, stderr, code } = await ended(startSonde(['listen', '-i', 'udp://127.0.0.1:514'], nobody))
  assert.deepEqual([stdout, code], ['', 5])
  assert.equal(
    stderr,
    'UDP port 514 is privileged: this user may not listen there.\n' +
      '  Choose a port above 1023: --input udp://127.0.0.1:6343\n' +
      '  Or permit it to all users: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=514\n',
  )
})

test('a buffer beyond the limit as a user: it listens, and says what to set', { skip }, async () => {
  const limit = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'))
  await listening(
    ['--buffer', String(2 * limit)],
    async (listener) => {
      const { stderr, code } = await listener.stop()
      const size = (bytes: number) => `${(bytes / MIB).toFixed(bytes % MIB === 0 ? 0 : 1)} MiB`
      assert.match(stderr, new RegExp(`^Listening on .*; receive buffer ${size(limit)}\\.$`, 'm'))
      assert.ok(
        stderr.includes(
          `The kernel grants ${size(limit)} of the ${size(2 * limit)} asked for: sudo sysctl -w net.core.rmem_max=${2 * limit} (docs/tuning.md).\n`,
        ),
        stderr,
      )
      assert.equal(code, 0)
    },
    nobody,
  )
})
