// As root, in network namespaces of its own: `sonde sample` as a person uses it: forms, interfaces that come and go, a collector
// that is not there, hsflowd.conf, and what is said where it is not permitted.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { whyNoBpf } from '../helpers/bpf.ts'
import { binPath, cleanEnvironment, ended, repositoryRoot, startSonde } from '../helpers/cli.ts'
import { noNamespaces } from '../helpers/namespaces.ts'
import { TappedRouter } from '../helpers/tapped-router.ts'
import { UdpReceiver } from '../helpers/udp-receiver.ts'

const noBpf = await whyNoBpf()
const folder = mkdtempSync(join(tmpdir(), 'sonde-sample-'))
after(() => rmSync(folder, { recursive: true }))

/** A command that runs; `told` waits until stderr has something. */
function started(args: readonly string[]) {
  const child = startSonde(['sample', ...args])
  const end = ended(child)
  let text = ''
  child.stderr!.on('data', (bytes: Buffer) => {
    text += bytes.toString()
  })
  const told = async (pattern: RegExp): Promise<void> => {
    for (let i = 0; i < 500 && !pattern.test(text) && child.exitCode === null; i++) await sleep(20)
    assert.match(text, pattern)
  }
  const stop = async () => {
    child.kill('SIGINT')
    const result = await end
    assert.equal(result.code, 0, result.stderr)
    return result
  }
  return { told, stop, end }
}

