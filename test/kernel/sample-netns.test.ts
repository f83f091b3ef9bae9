// `sonde sample --netns`: interfaces of another namespace, the collector in this one.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { ended, startSonde } from '../helpers/cli.ts'
import { UdpReceiver } from '../helpers/udp-receiver.ts'

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] })

/** Why not here; false where it can be tried. */
function refusal(): string | false {
  if (process.getuid?.() !== 0) return 'needs root'
  const { status } = spawnSync('ip', ['netns', 'list'])
  return status === 0 ? false : 'ip netns does not work here'
}

test('samples of a namespace come to a collector in this one', { skip: refusal() }, async () => {
  const netns = `sample-netns-${process.pid}`
  const collector = await UdpReceiver.open('127.0.0.1')
  ip('netns', 'add', netns)
  try {
    ip('-n', netns, 'link', 'set', 'lo', 'up')
    const to = `127.0.0.1:${collector.port}`
    const child = startSonde(['sample', 'lo', '--netns', netns, '--rate', '1', '--to', to, '--polling', '1s'])
    const end = ended(child)
    // The counters of lo come within the first second: it is attached then.
    await collector.settle(1)
    while (collector.datagrams.length === 0 && child.exitCode === null) await collector.settle(1)
    const before = collector.datagrams.length
    ip('netns', 'exec', netns, 'bash', '-c', 'for i in 1 2 3; do echo abc > /dev/udp/127.0.0.1/9; done 2>&1; true')
    await collector.settle(before + 1)
    child.kill('SIGINT')
    const { code, stderr } = await end
    assert.equal(code, 0, stderr)
    // What it sent at its end, too.
    await collector.settle(Number.POSITIVE_INFINITY)
    // Payloads of the three datagrams, each seen as it goes out and as it comes in.
    const samples = collector.datagrams.reduce(
      (sum, bytes) => sum + bytes.toString('latin1').split('abc\n').length - 1,
      0,
    )
    assert.ok(samples >= 6, `${samples} samples; ${stderr}`)
  } finally {
    ip('netns', 'del', netns)
    await collector.close()
  }
})
