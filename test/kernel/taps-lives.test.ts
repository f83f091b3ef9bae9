// As root, in network namespaces of its own: taps, interfaces and processes come and go; rings fill; others' programs stay as they are.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseBpfObject } from '../../src/lib/kernel/bpf/bpf-object.ts'
import { openBpf } from '../../src/lib/kernel/bpf/loader.ts'
import { openTap, type TapMethod } from '../../src/lib/kernel/tap/open-tap.ts'
import type { PacketTap, TapCount, TappedPacket } from '../../src/lib/kernel/tap/tap.ts'
import { Arena } from '../../src/lib/sys/arena.ts'
import { whyNoBpf } from '../helpers/bpf.ts'
import { libc } from '../helpers/libc.ts'
import { Namespaces, noNamespaces } from '../helpers/namespaces.ts'
import { blast, sink } from '../helpers/udp-blast.ts'

const noBpf = await whyNoBpf()
const skips: Record<TapMethod, string | false> = { tcx: noNamespaces || noBpf, af_packet: noNamespaces }
const SETTLE_MS = 60

/** a 10.9.0.1 va ─ vb 10.9.0.2 b; the tap is in b. */
class Pair {
  readonly spaces = new Namespaces()
  index = 0
  #close: () => void = () => undefined

  constructor() {
    try {
      this.spaces.make('a', 'b', 'c')
      this.connect()
      this.#close = sink(this.spaces, 'b', '0.0.0.0', 7777)
    } catch (error) {
      this.close()
      throw error
    }
  }

  connect(): void {
    const { spaces } = this
    spaces.veth('a', 'va', 'b', 'vb')
    spaces.ip('a', 'addr', 'add', '10.9.0.1/24', 'dev', 'va')
    spaces.ip('b', 'addr', 'add', '10.9.0.2/24', 'dev', 'vb')
    this.index = spaces.index('b', 'vb')
    // Neighbours that need not be asked for add no packets.
    const mac = (space: string, device: string) => JSON.parse(spaces.ip(space, '-j', 'link', 'show', device))[0].address
    spaces.ip('a', 'neigh', 'replace', '10.9.0.2', 'lladdr', mac('b', 'vb'), 'dev', 'va')
    spaces.ip('b', 'neigh', 'replace', '10.9.0.1', 'lladdr', mac('a', 'va'), 'dev', 'vb')
  }

  attach(tap: PacketTap, rate = 1, index = this.index): void {
    this.spaces.inside('b', () =>
      tap.attach({ interfaceIndex: index, name: 'vb', rate, direction: 'ingress', headerBytes: 64 }),
    )
  }

  send(count: number): void {
    blast(this.spaces, { from: 'a', to: '10.9.0.2', port: 7777, count, bytes: [60] })
  }

  /** How many programs hang at an interface, by the kernel's own word (BPF_PROG_QUERY). */
  programs(space: string, index: number): number {
    const arena = new Arena(libc, 128)
    let count = 0
    try {
      for (const hook of [46, 47]) {
        const attr = arena.take(64)
        arena.view.setUint32(attr, index, true)
        arena.view.setUint32(attr + 4, hook, true)
        const call = process.arch === 'x64' ? 321 : 280
        const result = this.spaces.inside(space, () => libc.syscall(call, 16, arena.address + attr, 64, 0, 0, 0))
        if (result === 0) count += arena.view.getUint32(attr + 24, true)
      }
    } finally {
      arena.close()
    }
    return count
  }

  /** Packet sockets of a namespace. */
  sockets(space: string): number {
    return this.spaces.inside(space, () => readFileSync('/proc/thread-self/net/packet', 'utf8')).split('\n').length - 2
  }

  close(): void {
    this.#close()
    this.spaces.remove()
  }
}

async function withTap(
  method: TapMethod,
  options: Parameters<typeof openTap>[0],
  work: (tap: PacketTap, pair: Pair) => void | Promise<void>,
): Promise<void> {
  const pair = new Pair()
  try {
    const tap = await pair.spaces.stay('b', () => openTap({ ...options, method }))
    try {
      await work(tap, pair)
    } finally {
      tap.close()
    }
  } finally {
    pair.close()
  }
}

/**
 * Takes samples until there are `count`, and a little longer, so that one too many is seen too. A packet socket hands a block on
 * after 20 ms, or later where the machine is busy. @returns how many
 */
async function drained(
  tap: PacketTap,
  count: number,
  take: (packet: TappedPacket) => void = () => {},
): Promise<number> {
  let sum = 0
  for (let tries = 0; tries < 100 && sum < count; tries++) {
    await sleep(20)
    sum += tap.drain(take)
  }
  await sleep(SETTLE_MS)
  return sum + tap.drain(take)
}
const only = (counts: readonly TapCount[]): TapCount => {
  assert.equal(counts.length, 1)
  return counts[0]!
}

