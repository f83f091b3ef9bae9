import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TraceEnd, TraceHead } from '../../src/lib/trace/head.ts'
import { parseTraceLine } from '../../src/lib/trace/read.ts'
import { Teller } from '../../src/lib/trace/tell.ts'
import { endJson, headJson, StepWriter } from '../../src/lib/trace/write.ts'
import { JsonMismatch } from '../../src/lib/wire/json.ts'
import { traceEvent } from '../helpers/fake-trace-watch.ts'

const meta = ['skb->mark', 'skb->dev->ifindex']
const teller = new Teller((inode) => (inode === 4026532246 ? 'blue' : ''), meta)

const full = teller.tell(
  traceEvent({
    packet: 7,
    netns: 4026532246,
    mark: 0xffffffff,
    functionName: 'kfree_skb',
    isTracepoint: true,
    reason: 'NETFILTER_DROP',
    dropFunction: 'nft_do_chain',
    dropOffset: 0x3e8,
    caller: 'nf_hook_slow+0x5e',
    stack: ['nf_hook_slow+0x5e', 'ip_rcv+0x1'],
    meta: [18446744073709551615n, undefined],
  }),
)
const fullLine =
  '{"kind":"step","time":"2025-11-24T16:00:00.123456789Z","skb":"0xffff970bc5f568e8","packet":7,"cpu":1,"pid":7138,' +
  '"process":"curl","netns":4026532246,"netns_name":"blue","mark":4294967295,"ifindex":2,"iface":"eth0","proto":"0x0800",' +
  '"mtu":1500,"len":40,"tuple":{"saddr":"10.0.0.1","daddr":"10.0.0.2","sport":38932,"dport":443,"proto":"tcp","flags":"SYN"},' +
  '"func":"kfree_skb","tracepoint":true,"reason":"NETFILTER_DROP","dropped_in":"nft_do_chain+0x3e8",' +
  '"caller":"nf_hook_slow+0x5e","stack":["nf_hook_slow+0x5e","ip_rcv+0x1"],' +
  '"meta":{"skb->mark":18446744073709551615,"skb->dev->ifindex":null}}'

const bare = new Teller(() => '', []).tell(
  traceEvent({ netns: 0, interfaceIndex: 0, interfaceName: '', mtu: 0, ethertype: 0, headerBytes: 0, nanoseconds: 5 }),
)
const bareLine =
  '{"kind":"step","time":"2025-11-24T16:00:00.000000005Z","skb":"0xffff970bc5f568e8","cpu":1,"pid":7138,' +
  '"process":"curl","mark":0,"proto":"0x0000","len":40,"func":"ip_rcv"}'

test('steps as NDJSON, what is not known left out, and read back alike', () => {
  const writer = new StepWriter()
  assert.equal(writer.step(full), fullLine)
  assert.equal(writer.step(bare), bareLine)
  assert.deepEqual(parseTraceLine(fullLine), { kind: 'step', step: full })
  assert.deepEqual(parseTraceLine(bareLine), { kind: 'step', step: bare })
})

test('the step of a ping, its message too', () => {
  const hex = '45000054000140004001265600000a0000010a0000020800000000010001'.replace('265600000a', '26560a')
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
  const step = teller.tell(traceEvent({ bytes, headerBytes: bytes.length, beginsAt: 'network', meta: [1n, 2n] }))
  const line = new StepWriter().step(step)
  assert.match(line, /"tuple":\{"saddr":"10\.0\.0\.1","daddr":"10\.0\.0\.2","proto":"icmp","message":"echo request"\}/)
  assert.deepEqual(parseTraceLine(line), { kind: 'step', step })
})

const head: TraceHead = {
  time: 1_764_000_000_000_000_000n,
  tier: 'kprobe.multi',
  functions: 1598,
  notAttached: 2,
  attachMs: 612,
  why: [],
  filter: 'port https',
  func: 'ip_.*',
  ifname: undefined,
  netns: 'inode:4026532246',
  mark: '0x10/0xff',
  modules: ['nf_tables'],
  track: true,
  caller: true,
  stack: false,
  meta,
}
const headLine =
  '{"kind":"trace","time":"2025-11-24T16:00:00.000000000Z","tier":"kprobe.multi","functions":1598,"not_attached":2,' +
  '"attach_ms":612,"why":[],"filter":"port https","func":"ip_.*","only_netns":"inode:4026532246","only_mark":"0x10/0xff",' +
  '"kmods":["nf_tables"],"track_skb":true,"caller":true,"stack":false,"meta":["skb->mark","skb->dev->ifindex"]}'
