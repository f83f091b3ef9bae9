import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import type { TextInput } from '../../src/lib/source/open.ts'
import type { TraceEnd, TraceHead } from '../../src/lib/trace/head.ts'
import { recordedNetns } from '../../src/lib/trace/netns.ts'
import type { Choice } from '../../src/lib/trace/options.ts'
import { readTrace } from '../../src/lib/trace/recorded.ts'
import type { TraceStep } from '../../src/lib/trace/step.ts'

const HEAD = '{"kind":"trace","time":"2026-11-23T21:38:07.000000000Z","tier":"tp_btf","functions":27}'
const END = '{"kind":"trace_end","steps":4,"seen":100,"refused":96,"lost":2,"seconds":1,"by":"stop"}'

function line(i: number, more = ''): string {
  return `{"kind":"step","time":"2026-11-23T21:38:07.00000000${i}Z","skb":"0xff","cpu":${i}${more},"func":"ip_rcv"}`
}

/** Lines in blocks of a few bytes, as a pipe may give them. */
function inputOf(text: string, blockBytes = 50): TextInput {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return {
    name: 'x.ndjson',
    next: async () => {
      if (at >= bytes.length) return undefined
      at += blockBytes
      return bytes.slice(at - blockBytes, at)
    },
    close: async () => {},
    issues: () => [],
    get bytesRead() {
      return Math.min(at, bytes.length)
    },
    bytesTotal: bytes.length,
  }
}

const all: Choice = {
  functions: undefined,
  interfaceName: undefined,
  netns: undefined,
  mark: undefined,
  limit: undefined,
}

async function read(text: string, given: Partial<Choice> = {}, names = true, blockBytes = 50) {
  const heads: (TraceHead | undefined)[] = []
  const steps: TraceStep[] = []
  const damage: string[] = []
  const ends: TraceEnd[] = []
  const opened: (TraceHead | undefined)[] = []
  const end = await readTrace(
    { choice: { ...all, ...given }, stop: new AbortController().signal, names },
    inputOf(text, blockBytes),
    { opened: (head) => opened.push(head), damage: (problem) => damage.push(problem), progress() {} },
    {
      begin: (head) => heads.push(head),
      step: (step) => steps.push(step),
      turn: () => true,
      end: (end) => void ends.push(end),
    },
  )
  assert.deepEqual(ends, [end])
  return { heads, steps, damage, opened, end }
}

const cpus = (steps: readonly TraceStep[]) => steps.map(({ cpu }) => cpu)

test('a recording gives its steps, and what it says of itself', async () => {
  const { heads, steps, damage, opened, end } = await read([HEAD, line(1), line(2), line(5), END, ''].join('\n'))
  assert.deepEqual(cpus(steps), [1, 2, 5])
  assert.deepEqual([heads.length, heads[0]?.tier, heads[0]?.functions], [1, 'tp_btf', 27])
  assert.equal(opened.length, 1)
  assert.deepEqual(damage, [])
  assert.deepEqual(end, {
    steps: 3,
    notShown: undefined,
    seen: 100,
    refused: 96,
    lost: 2,
    missed: undefined,
    seconds: 4e-9,
    at: 1_795_469_888_000_000_000n,
    by: 'end',
    damaged: 0,
    leftOut: 0,
    otherLines: 0,
    isWhole: true,
  })
})

test('damaged lines are told with their numbers, and the others are there', async () => {
  const text = [HEAD, line(1), line(2).slice(0, 40), '', line(3).replace('"0xff"', '7'), '{"kind":"other"}', line(4)]
  const { steps, damage, end } = await read(text.join('\n'))
  assert.deepEqual(cpus(steps), [1, 4])
  assert.equal(damage.length, 2)
  assert.match(damage[0]!, /^x\.ndjson line 3: .*JSON.*\.$/)
  assert.equal(damage[1], 'x.ndjson line 5: skb is 7, needed an address as "0xffff970bc5f568e8".')
  assert.deepEqual([end.damaged, end.otherLines, end.isWhole, end.lost], [2, 1, false, 0])
})

