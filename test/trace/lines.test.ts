import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TraceLines } from '../../src/lib/trace/lines.ts'
import type { Timestamp } from '../../src/lib/trace/options.ts'
import { Teller } from '../../src/lib/trace/tell.ts'
import { coloursOfLevel } from '../../src/lib/ui/colour.ts'
import { decodeStyle } from '../../src/lib/ui/decode-style.ts'
import { traceEvent } from '../helpers/fake-trace-watch.ts'

const head = { time: 0n, caller: false, meta: [] }

function linesOf({
  timestamp = 'none',
  tcpFlags = false,
  level = 0,
}: {
  timestamp?: Timestamp
  tcpFlags?: boolean
  level?: 0 | 1
} = {}) {
  const clock = (sec: number, nsec: number) => `${sec}.${nsec}`
  return new TraceLines({ timestamp, tcpFlags, view: { style: decodeStyle(coloursOfLevel(level)), clock } })
}

const teller = new Teller((inode) => (inode === 4026532246 ? 'blue' : ''), [])

test("lines are pwru's: header and steps", () => {
  const lines = linesOf()
  assert.equal(
    lines.header(head),
    'SKB                CPU PROCESS        NETNS      MARK IFACE   PROTO  MTU   LEN   TUPLE                                     FUNC\n',
  )
  assert.equal(
    lines.step(teller.tell(traceEvent())),
    '0xffff970bc5f568e8 1   curl:7138      4026531840 0    eth0:2  0x0800 1500  40    10.0.0.1:38932->10.0.0.2:443(tcp)         ip_rcv\n',
  )
  // Early: no device yet, no protocol, no header.
  const early = { interfaceIndex: 0, interfaceName: '', mtu: 0, ethertype: 0, headerBytes: 0, netns: 0, mark: 0x1f }
  assert.equal(
    lines.step(teller.tell(traceEvent({ ...early, functionName: 'ip_local_out' }))),
    '0xffff970bc5f568e8 1   curl:7138      -          0x1f -       0x0000 -     40    -                                         ip_local_out\n',
  )
})

test('the drop reason is in the function, with the place where it was dropped', () => {
  const lines = linesOf()
  lines.header(head)
  const functionOf = (given: Parameters<typeof traceEvent>[0]) =>
    lines
      .step(teller.tell(traceEvent(given)))
      .trimEnd()
      .split(/ {2,}/)
      .at(-1)
  assert.equal(
    functionOf({ functionName: 'kfree_skb_reason', reason: 'NETFILTER_DROP' }),
    'kfree_skb_reason(NETFILTER_DROP)',
  )
  assert.equal(
    functionOf({
      functionName: 'kfree_skb',
      isTracepoint: true,
      reason: 'NO_SOCKET',
      dropFunction: '__udp4_lib_rcv',
      dropOffset: 0x4bc,
    }),
    'kfree_skb(NO_SOCKET) in __udp4_lib_rcv+0x4bc',
  )
  assert.equal(functionOf({ functionName: 'consume_skb' }), 'consume_skb')
})

test('what drops is red, what is consumed is not', () => {
  const lines = linesOf({ level: 1 })
  lines.header(head)
  const dropped = lines.step(teller.tell(traceEvent({ functionName: 'kfree_skb_reason', reason: 'NETFILTER_DROP' })))
  assert.ok(dropped.endsWith('\u001b[31mkfree_skb_reason(NETFILTER_DROP)\u001b[39m\n'), JSON.stringify(dropped))
  const consumed = lines.step(teller.tell(traceEvent({ functionName: 'sk_skb_reason_drop', reason: 'CONSUMED' })))
  assert.ok(consumed.endsWith(' sk_skb_reason_drop(CONSUMED)\n'), JSON.stringify(consumed))
})

test('names of network namespaces, and caller, stack, meta where asked for', () => {
  const lines = linesOf({ tcpFlags: true })
  const asked = { time: 0n, caller: true, meta: ['skb->mark', 'skb->dev->ifindex'] }
  assert.equal(
    lines.header(asked),
    'SKB                CPU PROCESS        NETNS      MARK IFACE   PROTO  MTU   LEN   TUPLE                                     skb->mark skb->dev->ifindex FUNC CALLER\n',
  )
  const step = new Teller((inode) => (inode === 4026532246 ? 'blue' : ''), asked.meta).tell(
    traceEvent({
      netns: 4026532246,
      meta: [18446744073709551615n, undefined],
      caller: 'ip_list_rcv+0x10',
      stack: ['ip_list_rcv+0x10', 'napi_poll+0x3'],
    }),
  )
  assert.equal(
    lines.step(step),
    [
      '0xffff970bc5f568e8 1   curl:7138      blue       0    eth0:2  0x0800 1500  40    10.0.0.1:38932->10.0.0.2:443(tcp:SYN)     18446744073709551615 -                 ip_rcv ip_list_rcv+0x10',
      '  ip_list_rcv+0x10',
      '  napi_poll+0x3',
      '',
    ].join('\n'),
  )
})

test('columns grow with what comes, and stay', () => {
  const lines = linesOf()
  lines.header(head)
  const long = lines.step(teller.tell(traceEvent({ process: 'systemd-resolve', pid: 1_000_000 })))
  const short = lines.step(teller.tell(traceEvent()))
  assert.equal(long.indexOf('4026531840'), 23 + 'systemd-resolve:1000000 '.length)
  assert.equal(short.indexOf('4026531840'), 23 + 'systemd-resolve:1000000 '.length)
})

test('times: since the beginning, of day, since the step before of the same packet', () => {
  const timesOf = (timestamp: Timestamp) => {
    const lines = linesOf({ timestamp })
    const header = lines.header(head)
    const events = [
      traceEvent({ nanoseconds: 999_999_000 }),
      traceEvent({ seconds: 1_764_000_001, nanoseconds: 500, skbLow: 1 }),
      traceEvent({ seconds: 1_764_000_001, nanoseconds: 1_500, functionName: 'ip_local_deliver' }),
      // Of another CPU, whose ring was emptied later.
      traceEvent({ nanoseconds: 999_999_900, functionName: 'udp_rcv' }),
      // At the same address as the first, and received: the next packet there.
      traceEvent({ seconds: 1_764_000_002, nanoseconds: 0 }),
    ]
    const times = events.map((event) => lines.step(teller.tell(event)).slice(0, 15).trim())
    return [header.slice(0, 15).trim(), ...times]
  }
  assert.deepEqual(timesOf('relative'), [
    'TIME',
    '0.000000000',
    '0.000001500',
    '0.000002500',
    '0.000000900',
    '1.000001000',
  ])
  assert.deepEqual(timesOf('delta'), ['DELTA', '-', '-', '0.000002500', '-0.000001600', '-'])
  assert.equal(timesOf('absolute')[3], '1764000001.1500')
})

test('text from elsewhere does nothing to a terminal, and takes no more than a line', () => {
  const lines = linesOf()
  lines.header(head)
  const line = lines.step(
    teller.tell(traceEvent({ process: '\u001b[2Jx\n', interfaceName: 'a\u202eb', caller: '\u0007', stack: ['\r'] })),
  )
  assert.match(line, /^[\x20-\x7e]+\n {2}\\r\n$/)
  assert.ok(line.includes('\\x1b[2Jx\\n:7138') && line.includes('a\\u202eb:2'), line)
})