const end: TraceEnd = {
  steps: 123,
  notShown: 4,
  seen: 4004,
  refused: 3877,
  lost: 0,
  missed: 2,
  seconds: 1.5,
  by: 'stop',
}
const endLine =
  '{"kind":"trace_end","steps":123,"not_shown":4,"seen":4004,"refused":3877,"lost":0,"missed":2,"seconds":1.5,"by":"stop"}'

test('head and end, written and read back', () => {
  assert.equal(headJson(head), headLine)
  assert.deepEqual(parseTraceLine(headLine), { kind: 'trace', head })
  assert.equal(endJson(end), endLine)
  assert.deepEqual(parseTraceLine(endLine), { kind: 'trace_end', end })
})

test('text from elsewhere stays JSON and does nothing to a terminal', () => {
  const process = '"\\\u001b[2J\u009b\u202e\ud800'
  const line = new StepWriter().step(teller.tell(traceEvent({ process, interfaceName: '\u007f', meta: [1n, 2n] })))
  assert.match(line, /"process":"\\"\\\\\\u001b\[2J\\u009b\\u202e\ufffd"/)
  assert.match(line, /"iface":"\\u007f"/)
  assert.equal((JSON.parse(line) as { process: string }).process, '"\\\u001b[2J\u009b\u202e\ufffd')
})

test('any order of keys and any spacing; other kinds are told apart', () => {
  const turned = Object.fromEntries(Object.entries(JSON.parse(bareLine) as object).reverse())
  assert.deepEqual(parseTraceLine(JSON.stringify(turned, null, 2)), { kind: 'step', step: bare })
  assert.deepEqual(parseTraceLine('{"kind":"route","count":3}'), { kind: 'other' })
  assert.deepEqual(parseTraceLine('{}'), { kind: 'other' })
})

const bad: readonly (readonly [string, RegExp])[] = [
  ['7', /^the line is 7, needed an object$/],
  ['["step"]', /^the line is \["step"\], needed an object$/],
  [bareLine.replace('"0xffff970bc5f568e8"', '"ffff"'), /^skb is "ffff", needed an address/],
  [bareLine.replace('"2025-11-24T16:00:00.000000005Z"', '"yesterday"'), /^time is "yesterday", needed UTC/],
  [bareLine.replace('"mark":0', '"mark":-1'), /^mark is -1, needed a whole number of 32 bits$/],
  [bareLine.replace('"mark":0', '"mark":4294967296'), /^mark is 4294967296, needed/],
  [bareLine.replace('"cpu":1', '"cpu":"1"'), /^cpu is "1", needed/],
  [bareLine.replace('"cpu":1', '"cpu":[99999999999999999999]'), /^cpu is \["99999999999999999999"\], needed/],
  [bareLine.replace('"func":"ip_rcv"', '"func":""'), /^func is "", needed the name of a function$/],
  [bareLine.replace(',"func":"ip_rcv"', ''), /^func is missing, needed/],
  [bareLine.replace('"0x0000"', '"IPv4"'), /^proto is "IPv4", needed an ethertype/],
  [fullLine.replace('"10.0.0.1"', '"10.0.0.1\\u001b[2J"'), /^tuple\.saddr is .*, needed an IP address$/],
  [fullLine.replace('"sport":38932', '"sport":"x"'), /^tuple\.sport is "x", needed/],
  [fullLine.replace(/"stack":\[[^\]]*\]/, '"stack":[1]'), /^stack is \[1\], needed a list of texts$/],
  [fullLine.replace('18446744073709551615', '1.5'), /^meta "skb->mark" is 1\.5, needed a whole number or null$/],
  [headLine.replace('kprobe.multi', 'magic'), /^tier is "magic", needed one of kprobe\.multi, kprobe, fentry, tp_btf$/],
  [endLine.replace('"steps":123', '"steps":-1'), /^steps is -1, needed a whole number$/],
]

test('a line that is not what its kind has says what was found and needed', () => {
  for (const [line, message] of bad) {
    assert.throws(
      () => parseTraceLine(line),
      (error) => error instanceof JsonMismatch && message.test(error.message) && error.message.length < 200,
      line,
    )
  }
  assert.throws(() => parseTraceLine(bareLine.slice(0, -5)), SyntaxError)
})