for (const method of ['tcx', 'af_packet'] as const) {
  describe(method, { skip: skips[method] }, () => {
    test('kill -9 leaves nothing attached', async () => {
      const pair = new Pair()
      const held = (count: number) =>
        method === 'tcx' ? pair.programs('b', pair.index) === count : pair.sockets('b') === count
      const words = ['--import', './scripts/load-tsx.ts', 'test/helpers/hold-tap.ts', method, String(pair.index)]
      const child = spawn('ip', ['netns', 'exec', pair.spaces.realName('b'), process.execPath, ...words], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      try {
        await once(child.stdout, 'data')
        assert.ok(held(2))
        child.kill('SIGKILL')
        await once(child, 'exit')
        // The kernel takes links off behind a grace period.
        for (let tries = 0; tries < 100 && !held(0); tries++) await sleep(20)
        assert.ok(held(0))
      } finally {
        child.kill('SIGKILL')
        pair.close()
      }
    })

    test('an interface is deleted while it is sampled, and made again with the same name', async () => {
      await withTap(method, {}, async (tap, pair) => {
        const { index, spaces } = pair
        pair.attach(tap)
        pair.send(100)
        await sleep(SETTLE_MS)
        tap.counts()
        spaces.ip('b', 'link', 'del', 'vb')
        assert.equal(await drained(tap, 100), 100)
        assert.deepEqual(only(tap.counts()), {
          interfaceIndex: index,
          direction: 'ingress',
          pool: 100,
          samples: 100,
          lost: 0,
        })
        tap.detach(index)
        assert.deepEqual(only(tap.counts()), {
          interfaceIndex: index,
          direction: 'ingress',
          pool: 100,
          samples: 100,
          lost: 0,
        })
        assert.throws(() => pair.attach(tap, 1, index), { code: 'ENODEV' })
        pair.connect()
        assert.notEqual(pair.index, index)
        pair.attach(tap)
        pair.send(50)
        assert.equal(await drained(tap, 50, ({ interfaceIndex }) => assert.equal(interfaceIndex, pair.index)), 50)
      })
    })

    test('an interface that moves to another namespace is let go by detach', async () => {
      await withTap(method, {}, async (tap, pair) => {
        const { spaces } = pair
        pair.attach(tap)
        spaces.ip('b', 'link', 'set', 'vb', 'netns', spaces.realName('c'))
        spaces.ip('c', 'addr', 'add', '10.9.0.2/24', 'dev', 'vb')
        spaces.ip('c', 'link', 'set', 'vb', 'up')
        // TCX programs move with it (6.18); a packet socket does not.
        tap.detach(pair.index)
        assert.equal(pair.programs('c', spaces.index('c', 'vb')), 0)
        const close = sink(spaces, 'c', '0.0.0.0', 7777)
        pair.send(100)
        close()
        assert.equal(await drained(tap, 0), 0)
        assert.equal(spaces.counters('c', 'vb').rxPackets, 100)
      })
    })

    test('counts go on when a wish is replaced, and begin at 0 after a detach', async () => {
      await withTap(method, {}, async (tap, pair) => {
        const passed = async (count: number, isTapped = true) => {
          pair.send(count)
          await drained(tap, isTapped ? 1 : 0)
          return only(tap.counts()).pool
        }
        pair.attach(tap, 1)
        assert.equal(await passed(100), 100)
        pair.attach(tap, 2)
        const second = await passed(100)
        // A packet socket counts nothing: each sample of the second hundred stands for two.
        assert.equal(second, method === 'tcx' ? 200 : 100 + 2 * (only(tap.counts()).samples - 100))
        tap.detach(pair.index)
        assert.equal(await passed(100, false), second)
        pair.attach(tap)
        assert.equal(await passed(10), 10)
        tap.close()
        assert.equal(pair.programs('b', pair.index), 0)
        assert.equal(pair.sockets('b'), 0)
        assert.equal(only(tap.counts()).pool, 10)
      })
    })

    test('a full ring: samples and lost are all packets, exactly', async () => {
      // A page; or two blocks of a page. Nothing is drained while 20,000 packets pass.
      await withTap(method, { ringBytes: 4096, ring: { blocks: 2, blockBytes: 4096 } }, async (tap, pair) => {
        pair.attach(tap)
        pair.send(20_000)
        const found = await drained(tap, 1)
        const { pool, samples, lost } = only(tap.counts())
        assert.equal(pool, 20_000)
        assert.equal(samples, found)
        assert.ok(samples >= 10 && samples < 100, `${samples} samples`)
        assert.equal(samples + lost, 20_000)
        // It goes on behind that, with what has room.
        pair.send(5)
        assert.equal(await drained(tap, 5), 5)
      })
    })

    test('two taps at one interface disturb neither each other nor the packets', async () => {
      await withTap(method, {}, async (tap, pair) => {
        const other = await pair.spaces.stay('b', () => openTap({ method }))
        try {
          pair.attach(tap)
          pair.attach(other)
          pair.send(300)
          assert.equal(await drained(other, 300), 300)
          other.detach(pair.index)
          pair.send(200)
          assert.equal(await drained(tap, 500), 500)
          assert.equal(await drained(other, 0), 0)
          assert.equal(pair.spaces.counters('b', 'vb').rxPackets, 500)
        } finally {
          other.close()
        }
      })
    })
  })
}

describe('tcx beside programs of others', { skip: skips.tcx }, () => {
  test("all packets are seen, though another's program ends the chain; that one sees all, too", async () => {
    const foreign = parseBpfObject('every-kind', readFileSync(new URL('../bpf/every-kind.bpf.o', import.meta.url)))
    await withTap('tcx', {}, async (tap, pair) => {
      const bpf = await openBpf()
      try {
        // TCX_PASS (0): programs behind it do not run.
        const loaded = bpf.load(foreign, { programs: ['count_packet'], constants: { limit: 0 } })
        pair.spaces.inside('b', () => loaded.program('count_packet').attachTcx(pair.index, 'ingress'))
        pair.attach(tap)
        pair.send(300)
        assert.equal(await drained(tap, 300), 300)
        tap.detach(pair.index)
        pair.send(200)
        assert.equal(loaded.map('per_cpu').sum(1, 0), 500)
        assert.equal(pair.programs('b', pair.index), 1)
      } finally {
        bpf.close()
      }
    })
  })
})
