// The loader on the running kernel. Programs hang at loopback only, for some milliseconds, and let every packet pass.

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { release } from 'node:os'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { BugError } from '../../src/lib/errors.ts'
import type { LoadedObject } from '../../src/lib/kernel/bpf/bpf.ts'
import { parseBpfObject } from '../../src/lib/kernel/bpf/bpf-object.ts'
import { readKernelBtf } from '../../src/lib/kernel/bpf/kernel-btf.ts'
import { countCpus, openBpf, readBpfObject } from '../../src/lib/kernel/bpf/loader.ts'
import { BpfRefusal } from '../../src/lib/kernel/bpf/refusal.ts'
import { openRingBuffer } from '../../src/lib/kernel/bpf/ring-buffer.ts'
import { readKallsyms } from '../../src/lib/kernel/names/kallsyms.ts'
import { isProgramLoaded, whyNoBpf } from '../helpers/bpf.ts'

const skip = await whyNoBpf()
const object = parseBpfObject(
  'every-kind',
  new Uint8Array(readFileSync(new URL('../bpf/every-kind.bpf.o', import.meta.url))),
)
const packet = new Uint8Array(100)
const LOOPBACK = 1
const [major = 0, minor = 0] = release().split('.').map(Number.parseFloat)

/** Numbers of the programs that this process holds, by the kernel's own account. */
function programsHeld(pid: number | 'self' = 'self'): number[] {
  const text = execFileSync(
    'sh',
    ['-c', `cat /proc/${pid === 'self' ? process.pid : pid}/fdinfo/* 2>/dev/null || true`],
    {
      encoding: 'utf8',
    },
  )
  return [...text.matchAll(/^prog_id:\t(\d+)$/gm)].map(([, id]) => Number(id))
}

test('a program runs: constants, globals, per-CPU values, records in the ring', { skip }, async (t) => {
  const bpf = await openBpf()
  t.after(() => bpf.close())
  const loaded = bpf.load(object, { programs: ['count_packet'], constants: { limit: 42, wide: 0xfedcba9876543210n } })
  const program = loaded.program('count_packet')
  assert.ok(program.id > 0)
  assert.ok(program.instructions >= 67)
  const ring = openRingBuffer(bpf, loaded.map('ring'))
  const run = program.testRun(packet, 5)
  assert.equal(run.result, 42)
  assert.ok(run.nanoseconds > 0 && run.nanoseconds < 100_000)
  // Runs 0 to 4; the program discards the one with number 2.
  const records: [number, bigint][] = []
  assert.equal(
    ring.drain((at, length) => {
      assert.equal(length, 16)
      records.push([ring.view.getUint32(at, true), ring.view.getBigUint64(at + 8, true)])
    }),
    4,
  )
  assert.deepEqual(records, [
    [0, 0xfedcba9876543210n],
    [1, 0xfedcba9876543210n],
    [3, 0xfedcba9876543210n],
    [4, 0xfedcba9876543210n],
  ])
  // counter += step, once a run; step is 3 until it is changed in place.
  const counter = loaded.variable('counter')
  assert.equal(counter.view.getBigUint64(counter.at, true), 15n)
  const step = loaded.variable('step')
  step.view.setUint32(step.at, 100, true)
  program.testRun(packet)
  assert.equal(counter.view.getBigUint64(counter.at, true), 115n)

  const perCpu = loaded.map('per_cpu')
  assert.equal(perCpu.lookupBytes, 24 * bpf.possibleCpus)
  assert.equal(perCpu.sum(1), 6)
  assert.equal(perCpu.sum(0), 0)
  const values = new Uint8Array(perCpu.lookupBytes)
  assert.equal(perCpu.lookup(1, values), true)
  const view = new DataView(values.buffer)
  let runs = 0n
  for (let cpu = 0; cpu < bpf.possibleCpus; cpu++) runs += view.getBigUint64(24 * cpu, true)
  assert.equal(runs, 6n)
  assert.equal(perCpu.lookup(4, values), false)

  assert.throws(() => loaded.program('on_drop'), BugError)
  assert.throws(() => loaded.map('hash'), BugError)
  assert.throws(() => loaded.variable('limit'), BugError)
  ring.close()
  assert.equal(ring.bytes.length, 0)
  assert.equal(
    ring.drain(() => assert.fail('closed')),
    0,
  )
  loaded.close()
  assert.throws(() => counter.view.getUint8(0), TypeError)
  loaded.close()
})

