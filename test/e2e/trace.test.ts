import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { shell, sonde } from '../helpers/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'sonde-trace-'))
after(() => rmSync(folder, { recursive: true }))

const HEAD =
  '{"kind":"trace","time":"2026-11-23T21:38:07.000000000Z","tier":"tp_btf","functions":27,"filter":"port https"}'
const END = '{"kind":"trace_end","steps":3,"seen":100,"refused":97,"lost":0,"seconds":1,"by":"stop"}'
const step = (microseconds: number, skb: string, end: string) =>
  `{"kind":"step","time":"2026-11-23T21:38:07.${String(microseconds).padStart(6, '0')}000Z","skb":"${skb}","cpu":1,"pid":7138,` +
  `"process":"curl","netns":4026532246,"netns_name":"blue","mark":0,"ifindex":1,"iface":"lo","proto":"0x0800","mtu":65536,"len":60,` +
  `"tuple":{"saddr":"10.0.0.1","daddr":"10.0.0.2","sport":38932,"dport":443,"proto":"tcp","flags":"SYN"},${end}}`
const queued = step(1, '0xffff970bc5f568e8', '"func":"net_dev_queue","tracepoint":true')
const received = step(4, '0xffff970bc5f568e8', '"func":"netif_receive_skb","tracepoint":true')
const dropped = step(
  9,
  '0xffff970bc5f568e8',
  '"func":"kfree_skb","tracepoint":true,"reason":"NETFILTER_DROP","dropped_in":"nft_do_chain+0x3e8"',
)

const recording = join(folder, 'trace.ndjson')
writeFileSync(recording, [HEAD, queued, received, dropped, END, ''].join('\n'))

const text = join(folder, 'text.txt')
writeFileSync(text, 'hello, world\n')
const empty = join(folder, 'empty.ndjson')
writeFileSync(empty, '')

const columns =
  'SKB                CPU PROCESS        NETNS      MARK IFACE   PROTO  MTU   LEN   TUPLE                                     FUNC'
const lineOf = (end: string) =>
  `0xffff970bc5f568e8 1   curl:7138      blue       0    lo:1    0x0800 65536 60    10.0.0.1:38932->10.0.0.2:443(tcp)         ${end}`

