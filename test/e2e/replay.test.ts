import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { ethernet, ipv4, pcap, udp } from '../helpers/capture-bytes.ts'
import { ended, repositoryRoot, sonde, startSonde } from '../helpers/cli.ts'
import { temporaryFile } from '../helpers/read-captures.ts'
import { UdpReceiver } from '../helpers/udp-receiver.ts'
import { recordedDatagrams } from '../replay/feed.ts'

const fixture = (name: string) => join(repositoryRoot, 'fixtures', name)

/** A capture of so many datagrams of two bytes, all of one moment. */
function captureOf(count: number): Uint8Array {
  return pcap(Array.from({ length: count }, (_, i) => ({ frame: ethernet(0x0800, ipv4(udp(Uint8Array.of(0, i)))) })))
}

/** Runs `sonde replay ARGS --to` a receiver on loopback, to its end. */
async function replayed(args: readonly string[], address = '127.0.0.1') {
  const receiver = await UdpReceiver.open(address)
  const to = `${address.includes(':') ? `[${address}]` : address}:${receiver.port}`
  const result = await ended(startSonde(['replay', ...args, '--to', to]))
  await receiver.settle(Number.POSITIVE_INFINITY)
  await receiver.close()
  return { ...result, datagrams: receiver.datagrams, to }
}

test('without --to it says how files are read, and how they are sent', () => {
  const { code, stdout, stderr } = sonde(['replay', 'capture.pcap'])
  assert.deepEqual([code, stdout], [2, ''])
  assert.equal(
    stderr,
    [
      '--to HOST:PORT is missing. To read a file nothing is sent: decode and analyses take it with -i.',
      '  sonde decode -i capture.pcap --summary',
      '  sonde replay capture.pcap --to 127.0.0.1:6343',
      '',
    ].join('\n'),
  )
})