test('a hash map: update, look up, walk, remove, full', { skip }, async (t) => {
  const bpf = await openBpf()
  t.after(() => bpf.close())
  const map = bpf.load(object, { programs: ['look_up'], maxEntries: { hash: 3 } }).map('hash')
  assert.equal(map.maxEntries, 3)
  const value = new Uint8Array(24)
  const into = new Uint8Array(24)
  assert.equal(map.lookup(7, into), false)
  for (const key of [7, 8, 9]) {
    value[0] = key
    map.update(key, value)
  }
  assert.throws(() => map.update(10, value), { code: 'E2BIG' })
  assert.equal(map.lookup(Uint8Array.of(8, 0, 0, 0), into), true)
  assert.equal(into[0], 8)
  assert.equal(map.sum(9), 9)
  const keys: number[] = []
  const key = new Uint8Array(4)
  for (let more = map.nextKey(undefined, key); more; more = map.nextKey(key, key)) keys.push(key[0]!)
  assert.deepEqual(keys.sort(), [7, 8, 9])
  assert.equal(map.remove(8), true)
  assert.equal(map.remove(8), false)
  assert.equal(map.lookup(8, into), false)
  assert.equal(map.lookup(9, into), true)
})

test('two loads of an object have maps of their own', { skip }, async (t) => {
  const bpf = await openBpf()
  t.after(() => bpf.close())
  const [a, b] = [1, 2].map((limit) => bpf.load(object, { programs: ['count_packet'], constants: { limit } }))
  assert.equal(a!.program('count_packet').testRun(packet).result, 1)
  assert.equal(b!.program('count_packet').testRun(packet, 2).result, 2)
  assert.equal(a!.map('per_cpu').sum(1), 1)
  assert.equal(b!.map('per_cpu').sum(1), 2)
})

for (const name of ['on_drop', 'on_drop_raw'] as const) {
  test(`${name}: hangs at its tracepoint and sees a datagram to a closed port`, { skip }, async (t) => {
    const bpf = await openBpf()
    t.after(() => bpf.close())
    const loaded = bpf.load(object, {
      programs: [name],
      ...(name === 'on_drop_raw' ? { constants: { limit: 1000 } } : {}),
    })
    const ring = name === 'on_drop' ? openRingBuffer(bpf, loaded.map('ring')) : undefined
    const link = loaded.program(name).attachTracepoint()
    const socket = createSocket('udp4')
    t.after(() => socket.close())
    // Twenty datagrams of a length that no other is likely to have: the header of UDP is there still, that of IPv4 is not.
    for (let i = 0; i < 20; i++) await new Promise((sent) => socket.send(new Uint8Array(1111), 9, '127.0.0.1', sent))
    if (ring) {
      let seen = 0
      for (let tries = 0; tries < 100 && seen < 20; tries++) {
        await sleep(20)
        ring.drain((at) => {
          if (ring.view.getUint32(at, true) === 1119 && ring.view.getUint32(at + 8, true) === LOOPBACK) seen++
        })
      }
      assert.equal(seen, 20)
    } else {
      const counter = loaded.variable('counter')
      for (let tries = 0; tries < 100 && counter.view.getUint32(counter.at, true) < 20; tries++) await sleep(20)
      assert.ok(counter.view.getUint32(counter.at, true) >= 20)
    }
    link.close()
    link.close()
    ring?.close()
  })
}

test('TCX: before and behind others at loopback; off again', { skip }, async (t) => {
  const bpf = await openBpf()
  t.after(() => bpf.close())
  const load = (limit: number) => bpf.load(object, { programs: ['count_packet'], constants: { limit } })
  // 0 lets a packet pass without asking those behind, -1 asks them.
  const ends = load(0)
  const asks = load(-1)
  const runs = async () => {
    const before = asks.map('per_cpu').sum(1)
    const socket = createSocket('udp4')
    await new Promise((sent) => socket.send('x', 9, '127.0.0.1', sent))
    socket.close()
    return asks.map('per_cpu').sum(1) - before
  }
  ends.program('count_packet').attachTcx(LOOPBACK, 'egress')
  const behind = asks.program('count_packet').attachTcx(LOOPBACK, 'egress')
  assert.equal(await runs(), 0)
  behind.close()
  const before = asks.program('count_packet').attachTcx(LOOPBACK, 'egress', 'first')
  assert.ok((await runs()) > 0)
  before.close()
  assert.equal(await runs(), 0)
  const refused = (code: string) => (error: unknown) =>
    error instanceof BpfRefusal && error.code === code && error.clause === `BPF_LINK_CREATE was refused (${code})`
  assert.throws(() => ends.program('count_packet').attachTcx(LOOPBACK, 'egress'), refused('EEXIST'))
  assert.throws(() => ends.program('count_packet').attachTcx(0x7fff_ffff, 'egress'), refused('ENODEV'))
})

