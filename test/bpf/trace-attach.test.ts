// What is tried when the kernel refuses functions: on programs that only remember.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BpfLink, BpfProgram } from '../../src/lib/kernel/bpf/bpf.ts'
import { refuseAttach } from '../../src/lib/kernel/bpf/refusal.ts'
import type { SkbFunction } from '../../src/lib/kernel/trace/skb-functions.ts'
import { hangAtAll, hangByFentry, hangByKprobe } from '../../src/lib/kernel/trace/trace-attach.ts'
import { SystemCallError } from '../../src/lib/sys/errno.ts'

const EPERM = 1
const ESRCH = 3
const EINVAL = 22
const EOPNOTSUPP = 95

interface Remembering {
  readonly program: BpfProgram
  /** Names and cookies of each call that was taken. */
  readonly taken: [string, bigint][][]
}

/** Refuses any call with one of these names. */
function remembering(refused: Readonly<Record<string, number>>): Remembering {
  const taken: [string, bigint][][] = []
  const take = (where: string, pairs: [string, bigint][]): BpfLink => {
    const name = pairs.map(([name]) => name).find((name) => refused[name] !== undefined)
    if (name !== undefined) throw refuseAttach('p', where, new SystemCallError('BPF_LINK_CREATE', refused[name]!))
    taken.push(pairs)
    return { fd: 0, close: () => undefined }
  }
  const program = {
    attachKprobeMulti: ({ symbols = [], cookies }) =>
      take(
        'kprobe.multi',
        symbols.map((name, i) => [name, cookies[i]!]),
      ),
    attachKprobe: (name, cookie) => take(`kprobe of ${name}`, [[name, cookie]]),
  } as BpfProgram
  return { program, taken }
}

const functions = (count: number, module = ''): SkbFunction[] =>
  Array.from({ length: count }, (_, i) => ({ name: `${module}f${i}`, module, skb: i % 5, reason: -1 }))
const cookieOf = (index: number, { skb }: SkbFunction): bigint => BigInt(index) | (BigInt(skb) << 32n)
const names = (calls: readonly [string, bigint][][]): string[] =>
  calls.flatMap((call) => call.map(([name]) => name)).sort()

test('all at once: one call, each with its cookie', () => {
  const { program, taken } = remembering({})
  assert.deepEqual(hangAtAll(program, { functions: functions(3), cookieOf }), {
    attached: 3,
    refusedNames: [],
    untried: 0,
  })
  assert.deepEqual(taken, [
    [
      ['f0', 0n],
      ['f1', 0x1_0000_0001n],
      ['f2', 0x2_0000_0002n],
    ],
  ])
})

test('all at once: two of a thousand are refused, all others hang, by few calls', () => {
  const { program, taken } = remembering({ f17: ESRCH, f801: EINVAL })
  const hung = hangAtAll(program, { functions: functions(1000), cookieOf })
  assert.equal(hung.attached, 998)
  assert.deepEqual([...hung.refusedNames].sort(), ['f17', 'f801'])
  assert.equal(new Set(names(taken)).size, 998)
  assert.ok(taken.length <= 20, `${taken.length} links`)
  for (const call of taken)
    for (const [name, cookie] of call) assert.equal(Number(cookie & 0xffff_ffffn), Number(name.slice(1)))
})

test('all at once: functions of a module by a link of their own, so that one bad module costs nothing else', () => {
  const bad = Object.fromEntries(functions(200, 'm').map(({ name }) => [name, ESRCH]))
  const { program, taken } = remembering(bad)
  const hung = hangAtAll(program, { functions: [...functions(10), ...functions(200, 'm')], cookieOf })
  assert.equal(hung.attached, 10)
  assert.equal(hung.refusedNames.length, 200)
  assert.equal(taken.length, 1)
})

test('all at once: a kernel that has not that way', () => {
  const { program } = remembering({ f0: EOPNOTSUPP })
  assert.throws(() => hangAtAll(program, { functions: functions(5), cookieOf }), {
    clause: 'this kernel has no kprobe.multi (BPF_LINK_CREATE: EOPNOTSUPP)',
  })
})

test('one by one: those that are refused are told, the others hang, in order', () => {
  const { program, taken } = remembering({ f0: EINVAL, f2: EINVAL })
  const told: [number, number][] = []
  const progress = (attached: number, wanted: number) => told.push([attached, wanted]) > 0
  assert.deepEqual(hangByKprobe(program, { functions: functions(4), cookieOf, progress }), {
    attached: 2,
    refusedNames: ['f0', 'f2'],
    untried: 0,
  })
  assert.deepEqual(taken, [[['f1', 0x1_0000_0001n]], [['f3', 0x3_0000_0003n]]])
  assert.deepEqual(told, [
    [0, 4],
    [1, 4],
    [1, 4],
    [2, 4],
  ])
})

test('one by one: ends when it is told to, and when the time is over', () => {
  const { program, taken } = remembering({})
  const wish = { functions: functions(100), cookieOf }
  assert.deepEqual(hangByKprobe(program, { ...wish, progress: (attached) => attached < 7 }), {
    attached: 7,
    refusedNames: [],
    untried: 93,
  })
  assert.equal(taken.length, 7)
  assert.deepEqual(hangByKprobe(program, wish, -1), { attached: 30, refusedNames: [], untried: 70 })
})

test('one by one: not permitted, or none at all, is a refusal', () => {
  const all = (errno: number) => Object.fromEntries(functions(3).map(({ name }) => [name, errno]))
  const wish = { functions: functions(3), cookieOf }
  assert.throws(() => hangByKprobe(remembering(all(EPERM)).program, wish), { code: 'EPERM' })
  assert.throws(() => hangByKprobe(remembering(all(EINVAL)).program, wish), { code: 'EINVAL' })
})

test('by fentry: a program each; functions of modules are left out', () => {
  const loaded: [string, bigint][] = []
  const load = ({ name }: SkbFunction, cookie: bigint) =>
    ({
      attachFentry: () => {
        loaded.push([name, cookie])
        return { fd: 0, close: () => undefined }
      },
    }) as unknown as BpfProgram
  const wish = { functions: [...functions(2), ...functions(1, 'm')], cookieOf }
  assert.deepEqual(hangByFentry(load, wish), { attached: 2, refusedNames: ['mf0'], untried: 0 })
  assert.deepEqual(loaded, [
    ['f0', 0n],
    ['f1', 0x1_0000_0001n],
  ])
})
