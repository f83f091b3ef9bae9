// How the program of a trace is loaded for a wish: constants, maps that are shared, ways to fields; and what its cookie says.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BugError } from '../../src/lib/errors.ts'
import type { Bpf, BpfMap, BpfProgram, LoadedObject, LoadOptions } from '../../src/lib/kernel/bpf/bpf.ts'
import type { BpfObject } from '../../src/lib/kernel/bpf/bpf-object.ts'
import type { MetaPath } from '../../src/lib/kernel/trace/meta-path.ts'
import { placeOfDrop, TracePrograms, traceCookie } from '../../src/lib/kernel/trace/trace-programs.ts'
import type { TraceWish } from '../../src/lib/kernel/trace/trace-watch.ts'
import { SystemCallError } from '../../src/lib/sys/errno.ts'
import { everything } from '../helpers/trace-wish.ts'

interface Remembering {
  readonly bpf: Bpf
  readonly loads: LoadOptions[]
  readonly updates: [string, number | Uint8Array, Uint8Array][]
  readonly closed: number[]
  /** What `is_over` was at each call of settle. */
  readonly settled: number[]
}

/** Loads nothing, and remembers with which options. The second program was passed over twice. */
function remembering(): Remembering {
  const loads: LoadOptions[] = []
  const updates: [string, number | Uint8Array, Uint8Array][] = []
  const closed: number[] = []
  const settled: number[] = []
  const memory = new DataView(new ArrayBuffer(64))
  const variable = (name: string) => {
    assert.equal(name, 'is_over')
    return { view: memory, at: 8, bytes: 4 }
  }
  const settle = () => void settled.push(memory.getUint32(8, true))
  const load = (_: BpfObject, options: LoadOptions = {}): LoadedObject => {
    const number = loads.push(options)
    const map = (name: string) => ({ name, update: (key, value) => void updates.push([name, key, value]) }) as BpfMap
    const statistics = () => ({ runs: 0, nanoseconds: 0, misses: number === 2 ? 2 : 0 })
    const program = () => ({ statistics }) as BpfProgram
    return { program, map, variable, close: () => void closed.push(number) } as unknown as LoadedObject
  }
  return { bpf: { load, settle } as unknown as Bpf, loads, updates, closed, settled }
}

const programsOf = (wish: Partial<TraceWish>, meta: readonly MetaPath[] = []) => {
  const remembered = remembering()
  return {
    ...remembered,
    programs: new TracePrograms(remembered.bpf, {} as BpfObject, { ...everything, ...wish }, meta),
  }
}

test('nothing is asked for: all constants are 0, and the maps of what is followed are small', () => {
  const { programs, loads } = programsOf({})
  programs.load('trace_multi')
  const { constants = {}, maxEntries, bodies, targets, programs: names } = loads[0]!
  assert.deepEqual(
    Object.entries(constants).filter(([name, value]) => name !== 'is_arm64' && BigInt(value) !== 0n),
    [],
  )
  assert.deepEqual(maxEntries, { ring: 8_388_608, buffers: 1, heads: 1 })
  assert.deepEqual([bodies, targets, names], [undefined, undefined, ['trace_multi']])
})

test('an interface by its name: the bits up to its zero count, little-endian', () => {
  const { programs, loads } = programsOf({ interfaceName: 'enp1s0f0' })
  programs.load('trace_multi')
  const constants = loads[0]!.constants ?? {}
  assert.deepEqual(
    ['only_name_0', 'only_name_1', 'only_name_mask_0', 'only_name_mask_1'].map((name) => constants[name]),
    [0x3066_3073_3170_6e65n, 0n, 0xffff_ffff_ffff_ffffn, 0xffn],
  )
})

test('namespace, mark under its mask, stack before caller, fields, a ring of another size', () => {
  const mark = { value: 0xffff_12ab, mask: 0xff00_ff00 }
  const { programs, loads } = programsOf(
    { netns: 4_026_531_840, mark, caller: true, stack: true, track: true, ringBytes: 4096, meta: ['skb->len'] },
    [],
  )
  programs.load('trace_kprobe')
  const { constants = {}, maxEntries } = loads[0]!
  assert.deepEqual(
    ['only_netns', 'only_mark', 'only_mark_mask', 'stack_kind', 'track', 'meta_fields'].map((name) => constants[name]),
    [4_026_531_840, 0xff00_1200, 0xff00_ff00, 2, 1, 1],
  )
  assert.deepEqual(maxEntries, { ring: 4096, buffers: 16_384, heads: 16_384 })
})

