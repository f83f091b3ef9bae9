import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { factsBetween, type ListenFacts, type ListenTotals, listenFactNames } from '../../src/lib/listen/facts.ts'
import { Ring, type RingOptions } from '../../src/lib/listen/ring.ts'
import { RingMemory } from '../../src/lib/listen/ring-memory.ts'
import { parseCondition } from '../../src/lib/parse/condition.ts'
import { batchOf } from '../helpers/batches.ts'
import { readCapture, temporaryPath } from '../helpers/read-captures.ts'

const START = Date.parse('2026-01-01T12:00:00Z')

const totals: ListenTotals = {
  datagrams: 0,
  bytes: 0,
  flowSamples: 0,
  counterSamples: 0,
  discards: 0,
  lost: 0,
  late: 0,
  duplicates: 0,
  restarts: 0,
  drops: 0,
  kernelDropped: 0,
  queueDropped: 0,
  refused: 0,
  issues: 0,
  failed: 0,
  agents: 0,
}
const facts = (changed: Partial<ListenTotals>): ListenFacts => factsBetween(totals, { ...totals, ...changed }, 1)

function numbered(number: number, length = 100): Uint8Array {
  const bytes = new Uint8Array(length)
  new DataView(bytes.buffer).setUint32(0, number)
  return bytes
}

async function numbersIn(path: string): Promise<number[]> {
  const { datagrams, report } = await readCapture(path)
  assert.deepEqual(report.issues, [])
  return datagrams.map(({ hex }) => Number.parseInt(hex.slice(0, 8), 16))
}

const span = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

/** A ring in a folder of its own, fed with ten datagrams a second and looked at once a second. */
class Bench {
  readonly folder = temporaryPath('ring')
  readonly told: string[] = []
  readonly noted: string[] = []
  readonly ring: Ring
  second = 0

  constructor(condition: string, options: Partial<RingOptions> = {}) {
    mkdirSync(this.folder)
    this.ring = new Ring({
      seconds: 5,
      condition: parseCondition(condition, '--dump-when', listenFactNames),
      path: join(this.folder, 'x.pcap'),
      tell: (line) => this.told.push(line),
      note: (line) => this.noted.push(line),
      ...options,
    })
  }

  /** Datagrams are numbered: second × 10 + number in it. */
  async run(seconds: number, happened: Partial<ListenTotals> = {}): Promise<void> {
    for (let s = 0; s < seconds; s++, this.second++) {
      for (let i = 0; i < 10; i++) {
        const sec = START / 1000 + this.second
        this.ring.take(batchOf([{ bytes: numbered(this.second * 10 + i), sec, nsec: i * 100_000_000 }]), 0)
      }
      this.ring.tick()
      this.ring.check(facts(happened), START + this.second * 1000 + 999)
      await pause(5)
    }
  }

  files(): string[] {
    return readdirSync(this.folder).sort()
  }

  numbers(index: number): Promise<number[]> {
    return numbersIn(join(this.folder, this.files()[index]!))
  }
}

