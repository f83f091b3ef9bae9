import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseBpfObject } from '../../src/lib/kernel/bpf/bpf-object.ts'
import { ObjectError } from '../../src/lib/kernel/bpf/elf.ts'
import { programKind } from '../../src/lib/kernel/bpf/program-kinds.ts'

const file = new Uint8Array(readFileSync(new URL('every-kind.bpf.o', import.meta.url)))
const object = parseBpfObject('every-kind', file)

test('maps: sizes from types and from numbers, flags; globals in maps of their own', () => {
  assert.deepEqual(
    object.maps.map(({ data, ...map }) => ({ ...map, data: data && { ...data, bytes: [...data.bytes] } })),
    [
      { name: 'per_cpu', type: 6, keyBytes: 4, valueBytes: 20, maxEntries: 4, flags: 0, data: undefined },
      { name: 'ring', type: 27, keyBytes: 0, valueBytes: 0, maxEntries: 4096, flags: 0, data: undefined },
      { name: 'hash', type: 1, keyBytes: 4, valueBytes: 24, maxEntries: 16, flags: 1, data: undefined },
      { name: 'not_used', type: 9, keyBytes: 8, valueBytes: 8, maxEntries: 8, flags: 0, data: undefined },
      {
        name: '.rodata',
        type: 2,
        keyBytes: 4,
        valueBytes: 16,
        maxEntries: 1,
        flags: 0x80,
        data: { constant: true, bytes: [7, 0, 0, 0, 0, 0, 0, 0, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11] },
      },
      {
        name: '.data',
        type: 2,
        keyBytes: 4,
        valueBytes: 4,
        maxEntries: 1,
        flags: 0x400,
        data: { constant: false, bytes: [3, 0, 0, 0] },
      },
      {
        name: '.bss',
        type: 2,
        keyBytes: 4,
        valueBytes: 8,
        maxEntries: 1,
        flags: 0x400,
        data: { constant: false, bytes: [0, 0, 0, 0, 0, 0, 0, 0] },
      },
    ],
  )
  assert.deepEqual(Object.fromEntries(object.globals), {
    limit: { map: 4, at: 0, bytes: 4, constant: true },
    wide: { map: 4, at: 8, bytes: 8, constant: true },
    step: { map: 5, at: 0, bytes: 4, constant: false },
    counter: { map: 6, at: 0, bytes: 8, constant: false },
  })
  assert.equal(object.licence, 'Dual MIT/GPL')
})

test('programs: functions that they call are put behind them, each once, with their types', () => {
  assert.deepEqual(
    object.programs.map(({ name, section, instructions, functionInfo }) => [
      name,
      section,
      instructions.length / 8,
      firstWords(functionInfo, 8),
    ]),
    [
      // 45 of its own, 14 of add(), 8 of half(), which only add() calls.
      ['count_packet', 'tc', 67, [0, 45, 59]],
      ['look_up', 'tcx/egress', 36, [0, 14, 28]],
      ['on_drop', 'tp_btf/kfree_skb', 27, [0]],
      ['on_drop_raw', 'raw_tp/kfree_skb', 23, [0]],
    ],
  )
})

test('calls reach the functions where they are now', () => {
  for (const [name, call, target] of [
    ['count_packet', undefined, 45],
    ['look_up', undefined, 14],
    // add() calls half(): the sixth from the end of the former.
    ['count_packet', 55, 59],
    ['look_up', 24, 28],
  ] as const) {
    const { instructions } = object.programs.find((one) => one.name === name)!
    const view = new DataView(instructions.buffer, instructions.byteOffset)
    const calls: number[] = []
    for (let i = 0; i < instructions.length / 8; i++) {
      if (instructions[8 * i] === 0x85 && instructions[8 * i + 1] === 0x10) calls.push(i)
    }
    const at = call ?? calls[0]!
    assert.ok(calls.includes(at), `${name} has no call at ${at}, but at ${calls}`)
    assert.equal(at + 1 + view.getInt32(8 * at + 4, true), target)
  }
})

test('uses of maps: the map itself, or the place of a global in its value', () => {
  const uses = object.programs.map(({ name, instructions, mapUses }) => [
    name,
    mapUses.map(({ instruction, map, value }) => {
      const view = new DataView(instructions.buffer, instructions.byteOffset)
      assert.equal(instructions[8 * instruction], 0x18)
      // Upper half: BPF_PSEUDO_MAP_FD is 1, BPF_PSEUDO_MAP_VALUE is 2.
      assert.equal(instructions[8 * instruction + 1]! >>> 4, value ? 2 : 1)
      return `${object.maps[map]!.name}${value ? `+${view.getInt32(8 * instruction + 12, true)}` : ''}`
    }),
  ])
  assert.deepEqual(Object.fromEntries(uses), {
    count_packet: ['per_cpu', '.rodata+8', 'ring', '.rodata+0', '.data+0', '.bss+0'],
    look_up: ['hash', '.data+0', '.bss+0'],
    on_drop: ['ring'],
    on_drop_raw: ['.rodata+0', '.bss+0'],
  })
})