describe('a recorded trace', () => {
  test('as lines', () => {
    const { stdout, stderr, code } = sonde(['trace', '-i', recording, '-f', 'table'])
    assert.deepEqual(stdout.split('\n'), [
      columns,
      lineOf('net_dev_queue'),
      lineOf('netif_receive_skb'),
      lineOf('kfree_skb(NETFILTER_DROP) in nft_do_chain+0x3e8'),
      '',
    ])
    assert.deepEqual(stderr.split('\n'), [
      'Recorded 2026-11-23 21:38:07.000000 +00:00 · tp_btf: 27 tracepoints · port https',
      '3 steps over 1 ms.',
      '',
    ])
    assert.equal(code, 0)
  })

  test('in a pipe as NDJSON, from stdin, packed', () => {
    const packed = join(folder, 'trace.ndjson.gz')
    writeFileSync(packed, gzipSync(readFileSync(recording)))
    const { stdout, code } = shell(`sonde trace -i - -q < ${packed}`)
    assert.deepEqual(stdout.split('\n').slice(1, 4), [queued, received, dropped])
    assert.equal(code, 0)
  })

  test('what is chosen, with times, numbers only', () => {
    const args = [
      '--func',
      'net_dev_.*|kfree_skb',
      '--netns',
      'blue',
      '--timestamp',
      'delta',
      '-n',
      '-f',
      'table',
      '-q',
    ]
    const { stdout } = sonde(['trace', '-i', recording, ...args])
    const lines = stdout.split('\n').map((line) => line.replace(/ +/g, ' '))
    assert.equal(lines.length, 4)
    assert.match(lines[1]!, /^- 0xffff970bc5f568e8 1 curl:7138 4026532246 .* net_dev_queue$/)
    assert.match(lines[2]!, /^0\.000008000 0xffff970bc5f568e8 .* kfree_skb\(NETFILTER_DROP\) in nft_do_chain\+0x3e8$/)
  })

  test('its routes', () => {
    const { stdout, code } = sonde(['trace', '-i', recording, '--summary', '-f', 'table', '-q'])
    assert.match(stdout, /1 packet: .*net_dev_queue → .*nft_do_chain ✗ NETFILTER_DROP/)
    assert.equal(code, 0)
    const objects = sonde(['trace', '-i', recording, '--summary', '-q']).stdout.trimEnd().split('\n')
    const kinds = objects.map((line) => (JSON.parse(line) as { kind: string }).kind)
    assert.deepEqual(kinds, ['trace', 'route', 'routes_end', 'trace_end'])
  })

  test('damaged: what is whole is shown, each line told, exit code 3', () => {
    const damaged = join(folder, 'damaged.ndjson')
    writeFileSync(damaged, [HEAD, queued, received.slice(0, 70), dropped].join('\n'))
    const { stdout, stderr, code } = sonde(['trace', '-i', damaged, '-f', 'table', '-q'])
    assert.equal(stdout.split('\n').length, 4)
    assert.match(stderr, /damaged\.ndjson line 3: /)
    assert.match(stderr, /The recording is damaged: 1 place\./)
    assert.equal(code, 3)
  })

  test('without its first line: shown, and that is told', () => {
    const part = join(folder, 'part.ndjson')
    writeFileSync(part, `${queued}\n${dropped}\n`)
    const { stdout, stderr, code } = sonde(['trace', '-i', part, '-f', 'table'])
    assert.equal(stdout.split('\n').length, 4)
    assert.match(
      stderr,
      /part\.ndjson lacks the first line of its trace: what was asked, and how it was traced, is not known\./,
    )
    assert.equal(code, 0)
  })

  test('a reader that goes is a normal end', () => {
    const { stdout, code } = shell(`sonde trace -i ${recording} -f table | head -1`)
    assert.equal(stdout, `${columns}\n`)
    assert.equal(code, 0)
  })

  test('its own file is not written over', () => {
    const { stderr, code } = sonde(['trace', '-i', recording, '-o', recording])
    assert.match(stderr, /are the same file|is both input and output/)
    assert.equal(code, 2)
    assert.equal(readFileSync(recording, 'utf8').length > 1000, true)
  })
})

describe('what can not be', () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['-i', recording, 'port', '80'], /^"port 80" can't be asked of a recording: it has no bytes of packets/],
    [['-i', recording, '--stack'], /^--stack asks the kernel; what was recorded is shown as it is\./],
    [['-i', recording, '--netns', 'this'], /^--netns "this" can't be asked of a recording/],
    [['-i', join(folder, 'none.ndjson')], /^There is no file/],
    [['-i', text], /text\.txt is not the NDJSON of a trace: it begins with "hello, w" .*; needed is NDJSON/],
    [['-i', empty], /empty\.ndjson is empty \(0 bytes\); the NDJSON of a trace is needed\./],
    [['--mark', '0x1/0x2'], /^--mark "0x1\/0x2" is not understood/],
    [['--func', '('], /^--func "\(" is not understood/],
    [['--netns', 'nobody-has-this'], /^--netns "nobody-has-this": there is no such network namespace\./],
    [['--top', '3'], /^--top goes with --summary only\./],
    [['--ui'], /^--ui needs a terminal/],
    [['--tier', 'magic'], /^--tier "magic" is not understood\. Give one of kprobe\.multi, kprobe, fentry, tp_btf\./],
    [['port', '80', 'and'], /filter is wrong/],
    [['tcp', 'and', 'udp'], /filter is wrong: no packet can be all of this/],
  ]
  for (const [args, message] of cases) {
    test(args.join(' ').replaceAll(folder, ''), () => {
      const { stdout, stderr, code } = sonde(['trace', ...args])
      assert.equal(stdout, '')
      assert.match(stderr, message)
      assert.equal(code, 2)
    })
  }

  test('without rights', { skip: process.getuid?.() === 0 && 'is root' }, () => {
    const { stderr, code } = sonde(['trace', 'icmp'])
    assert.match(stderr, /^Programs (may not|can't) be put into this kernel/)
    assert.equal(code, 5)
  })
})