describe('sonde sample', { skip: noNamespaces || noBpf }, () => {
  let router: TappedRouter
  let netns: string
  before(() => {
    router = new TappedRouter()
    netns = router.spaces.realName('r')
  })
  after(() => router?.close())

  test('prints each packet at 1 in 1, in one direction, with chosen fields', async () => {
    const { told, stop } = started([
      ...[
        'left',
        '--netns',
        netns,
        '--rate',
        '1',
        '--direction',
        'ingress',
        '--filter',
        'proto=17',
        '--polling',
        'off',
      ],
      ...['--fields', 'src,dst,dport,inputifindex,outputifindex,framelength', '-f', 'csv'],
    ])
    await told(/left 1 in 1: TCX ingress\./)
    router.send(3, { bytes: [100], drain: false })
    await sleep(200)
    const { stdout, stderr } = await stop()
    const { left, right } = router.index
    const row = `10.1.0.1,10.2.0.1,7777,${left},${right},146`
    assert.deepEqual(stdout.trim().split('\n'), ['src,dst,dport,inputifindex,outputifindex,framelength', row, row, row])
    assert.match(stderr, /Lost in the ring: nothing\./)
  })

  test('prints what passes a filter behind the interfaces', async () => {
    const flags = ['--netns', netns, '--rate', '1', '--direction', 'ingress', '--polling', 'off', '--limit', '3']
    const fields = ['--fields', 'src,dst,dport,framelength', '-f', 'csv']
    const { told, end } = started(['left', ...flags, ...fields, 'udp port 7777', 'and', 'src', 'net', '10.1.0.0/16'])
    await told(/Printed is what passes the filter 'udp port 7777 and src net 10\.1\.0\.0\/16'\./)
    router.send(2, { version: 6, drain: false })
    router.send(3, { bytes: [100], drain: false })
    const { code, stdout, stderr } = await end
    assert.equal(code, 0, stderr)
    const row = '10.1.0.1,10.2.0.1,7777,146'
    assert.deepEqual(stdout.trim().split('\n'), ['src,dst,dport,framelength', row, row, row])
  })

  test('writes headers as a capture, up to a limit', async () => {
    const path = join(folder, 'headers.pcap')
    const flags = ['--rate', '1', '--snaplen', '64', '-f', 'pcap', '-o', path, '--limit', '5', '--quiet']
    const { end } = started(['left', '--netns', netns, ...flags])
    const sending = setInterval(() => router.send(1, { bytes: [300], drain: false }), 50)
    const { code, stdout, stderr } = await end
    clearInterval(sending)
    assert.deepEqual([code, stdout, stderr], [0, '', ''])
    const bytes = readFileSync(path)
    // Nanoseconds or microseconds, then five records, none above 64 bytes.
    let records = 0
    for (let at = 24; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) {
      assert.ok(bytes.readUInt32LE(at + 8) <= 64)
      records++
    }
    assert.equal(records, 5)
  })

  test('interfaces come and go', async () => {
    const collector = await UdpReceiver.open('127.0.0.1')
    const to = `127.0.0.1:${collector.port}`
    const { told, stop } = started(['ext*', '--netns', netns, '--rate', '1', '--polling', '1s', '--to', to])
    await told(
      /No interface fits yet; those that come are sampled: TCX ingress \+ egress → 127\.0\.0\.1:\d+, as agent 127\.0\.0\.1\./,
    )
    const { spaces } = router
    spaces.veth('r', 'ext0', 'b', 'peer0')
    await told(/ext0 came and is sampled\./)
    spaces.ip('r', 'addr', 'add', '10.9.0.1/24', 'dev', 'ext0')
    const index = spaces.index('r', 'ext0')
    spawnSync('ip', ['netns', 'exec', netns, 'bash', '-c', 'echo abc > /dev/udp/10.9.0.7/9'])
    const kinds = () => {
      const samples = collector.datagrams.flatMap((x) => decodeDatagram(Uint8Array.from(x)).datagram!.samples)
      const own = samples.filter((x) => 'source_id_index' in x && x.source_id_type === 0 && x.source_id_index === index)
      return [...new Set(own.map((x) => x.kind))].sort()
    }
    for (let tries = 0; tries < 250 && kinds().length < 2; tries++) await sleep(20)
    spaces.ip('r', 'link', 'del', 'ext0')
    await told(/ext0 is gone\./)
    const { stderr } = await stop()
    assert.match(stderr, /samples? of \d+ packets? at 1 interface/)
    assert.deepEqual(kinds(), ['counters', 'flow'])
    await collector.close()
  })

  test('takes all of it from hsflowd.conf; what has no meaning is named with its line', async () => {
    const collector = await UdpReceiver.open('127.0.0.1')
    const path = join(folder, 'hsflowd.conf')
    writeFileSync(
      path,
      `sflow {\n  polling = 1\n  sampling = 1\n  agent.cidr = 127.0.0.0/8\n  uuid = 7\n  collector { ip=127.0.0.1 udpport=${collector.port} }\n  pcap { dev=left }\n}\n`,
    )
    const { told, stop } = started(['--config', path, '--netns', netns, '--agent', '192.0.2.77', '--sub-agent', '3'])
    await told(/left 1 in 1: TCX/)
    await collector.settle(1)
    const { stderr } = await stop()
    assert.match(stderr, /hsflowd\.conf:5: uuid has no meaning here/)
    assert.match(stderr, /as agent 192\.0\.2\.77\./)
    const { agent, sub_agent_id } = decodeDatagram(Uint8Array.from(collector.datagrams[0]!)).datagram!
    assert.deepEqual([[...agent.bytes], sub_agent_id], [[192, 0, 2, 77], 3])
    await collector.close()
  })

  test('a collector that is not there is told once, and it goes on', async () => {
    const collector = await UdpReceiver.open('127.0.0.1')
    const { port } = collector
    await collector.close()
    const { told, stop } = started([
      'left',
      '--netns',
      netns,
      '--rate',
      '1',
      '--polling',
      '1s',
      '--to',
      `127.0.0.1:${port}`,
    ])
    await told(/Datagrams do not get to 127\.0\.0\.1:\d+: nobody listens there/)
    const { stderr } = await stop()
    assert.equal(stderr.match(/do not get to/g)!.length, 1)
    assert.match(stderr, /at least \d+ failed/)
  })

  test('an interface that is not there: exit code 2, and which there are', async () => {
    const { end } = started(['eth77', '--netns', netns])
    const { code, stderr } = await end
    assert.equal(code, 2)
    assert.match(stderr, /There is no interface eth77\./)
    assert.match(stderr, /There are: lo, left, right/)
  })
})

test('a user without rights: exit code 5, one line, and what to do', { skip: noNamespaces }, (t) => {
  const nobody = { uid: 65_534, gid: 65_534 }
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, [binPath, 'sample', ...args], {
      ...nobody,
      cwd: repositoryRoot,
      env: cleanEnvironment(),
      encoding: 'utf8',
    })
  if (spawnSync(process.execPath, ['-e', '0'], { ...nobody, cwd: repositoryRoot }).status !== 0) {
    t.skip('another user can not run node here')
    return
  }
  for (const method of [[], ['--method', 'tcx'], ['--method', 'af_packet']]) {
    const { status, stderr } = run(['lo', ...method])
    assert.equal(status, 5, stderr)
    assert.match(stderr, /EPERM|not permitted|may not|needs root/)
    assert.match(stderr, /sudo/)
    assert.ok(!/ at .*\.[jt]s:\d+/.test(stderr), stderr)
  }
})