test('relocations that the kernel does: offsets in bytes', () => {
  const drop = object.programs.find(({ name }) => name === 'on_drop')!
  assert.equal(drop.coreRelocations.length, 3 * 16)
  for (const at of firstWords(drop.coreRelocations, 16)) assert.ok(at % 8 === 0 && at < drop.instructions.length)
  // BPF_CORE_FIELD_BYTE_OFFSET is 0.
  assert.deepEqual(firstWords(drop.coreRelocations, 16, 12), [0, 0, 0])
})

test('another body of a function: calls still reach all, the types stay, and what the old one wanted is gone', () => {
  const bytes = new Uint8Array(readFileSync(new URL('trace-kinds.bpf.o', import.meta.url)))
  const traced = parseBpfObject('trace-kinds', bytes)
  const before = traced.programs.find(({ name }) => name === 'ask')!
  const [, first] = firstWords(before.functionInfo, 8)
  // r0 = 7; exit
  const body = Uint8Array.of(0xb7, 0, 0, 0, 7, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0)
  assert.equal(traced.linker.has('judge'), true)
  assert.equal(traced.linker.has('note'), false)
  const after = traced.linker.programs({ judge: body }).find(({ name }) => name === 'ask')!
  assert.deepEqual(firstWords(after.functionInfo, 8), [0, first])
  assert.equal(after.instructions.length, 8 * first! + body.length)
  assert.deepEqual(after.instructions.subarray(0, 8 * first!), before.instructions.subarray(0, 8 * first!))
  assert.deepEqual(after.instructions.subarray(8 * first!), body)
  // A function that another calls: what follows it moves.
  const other = object.linker.programs({ add: body }).find(({ name }) => name === 'count_packet')!
  assert.deepEqual(firstWords(other.functionInfo, 8), [0, 45])
  assert.deepEqual(
    other.mapUses.map(({ map }) => object.maps[map]!.name),
    ['per_cpu', '.rodata', 'ring', '.rodata'],
  )
})

test('reading an object leaves its bytes alone, and gives the same again', () => {
  const copy = file.slice()
  // A Buffer's slice() shares its memory.
  const again = parseBpfObject('every-kind', Buffer.from(copy.buffer))
  assert.deepEqual(copy, file)
  assert.deepEqual(again, object)
})

test('what is no object says why', () => {
  const patched = (at: number, ...bytes: number[]) => {
    const other = file.slice()
    other.set(bytes, at)
    return other
  }
  for (const [bytes, why] of [
    [new Uint8Array(0), /no ELF file/],
    [new TextEncoder().encode('x'.repeat(100)), /no ELF file/],
    [patched(4, 1), /no little-endian 64-bit/],
    [patched(18, 62), /not made for BPF/],
    [file.subarray(0, 500), /cut off|outside/],
    [file.subarray(0, file.length - 1), /cut off|outside/],
  ] as const) {
    assert.throws(
      () => parseBpfObject('x', bytes),
      (error) => error instanceof ObjectError && why.test(error.message),
    )
  }
})

test('kinds of programs, by the names of their sections', () => {
  assert.deepEqual(programKind('tcx/ingress'), {
    type: 3,
    attachType: 46,
    attach: { by: 'tcx' },
    kernelType: undefined,
  })
  assert.deepEqual(programKind('tcx/egress').attachType, 47)
  assert.deepEqual(programKind('tc').attach, { by: 'tc' })
  assert.deepEqual(programKind('raw_tp/kfree_skb'), {
    type: 17,
    attachType: 0,
    attach: { by: 'raw_tp', tracepoint: 'kfree_skb' },
    kernelType: undefined,
  })
  assert.deepEqual(programKind('tp_btf/kfree_skb'), {
    type: 26,
    attachType: 23,
    attach: { by: 'tp_btf', tracepoint: 'kfree_skb' },
    kernelType: { kind: 'typedef', name: 'btf_trace_kfree_skb' },
  })
  assert.deepEqual(programKind('tp_btf', 'netif_rx').kernelType, { kind: 'typedef', name: 'btf_trace_netif_rx' })
  assert.deepEqual(programKind('fentry', 'ip_rcv'), {
    type: 26,
    attachType: 24,
    attach: { by: 'fentry', function: 'ip_rcv' },
    kernelType: { kind: 'func', name: 'ip_rcv' },
  })
  assert.deepEqual(programKind('kprobe'), {
    type: 2,
    attachType: 0,
    attach: { by: 'kprobe' },
    kernelType: undefined,
  })
  assert.deepEqual(programKind('kprobe.multi'), {
    type: 2,
    attachType: 42,
    attach: { by: 'kprobe.multi' },
    kernelType: undefined,
  })
  for (const section of ['', 'xdp', 'tp_btf', 'tp_btf/', 'fentry', 'kprobe/x', 'tcx/', 'tcx/both']) {
    assert.throws(() => programKind(section), ObjectError)
  }
})

/** A u32 of each record, the first where not said. */
function firstWords(records: Uint8Array, bytes: number, offset = 0): number[] {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength)
  return Array.from({ length: Math.floor(records.length / bytes) }, (_, i) => view.getUint32(i * bytes + offset, true))
}