describe('a ring', () => {
  test('nothing happens: nothing is written', async () => {
    const bench = new Bench('lost > 0')
    await bench.run(20)
    await bench.ring.close()
    assert.deepEqual(bench.files(), [])
  })

  test('what came before and after, once each time the condition turns true', async () => {
    const bench = new Bench('lost > 100 & restarts = 0 | kernel_dropped != 0')
    await bench.run(10)
    // Second 10, looked at 0.999 s later: it stays true for three seconds.
    await bench.run(3, { lost: 120 })
    await bench.run(10)
    await bench.run(1, { kernelDropped: 1, lost: 101 })
    await bench.run(10)
    await bench.ring.close()
    assert.deepEqual(bench.files(), [
      'x-20260101T120010Z-lost-gt-100-and-restarts-eq-0.pcap',
      'x-20260101T120023Z-lost-gt-100-and-restarts-eq-0-and-kernel_dropped-ne-0.pcap',
    ])
    // From 5.999 to 15.999 s, and from 18.999 to 28.999 s.
    assert.deepEqual(await bench.numbers(0), span(60, 160))
    assert.deepEqual(await bench.numbers(1), span(190, 290))
    assert.deepEqual(bench.told, [])
    assert.deepEqual(
      bench.noted.map((line) => line.replace(bench.folder, '')),
      [
        "lost is 120 (lost>100), restarts is 0 (restarts=0): writing the 5 s before and after to '/x-20260101T120010Z-lost-gt-100-and-restarts-eq-0.pcap'.",
        "'/x-20260101T120010Z-lost-gt-100-and-restarts-eq-0.pcap' has 100 datagrams.",
        "lost is 101 (lost>100), restarts is 0 (restarts=0), kernel_dropped is 1 (kernel_dropped!=0): writing the 5 s before and after to '/x-20260101T120023Z-lost-gt-100-and-restarts-eq-0-and-kernel_dropped-ne-0.pcap'.",
        "'/x-20260101T120023Z-lost-gt-100-and-restarts-eq-0-and-kernel_dropped-ne-0.pcap' has 100 datagrams.",
      ],
    )
    assert.deepEqual(bench.ring.state(), {
      name: join(bench.folder, 'x.pcap'),
      kind: 'capture',
      datagrams: 200,
      bytes: 20_000,
      failed: 0,
      problem: null,
    })
    assert.equal(bench.ring.dumps, 2)
  })

  test('a condition that stays true writes once', async () => {
    const bench = new Bench('agents >= 0')
    await bench.run(25)
    await bench.ring.close()
    assert.equal(bench.files().length, 1)
    assert.deepEqual(await bench.numbers(0), span(0, 60))
  })

  test('the end in the middle of a dump: what there is is written', async () => {
    const bench = new Bench('lost > 0')
    await bench.run(3)
    await bench.run(2, { lost: 1 })
    await bench.ring.close()
    assert.deepEqual(await bench.numbers(0), span(0, 50))
  })

  test('silence afterwards ends the dump all the same', async () => {
    const bench = new Bench('lost > 0')
    await bench.run(2)
    await bench.run(1, { lost: 1 })
    for (let s = 3; s < 10; s++) {
      bench.ring.check(facts({}), START + s * 1000)
      await pause(5)
    }
    await pause(50)
    assert.equal(bench.noted.length, 2)
    assert.deepEqual(await bench.numbers(0), span(0, 30))
    await bench.ring.close()
  })

  test('a name that is taken gets a number; a directory that is gone is told', async () => {
    const first = new Bench('lost > 0')
    await first.run(1, { lost: 1 })
    await first.ring.close()
    const second = new Bench('lost > 0', { path: join(first.folder, 'x.pcap') })
    await second.run(1, { lost: 1 })
    await second.ring.close()
    assert.deepEqual(first.files(), ['x-20260101T120000Z-lost-gt-0-2.pcap', 'x-20260101T120000Z-lost-gt-0.pcap'])
    const gone = new Bench('lost > 0', { path: join(first.folder, 'none', 'x.pcap') })
    await gone.run(8, { lost: 1 })
    await gone.ring.close()
    assert.equal(existsSync(join(first.folder, 'none')), false)
    assert.deepEqual(gone.told, [
      `--dump-to '${join(first.folder, 'none', 'x-20260101T120000Z-lost-gt-0.pcap')}' can't be created: there is no such directory.`,
    ])
    assert.equal(gone.ring.state().problem, gone.told[0])
    // Ten datagrams a second: those of the first, in which it turned true.
    assert.equal(gone.ring.state().failed, 10)
  })

  test('a full ring is told once, and stays in its bound', async () => {
    const bench = new Bench('lost > 0', { bytes: 1 << 20, seconds: 60 })
    for (let s = 0; s < 30; s++) {
      for (let i = 0; i < 100; i++) {
        bench.ring.take(batchOf([{ bytes: numbered(s * 100 + i, 1400), sec: START / 1000 + s }]), 0)
      }
      bench.ring.tick()
      assert.ok(bench.ring.held.bytes <= 1 << 20)
    }
    // 4 chunks of 182 datagrams hold 7.3 seconds; one of them is being filled.
    assert.ok(bench.ring.held.datagrams >= 546 && bench.ring.held.datagrams <= 728, `${bench.ring.held.datagrams}`)
    assert.deepEqual(bench.told, [
      '--ring keeps about 6 s, not 60 s: its 1 MiB are full. Give it more with --ring 60s,SIZE.',
    ])
    await bench.ring.close()
  })
})

describe('the memory of a ring', () => {
  const at = (sec: number, bytes: Uint8Array) => batchOf([{ bytes, sec, nsec: 7, wire: bytes.length + 1, port: 9 }])

  test('datagrams of every length come back as they were', () => {
    const memory = new RingMemory(1000, 64 << 20)
    const lengths = [0, 1, 2, 3, 4, 5, 1399, 1400, 65_507, 65_527]
    for (const [i, length] of lengths.entries()) memory.add(at(100 + i, new Uint8Array(length).fill(i + 1)), 0)
    memory.startReading()
    const { entry } = memory
    for (const [i, length] of lengths.entries()) {
      assert.equal(memory.read(), true)
      assert.deepEqual(
        [entry.sec, entry.nsec, entry.port, entry.length, entry.wireLength],
        [100 + i, 7, 9, length, length + 1],
      )
      assert.deepEqual([...entry.words.subarray(entry.senderAt, entry.senderAt + 4)], [0, 0, 0xffff, 0xc0000201])
      assert.ok(entry.bytes.subarray(entry.at, entry.at + length).every((x) => x === i + 1))
    }
    assert.equal(memory.read(), false)
    memory.add(at(200, new Uint8Array(1)), 0)
    assert.equal(memory.read(), true)
    assert.equal(memory.read(), false)
  })

  test('a reader that is overtaken counts what it has not read', () => {
    const memory = new RingMemory(1000, 1 << 20)
    const add = (count: number) => {
      for (let i = 0; i < count; i++) memory.add(at(1, new Uint8Array(65_000)), 0)
    }
    // Four of them fit a chunk of 256 KiB, sixteen the ring.
    add(16)
    memory.startReading()
    for (let i = 0; i < 5; i++) assert.equal(memory.read(), true)
    add(4)
    assert.equal(memory.unread, 0)
    add(4)
    assert.equal(memory.unread, 3)
    add(8)
    assert.equal(memory.unread, 11)
    assert.equal(memory.datagrams, 16)
    let left = 0
    while (memory.read()) left++
    assert.equal(left, 16)
  })

  test('what is older than the span goes, by chunks, and its memory with it', () => {
    const memory = new RingMemory(10, 64 << 20)
    for (let i = 0; i < 4000; i++) memory.add(at(i, new Uint8Array(6500)), 0)
    assert.ok(memory.datagrams >= 10 && memory.datagrams <= 10 + 2 * 40, `${memory.datagrams}`)
    assert.ok(memory.bytes <= 8 * (256 << 10))
    memory.expire(5000)
    assert.equal(memory.datagrams, 0)
  })
})