test('nothing stays in the kernel when it is closed, nor when a load fails half way', { skip }, async () => {
  const before = programsHeld()
  const bpf = await openBpf()
  const loaded = bpf.load(object)
  assert.equal(programsHeld().length, before.length + 4)
  loaded.program('on_drop').attachTracepoint()
  const broken = {
    ...object,
    programs: object.programs.map((program) =>
      // r0 is never set: the verifier refuses `exit`.
      program.name === 'on_drop_raw'
        ? {
            ...program,
            instructions: Uint8Array.of(0x95, 0, 0, 0, 0, 0, 0, 0),
            coreRelocations: new Uint8Array(0),
            mapUses: [],
          }
        : program,
    ),
  }
  const held = programsHeld().length
  assert.throws(
    () => bpf.load(broken),
    (error) => {
      assert.ok(error instanceof BpfRefusal)
      assert.equal(error.code, 'EACCES')
      assert.equal(error.message, 'This kernel does not take program on_drop_raw (EACCES).')
      assert.match(error.nextSteps.at(-1)!, /^Its verifier says: R0 !read_ok$/)
      return true
    },
  )
  assert.equal(programsHeld().length, held)
  bpf.close()
  assert.deepEqual(programsHeld(), before)
})

test('kill -9 leaves nothing', { skip }, async () => {
  const child = spawn(process.execPath, ['--import', './scripts/load-tsx.ts', 'test/helpers/hold-program.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [text] = (await once(child.stdout, 'data')) as [Buffer]
  const id = Number(/program (\d+)/.exec(String(text))?.[1])
  assert.ok(programsHeld(child.pid).includes(id))
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
  // The kernel lets programs go behind a grace period.
  for (let i = 0; i < 250 && isProgramLoaded(id); i++) await sleep(20)
  assert.equal(isProgramLoaded(id), false)
})

test('every object that comes with sonde is taken by this kernel', { skip }, async (t) => {
  const bpf = await openBpf()
  t.after(() => bpf.close())
  for (const name of ['sample', 'drops', 'trace']) {
    const shipped = readBpfObject(name)
    for (const { name: program, section } of shipped.programs) {
      // The tracepoint has the socket since 6.11; before that the verifier refuses to read it.
      if (program === 'drops_with_socket' && (major < 6 || (major === 6 && minor < 11))) continue
      const begin = performance.now()
      const target = section === 'fentry' ? 'ip_rcv' : section === 'tp_btf' ? 'kfree_skb' : undefined
      let loaded: LoadedObject
      try {
        loaded = bpf.load(shipped, { programs: [program], ...(target && { targets: { [program]: target } }) })
      } catch (error) {
        // Some kernels forbid fentry whatever the program.
        if (!(section === 'fentry' && error instanceof BpfRefusal && error.code === 'EPERM')) throw error
        t.diagnostic(`${program}: ${error.clause}`)
        continue
      }
      t.diagnostic(
        `${program}: ${loaded.program(program).instructions} instructions, ${(performance.now() - begin).toFixed(1)} ms`,
      )
      loaded.close()
    }
  }
})

test('types of this kernel', { skip: !existsSync('/sys/kernel/btf/vmlinux') && 'no BTF' }, () => {
  const btf = readKernelBtf()
  assert.ok(btf.count > 10_000)
  assert.ok(btf.findType('struct', 'sk_buff')! > 0)
  assert.equal(btf.findType('struct', 'no such structure'), undefined)
  assert.equal(btf.enumNames('skb_drop_reason')?.get(2), 'SKB_DROP_REASON_NOT_SPECIFIED')
  assert.equal(btf.enumNames('bpf_prog_type')?.get(3), 'BPF_PROG_TYPE_SCHED_CLS')
})

test('functions of this kernel', { skip: process.getuid?.() !== 0 && 'needs root' }, (t) => {
  const symbols = readKallsyms()
  if (symbols.hidden) return t.skip('kernel.kptr_restrict hides them')
  const line = /^([0-9a-f]{8})([0-9a-f]{8}) T kfree_skb_list_reason$/m.exec(readFileSync('/proc/kallsyms', 'latin1'))!
  const [high, low] = [Number.parseInt(line[1]!, 16), Number.parseInt(line[2]!, 16) + 5]
  const index = symbols.find(low, high)
  assert.equal(symbols.name(index), 'kfree_skb_list_reason')
  assert.equal(symbols.offset(index, low, high), 5)
})

const traced = parseBpfObject(
  'trace-kinds',
  new Uint8Array(readFileSync(new URL('../bpf/trace-kinds.bpf.o', import.meta.url))),
)

test('the body of a function is chosen as it is loaded', { skip }, async (t) => {
  const bpf = await openBpf()
  t.after(() => bpf.close())
  assert.notEqual(
    bpf
      .load(traced, { programs: ['ask'] })
      .program('ask')
      .testRun(packet).result,
    0,
  )
  for (const [what, body, result] of [
    ['r0 = 42', [0xb7, 0, 0, 0, 42, 0, 0, 0], 42],
    ['r0 = r2, the bytes that are there', [0xbf, 0x20, 0, 0, 0, 0, 0, 0], 96],
    ['r0 = r3, the length', [0xbf, 0x30, 0, 0, 0, 0, 0, 0], 1500],
    ['r0 = the byte at r1 + 127', [0x71, 0x10, 127, 0, 0, 0, 0, 0], 0],
  ] as const) {
    const judge = Uint8Array.of(...body, 0x95, 0, 0, 0, 0, 0, 0, 0)
    const loaded = bpf.load(traced, { programs: ['ask'], bodies: { judge }, constants: { captured: 96 } })
    assert.equal(loaded.program('ask').testRun(packet).result, result, what)
    loaded.close()
  }
  assert.throws(() => bpf.load(traced, { bodies: { no_such: new Uint8Array(16) } }), BugError)
})

test('tracepoints chosen as they are loaded, maps shared', { skip }, async (t) => {
  const bpf = await openBpf()
  t.after(() => bpf.close())
  const first = bpf.load(traced, { programs: ['ask'] })
  const maps = { '.bss': first.map('.bss'), memory: first.map('memory') }
  first.program('ask').testRun(packet, 3)
  const runs = first.variable('runs')
  assert.equal(runs.view.getBigUint64(runs.at, true), 3n)
  const second = bpf.load(traced, {
    programs: ['by_tracepoint'],
    targets: { by_tracepoint: 'kfree_skb' },
    constants: { own_cookie: 1n << 40n },
    maps,
  })
  const link = second.program('by_tracepoint').attachTracepoint()
  const cookies = second.variable('cookies')
  const socket = createSocket('udp4')
  t.after(() => socket.close())
  for (let i = 0; i < 100 && cookies.view.getBigUint64(cookies.at, true) === 0n; i++) {
    await new Promise((sent) => socket.send('x', 9, '127.0.0.1', sent))
    await sleep(10)
  }
  link.close()
  // By the other load's memory: it is the same.
  const shared = first.variable('cookies')
  assert.ok(shared.view.getBigUint64(shared.at, true) >= 1n << 40n)
  second.close()
  // What was shared is the first one's still.
  first.program('ask').testRun(packet)
  assert.ok(runs.view.getBigUint64(runs.at, true) >= 5n)
  assert.throws(
    () => bpf.load(traced, { programs: ['by_tracepoint'], targets: { by_tracepoint: 'no_such' } }),
    (error) => error instanceof BpfRefusal && error.clause === 'it has no btf_trace_no_such',
  )
})

for (const [name, targets, attach] of [
  ['by_kprobe_multi', {}, 'attachKprobeMulti'],
  ['by_kprobe', {}, 'attachKprobe'],
  ['by_fentry', { by_fentry: 'ip_rcv' }, 'attachFentry'],
] as const) {
  test(`${name}: counts at ip_rcv, or is refused in words`, { skip }, async (t) => {
    const bpf = await openBpf()
    t.after(() => bpf.close())
    const held = programsHeld()
    try {
      const loaded = bpf.load(traced, { programs: [name], targets, constants: { own_cookie: 5n } })
      const program = loaded.program(name)
      if (attach === 'attachFentry') program.attachFentry()
      else if (attach === 'attachKprobe') program.attachKprobe('ip_rcv', 5n)
      else program.attachKprobeMulti({ symbols: ['ip_rcv', 'ip_local_out'], cookies: BigUint64Array.of(5n, 5n) })
      const cookies = loaded.variable('cookies')
      const socket = createSocket('udp4')
      t.after(() => socket.close())
      for (let i = 0; i < 100 && cookies.view.getBigUint64(cookies.at, true) === 0n; i++) {
        await new Promise((sent) => socket.send('x', 9, '127.0.0.1', sent))
        await sleep(10)
      }
      const sum = cookies.view.getBigUint64(cookies.at, true)
      assert.ok(sum > 0n && sum % 5n === 0n)
      loaded.close()
    } catch (error) {
      assert.ok(error instanceof BpfRefusal, String(error))
      assert.match(error.clause, /^this kernel has no kprobe|is not permitted \(E|was refused \(E/)
      t.diagnostic(`${name}: ${error.clause}`)
    }
    bpf.close()
    assert.deepEqual(programsHeld(), held)
  })
}

test('CPUs that there may be', () => {
  assert.equal(countCpus('0\n'), 1)
  assert.equal(countCpus('0-3\n'), 4)
  assert.equal(countCpus('0-3,8-11\n'), 12)
  assert.equal(countCpus(''), 1)
})