test('the first makes the maps and gets the ways to fields, the next share them; what was passed over is added up', () => {
  const path = (offsets: readonly number[], bytes: 1 | 2 | 4 | 8): MetaPath => ({
    ...{ text: '', offsets, bytes, bitOffset: 0, bits: 8 * bytes, signed: false, bigEndian: false },
  })
  const { programs, loads, updates, closed } = programsOf({}, [path([16, 264], 4), path([0x90], 2)])
  programs.load('trace_tracepoint', 'net_dev_queue', 7n)
  programs.load('trace_tracepoint', 'consume_skb', 8n)
  programs.load('trace_freed', 'kfree')
  assert.deepEqual(Object.keys(loads[0]!.maps ?? {}), [])
  const shared = ['.bss', 'buffers', 'counts', 'heads', 'last_packet', 'ring', 'scratches', 'ways']
  assert.deepEqual(Object.keys(loads[1]!.maps ?? {}).sort(), shared)
  assert.deepEqual([loads[1]!.targets, loads[1]!.constants?.own_cookie], [{ trace_tracepoint: 'consume_skb' }, 8n])
  assert.deepEqual(loads[2]!.targets, { trace_freed: 'kfree' })
  // steps, bytes, offsets.
  const words = updates.map(([name, key, value]) => [name, key, [...new Uint32Array(value.buffer)]])
  assert.deepEqual(words, [
    ['ways', 0, [2, 4, 16, 264, 0, 0, 0, 0, 0, 0]],
    ['ways', 1, [1, 2, 0x90, 0, 0, 0, 0, 0, 0, 0]],
  ])
  assert.equal(programs.misses(), 2)
  programs.close()
  assert.deepEqual(closed, [3, 2, 1])
})

test('silent: it is over for all programs before those under way are waited for', () => {
  const { programs, settled, closed } = programsOf({})
  programs.load('trace_tracepoint', 'net_dev_queue', 7n)
  programs.load('trace_tracepoint', 'consume_skb', 8n)
  programs.silence()
  assert.deepEqual([settled, closed], [[1], []])
})

test('silent also where there is no descriptor left to wait for those under way', () => {
  const { bpf, programs } = programsOf({})
  programs.load('trace_multi')
  const EMFILE = 24
  bpf.settle = () => {
    throw new SystemCallError('BPF_MAP_CREATE', EMFILE)
  }
  programs.silence()
  bpf.settle = () => {
    throw new BugError('other')
  }
  assert.throws(() => programs.silence(), BugError)
})

test('the cookie: number, places of the buffer and of the reason, and what becomes of the buffer there', () => {
  const one = (name: string, skb: number, reason: number) => ({ name, module: '', skb, reason })
  for (const [cookie, expected] of [
    [traceCookie(5, one('ip_rcv', 0, -1), false), 0x0000_0000_0005n],
    [traceCookie(0x1_0000, one('ip_output', 2, -1), false), 0x0002_0001_0000n],
    [traceCookie(1, one('kfree_skbmem', 0, -1), false), 0x0100_0000_0001n],
    [traceCookie(1, one('sk_skb_reason_drop', 1, 2), false), 0x1031_0000_0001n],
    [traceCookie(0, one('kfree_skb', 0, 2), true), 0x0730_0000_0000n],
    [traceCookie(0, one('consume_skb', 0, -1), true), 0x0300_0000_0000n],
    [traceCookie(0, one('consume_skb', 0, -1), false), 0n],
  ] as const) {
    assert.equal(cookie, expected)
  }
  assert.deepEqual(
    [placeOfDrop('kfree_skb', true), placeOfDrop('consume_skb', true), placeOfDrop('kfree_skb_reason', false)],
    [true, false, true],
  )
})