for (const [args, words] of [
  [['--to', 'host:0'], /--to "host:0" is not understood\. Give HOST:PORT/],
  [['--to', '::1:6343'], /--to "::1:6343" is not understood/],
  [['--to', '239.1.2.3:6343'], /239\.1\.2\.3 is a multicast address/],
  [['--to', 'no.such.host.invalid'], /The name "no\.such\.host\.invalid" (is not known|can't be looked up)/],
  [['--to', 'h:1', '--speed', '0'], /--speed "0" is not understood\. Give a number above 0/],
  [['--to', 'h:1', '--speed', 'fast'], /--speed "fast" is not understood/],
  [['--to', 'h:1', '--speed', '2', '--pps', '5'], /--speed and --pps contradict each other/],
  [['--to', 'h:1', '--pps', '0'], /--pps "0" is not understood\. Give a number of 1 or more/],
  [['--to', 'h:1', '--loop', 'always'], /--loop "always" is not understood/],
  [['--to', 'h:1', '--map-agent', '10.0.0.1'], /--map-agent "10\.0\.0\.1" is not understood\. Give OLD=NEW/],
  [['--to', 'h:1', '--map-agent', '10.0.0.1=x'], /--map-agent "x" is not understood\. Give an address/],
  [['--to', 'h:1', '--sub-agent', '4294967296'], /--sub-agent "4294967296" is not understood/],
  [['--to', 'h:1', '--seed', '1'], /--seed is of use with --sample-rate only/],
  [['--to', 'h:1', '--sample-rate', '0'], /--sample-rate "0" is not understood/],
  [['--to', 'h:1', '--format', 'json'], /--format "json" is not understood\. Give one of table, ndjson/],
] as const) {
  test(`refused: ${args.join(' ')}`, () => {
    const { code, stdout, stderr } = sonde(['replay', fixture('flow-compact.pcap'), ...args])
    // A machine without name service can't look names up: its own trouble, not the person's.
    assert.ok(code === 2 || (code === 5 && args[1].includes('invalid')), String(code))
    assert.equal(stdout, '')
    assert.match(stderr, words)
  })
}

test('into a pipe the summary is one object, and the lines are on stderr', async () => {
  const path = fixture('loss-and-restart.pcap')
  const want = await recordedDatagrams(path)
  const bytes = want.reduce((sum, each) => sum + each.bytes.length, 0)
  const { code, stdout, stderr, datagrams, to } = await replayed([path, '--speed', 'max'])
  assert.equal(code, 0)
  const { duration_s, ...summary } = JSON.parse(stdout) as { duration_s: number }
  assert.ok(duration_s >= 0 && duration_s < 5)
  assert.deepEqual(summary, {
    input: path,
    to,
    datagrams: want.length,
    bytes,
    loops: 1,
    late_p50_ms: null,
    late_p99_ms: null,
    late_max_ms: null,
    unreachable: 0,
    not_sent: {},
    outside: 0,
    stopped: false,
    sampling: null,
  })
  assert.match(
    stderr,
    new RegExp(`^Sent ${want.length} datagrams, [\\d,]+ bytes, to ${to} in \\d+\\.\\d s(, [\\d,]+ a second)?\\.\\n$`),
  )
  assert.deepEqual(
    datagrams,
    want.map((each) => Buffer.from(each.bytes)),
  )
})

test('--format table prints nothing on stdout, --quiet nothing at all', async () => {
  const args = [fixture('flow-compact.pcap'), '-f', 'table']
  const { stdout, stderr } = await replayed(args)
  assert.equal(stdout, '')
  assert.match(
    stderr,
    /^Sent 1 datagram, .*\nLate by 0\.\d\d ms \(median\), \d+\.\d\d ms \(p99\), \d+\.\d\d ms \(at most\)\.\n$/,
  )
  const quiet = await replayed([...args, '--quiet'])
  assert.deepEqual([quiet.stdout, quiet.stderr, quiet.datagrams.length], ['', '', 1])
})

test('a name, IPv6, an environment variable, stdin', async () => {
  const path = fixture('flow-compact.pcap')
  assert.equal((await replayed([path], '::1')).datagrams.length, 1)
  const receiver = await UdpReceiver.open()
  const to = { SONDE_TO: `127.0.0.1:${receiver.port}` }
  assert.equal(sonde(['replay', path], { env: to }).code, 0)
  const named = sonde(['replay', path, '--to', `localhost:${receiver.port}`])
  assert.ok(/to (127\.0\.0\.1|\[::1\]):/.test(named.stderr), named.stderr)
  const { code, stdout } = sonde(['replay', '-', '--limit', '2'], { env: to, input: captureOf(3) })
  assert.deepEqual([code, JSON.parse(stdout).input, JSON.parse(stdout).datagrams], [0, 'stdin', 2])
  await receiver.settle(4)
  await receiver.close()
  assert.ok(receiver.datagrams.length >= 3)
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} ends an endless loop with a summary and 0`, async () => {
    const receiver = await UdpReceiver.open()
    const args = ['replay', fixture('loss-and-restart.pcap'), '--to', `127.0.0.1:${receiver.port}`]
    const child = startSonde([...args, '--loop', 'forever', '--pps', '200'])
    const end = ended(child)
    while (receiver.datagrams.length < 30) await new Promise((resolve) => setTimeout(resolve, 5))
    child.kill(signal)
    const { code, stdout, stderr } = await end
    await receiver.close()
    const { stopped, datagrams } = JSON.parse(stdout) as { stopped: boolean; datagrams: number }
    assert.deepEqual([code, stopped, datagrams >= 30], [0, true, true])
    assert.match(stderr, /^Stopped\. Sent \d+ datagrams in \d+ loops, /)
  })
}

test('damage is told and has its exit code, what is whole is sent', async () => {
  const { code, stderr, datagrams } = await replayed(['-i', fixture('flow-compact.pcap'), '-i', 'no-such-file'])
  assert.deepEqual([code, datagrams.length], [2, 1])
  assert.match(stderr, /There is no file 'no-such-file'/)
})

test('the examples of --help run', async () => {
  const { stdout } = sonde(['replay', '--help'])
  const examples = [...stdout.matchAll(/^ {4}sonde (replay .*)$/gm)].map((match) => match[1]!.split(' '))
  assert.equal(examples.length, 5)
  const packets = temporaryFile(captureOf(1000))
  for (const example of examples) {
    const at = example.indexOf('--to')
    const args = example.toSpliced(at, 2).slice(1)
    const file = args[0] === 'packets.pcap' ? packets : fixture('flow-compact.pcap')
    const { code, stderr, datagrams } = await replayed([file, ...args.slice(1), '--limit', '3'])
    assert.equal(code, 0, `${example.join(' ')}\n${stderr}`)
    assert.ok(datagrams.length > 0, `${example.join(' ')}: nothing was sent\n${stderr}`)
  }
})