test('what is chosen', async () => {
  const text = [
    HEAD,
    line(1, ',"iface":"eth0","netns":7,"netns_name":"blue","mark":17'),
    line(2, ',"iface":"eth1","netns":7,"mark":16').replace('ip_rcv', 'ip_rcv_core'),
    line(3, ',"iface":"eth0","netns":8,"mark":1'),
  ].join('\n')
  const chosen = async (choice: Partial<Choice>) => cpus((await read(text, choice)).steps)
  assert.deepEqual(await chosen({ interfaceName: 'eth0' }), [1, 3])
  assert.deepEqual(await chosen({ functions: /^(?:ip_rcv_.*)$/ }), [2])
  assert.deepEqual(await chosen({ netns: 7 }), [1, 2])
  assert.deepEqual(await chosen({ netns: 'blue' }), [1])
  assert.deepEqual(await chosen({ mark: { value: 0x10, mask: 0xf0 } }), [1, 2])
  assert.deepEqual(await chosen({ mark: { value: 1, mask: 0xffffffff } }), [3])
  const { end, steps } = await read(text, { limit: 1, netns: 7 })
  assert.deepEqual([cpus(steps), end.by, end.leftOut], [[1], 'limit', 0])
  assert.equal((await read(text, {}, false)).steps[0]?.netnsName, '')
  assert.equal((await read(text, { netns: 8 })).end.leftOut, 2)
})

test('steps that were not shown when it was recorded, or are not chosen now, are not shown', async () => {
  const text = [HEAD, line(1), line(2), line(3), END.replace('"seen":100', '"not_shown":5,"seen":106')].join('\n')
  const whole = (await read(text.replace('"steps":4', '"steps":3'))).end
  assert.deepEqual([whole.steps, whole.notShown, whole.refused, whole.lost, whole.seen], [3, 5, 96, 2, 106])
  const none = (await read(text, { interfaceName: 'eth9' })).end
  assert.deepEqual([none.steps, none.notShown, none.refused, none.lost, none.seen], [0, 8, 96, 2, 106])
})

test('a part of a recording is read as well', async () => {
  const { heads, steps, end } = await read(`${line(1)}\n${line(2)}\n`)
  assert.deepEqual([heads, cpus(steps), end.isWhole], [[undefined], [1, 2], false])
})

test('stopped while a pipe has nothing, it ends with what came', async () => {
  const stop = new AbortController()
  const blocks = [new TextEncoder().encode(`${HEAD}\n${line(1)}\n`)]
  let close = () => {}
  const closed = new Promise<undefined>((resolve) => {
    close = () => resolve(undefined)
  })
  const input = { ...inputOf(''), next: async () => blocks.shift() ?? closed, close: async () => close() }
  const steps: TraceStep[] = []
  const reading = readTrace(
    { choice: all, stop: stop.signal, names: true },
    input,
    { opened() {}, damage() {}, progress() {} },
    { begin() {}, step: (step) => steps.push(step), turn: () => true, end() {} },
  )
  setImmediate(() => stop.abort())
  const end = await reading
  assert.deepEqual([cpus(steps), end.by], [[1], 'stop'])
})

test('several traces in one file are one', async () => {
  const { heads, steps, end } = await read([HEAD, line(1), END, HEAD, line(2), END, ''].join('\n'))
  assert.deepEqual([heads.length, cpus(steps), end.seen, end.lost], [1, [1, 2], 200, 4])
})

test('what is no trace is refused', async () => {
  for (const text of ['{"agent":"10.0.0.1","sample_type":"flow_sample"}\n', '{"kind":"drop"}\n', '{nonsense\n']) {
    await assert.rejects(
      read(text),
      (error) => error instanceof InputError && /^x\.ndjson line 1 is no trace of sonde's/.test(error.message),
    )
  }
})

test('a line without an end does not fill the memory', async () => {
  const { damage, steps } = await read(
    `${HEAD}\n{"kind":"step","process":"${'x'.repeat(2 << 20)}"}\n${line(4)}\n`,
    {},
    true,
    65_536,
  )
  assert.deepEqual(damage, ['x.ndjson line 2: it is longer than 1048576 bytes.'])
  assert.deepEqual(cpus(steps), [4])
})

test('--netns of a recording', () => {
  assert.equal(recordedNetns(undefined), undefined)
  assert.equal(recordedNetns('inode:4026532246'), 4026532246)
  assert.equal(recordedNetns('blue'), 'blue')
  for (const text of ['this', '/proc/1/ns/net']) assert.throws(() => recordedNetns(text), InputError)
})
