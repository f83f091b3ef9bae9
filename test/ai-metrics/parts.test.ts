// Parts of sonde ai-metrics by themselves: sums, pairs of sequence numbers, five numbers, evenness of links.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { tierImbalances } from '../../src/lib/ai-metrics/ecmp.ts'
import { PacketFacts } from '../../src/lib/ai-metrics/packet-facts.ts'
import { fiveNumbers, type PortLoad, portKey } from '../../src/lib/ai-metrics/port-loads.ts'
import { SequencePairs } from '../../src/lib/ai-metrics/sequence-pairs.ts'
import { CodeKind, Column, Sums } from '../../src/lib/ai-metrics/sums.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import type { Topology } from '../../src/lib/topo/topology.ts'
import { datagram, flow } from '../helpers/cards.ts'

/** Facts as a packet would give them. */
function packet(
  some: Partial<
    Pick<PacketFacts, 'opcode' | 'meaning' | 'dma' | 'syndrome' | 'qp' | 'psn' | 'msn' | 'ce' | 'frame' | 'plain'>
  >,
): PacketFacts {
  return Object.assign(new PacketFacts(11), { frame: 100, ...some })
}

test('sums: each packet into the columns that are its own', () => {
  const sums = new Sums(1)
  sums.add(0, packet({ opcode: 6, meaning: 1 | 2 | 8, dma: 32_768, frame: 4174, ce: true }), 1)
  sums.add(0, packet({ opcode: 6, meaning: 1 | 2 | 8, dma: 1000 }), 1)
  sums.add(0, packet({ opcode: 17, meaning: 4 | 8 | 16, syndrome: 7 }), 1)
  sums.add(0, packet({ opcode: 17, meaning: 4 | 8 | 16, syndrome: 31 }), 1)
  sums.add(0, packet({ opcode: 17, meaning: 4 | 8 | 16, syndrome: 0x60 }), 1)
  sums.add(0, packet({ opcode: 17, meaning: 4 | 8 | 16, syndrome: 0x2a }), 1)
  sums.add(0, packet({ opcode: 0x81, plain: true }), 1)
  sums.add(0, packet({ opcode: 0x80, plain: true }), 1)
  sums.add(0, packet({ opcode: 0x81 }), 1)
  sums.add(0, packet({ opcode: -1, frame: 60 }), 1)
  const of = (column: number) => sums.values[column]
  assert.deepEqual(
    [of(Column.frames), of(Column.roce), of(Column.bytes), of(Column.roceBytes), of(Column.longest)],
    [10, 9, 4174 + 8 * 100 + 60, 4174 + 8 * 100, 4174],
  )
  assert.deepEqual([of(Column.messages), of(Column.reth), of(Column.dma), of(Column.ce)], [2, 2, 33_768, 1])
  assert.deepEqual([of(Column.dmaMost)! - 1, 2 ** 32 - of(Column.dmaLeast)!], [32_768, 1000])
  assert.deepEqual([of(Column.acks), of(Column.credits), of(Column.codes), of(Column.withoutCount)], [1, 12, 7, 1])
  assert.deepEqual([of(Column.nak), of(Column.rnr), of(Column.cnp), of(Column.cnpOther)], [1, 1, 1, 2])
  const code = (kind: number) => of(sums.columnOf[kind]!)
  assert.deepEqual(
    [
      code(CodeKind.opcode + 6),
      code(CodeKind.opcode + 17),
      code(CodeKind.syndrome + 0x60),
      code(CodeKind.size + 15),
      code(CodeKind.size + 9),
    ],
    [2, 4, 1, 1, 1],
  )
})

test('sums: all 256 opcodes in many rows, joined into another', () => {
  const sums = new Sums()
  for (let row = 0; row < 300; row++) {
    assert.ok(sums.reach(row))
    sums.add(row, packet({ opcode: row % 256 }), 1)
  }
  const all = new Sums(1)
  for (let row = 0; row < 300; row++) all.join(0, sums, row)
  assert.equal(all.values[Column.roce], 300)
  for (let opcode = 0; opcode < 256; opcode++) {
    assert.equal(all.values[all.columnOf[opcode]!], opcode < 44 ? 2 : 1, `${opcode}`)
  }
  all.clear()
  assert.equal(all.values[Column.roce], 0)
})

test('sums: a row beyond all memory is refused', () => {
  assert.equal(new Sums().reach(1 << 20), false)
})

/** One agent's samples of port 3 with these pools, each a packet with this PSN. */
function pairsOf(samples: readonly (readonly [pool: number, psn: number, seconds: number])[], rate: number, more = {}) {
  const agents = new AgentTable()
  const pairs = new SequencePairs(agents)
  const sums = new Sums(1)
  for (const [i, [pool, psn, seconds]] of samples.entries()) {
    const sample = flow([], { sequence_number: i + 1, sampling_rate: rate, sample_pool: pool })
    const bytes = datagram([sample], { sequence_number: i + 1, uptime: seconds * 1000 })
    const walker = new Walker((issue) => assert.fail(issue.problem))
    walker.open(bytes, new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length)
    walker.nextSample()
    agents.datagram(walker, 1000 + seconds, 0)
    agents.sample(walker)
    pairs.pass(walker)
    const facts = packet({ opcode: 7, meaning: 8, qp: 5, psn, ...more })
    pairs.see(facts, rate, 0, seconds * 1000, sums, 0, undefined, -1)
  }
  const of = (column: number) => sums.values[column]!
  return {
    ...{ pairs: of(Column.psnPairs), advance: of(Column.psnAdvance), seconds: of(Column.psnSeconds) },
    ...{ backwards: of(Column.psnBackwards), ambiguous: of(Column.psnAmbiguous) },
  }
}

const none = { pairs: 0, advance: 0, seconds: 0, backwards: 0, ambiguous: 0 }

test('PSN: forth, over the end of 24 bits, and back', () => {
  const found = pairsOf(
    [
      [1000, 0xfffff0, 1],
      [3100, 0x000010, 2],
      [4200, 0x000310, 3],
      [5100, 0x000300, 4],
      [6300, 0x000320, 6],
    ],
    1000,
  )
  assert.deepEqual(found, { ...none, pairs: 4, advance: 0x20 + 0x300 + 0x20, seconds: 1 + 1 + 2, backwards: 1 })
})

test('PSN: where it may have wrapped nothing is concluded', () => {
  // A measured pool: 2^23 packets and more have passed.
  const [a, b] = [
    [1, 10, 1],
    [1100, 20, 2],
  ] as const
  assert.deepEqual(pairsOf([a, b, [1100 + 2 ** 23, 30, 3]], 1000), {
    ...none,
    pairs: 1,
    advance: 10,
    seconds: 1,
    ambiguous: 1,
  })
  assert.equal(pairsOf([a, b, [1099 + 2 ** 23, 30, 3]], 1000).ambiguous, 0)
  // One that is just rate × samples does not measure: by chance 51 times 1 in 200,000 may have passed, more than 2^23.
  assert.deepEqual(
    pairsOf(
      [
        [200_000, 10, 1],
        [400_000, 20, 2],
      ],
      200_000,
    ),
    { ...none, ambiguous: 1 },
  )
  assert.equal(
    pairsOf(
      [
        [100_000, 10, 1],
        [200_000, 20, 2],
      ],
      100_000,
    ).pairs,
    1,
  )
})

test('PSN: CNP, UD and RD have none that could be followed', () => {
  const both = [
    [1000, 10, 1],
    [2100, 20, 2],
  ] as const
  assert.deepEqual(pairsOf(both, 1000, { meaning: 0 }), none)
})

test('five numbers by hand', () => {
  assert.deepEqual(fiveNumbers([4, 1, 2, 10]), { ports: 4, min: 1, q1: 1.75, median: 3, q3: 5.5, max: 10 })
  assert.deepEqual(fiveNumbers([7]), { ports: 1, min: 7, q1: 7, median: 7, q3: 7, max: 7 })
  assert.equal(fiveNumbers([]), null)
})

const link = (node1: string, port1: string, node2: string, port2: string) => ({ node1, port1, node2, port2 })

/** Two leaves with two links each to two spines, one of them with two links to spine1. */
const topology: Topology = {
  nodes: new Map(),
  links: new Map([
    ['a', link('leaf1', 'up1', 'spine1', 'p1')],
    ['b', link('leaf1', 'up2', 'spine2', 'p1')],
    ['c', link('leaf2', 'up1', 'spine1', 'p2')],
    ['d', link('leaf2', 'up2', 'spine1', 'p3')],
  ]),
}

function loads(of: Readonly<Record<string, number>>): Map<string, PortLoad> {
  return new Map(
    Object.entries(of).map(([name, bits]) => {
      const [node, port] = name.split(' ') as [string, string]
      const isCore = !port.startsWith('host')
      return [portKey(node, port), { node, port, isCore, bitsPerSecond: bits, variance: bits, samples: 1 }]
    }),
  )
}

test('ECMP: of each switch its links up, and down where there are several to one switch', () => {
  const found = tierImbalances(
    topology,
    loads({
      ...{ 'leaf1 host1': 40, 'leaf2 host1': 10, 'spine1 p1': 30, 'spine2 p1': 10, 'spine1 p2': 5, 'spine1 p3': 5 },
      ...{ 'leaf1 up1': 1, 'leaf1 up2': 1, 'leaf2 up1': 12, 'leaf2 up2': 4 },
    }),
  )
  assert.deepEqual(
    found.map(({ tier, links, switches, bitsPerSecond, maxOverMean }) => [
      tier,
      links,
      switches,
      bitsPerSecond,
      maxOverMean,
    ]),
    [
      // (30 + 5) / (20 + 5), of 40 and 10.
      ['1 up', 4, 2, 50, 1.4],
      // spine1 to leaf2: 12 and 4.
      ['2 down', 2, 1, 16, 1.5],
    ],
  )
  // √((10² + 10²) / 4) / 12.5 and, where chance alone parts them, √(½ · 50 / 4) / 12.5.
  assert.ok(Math.abs(found[0]!.variation - Math.sqrt(50) / 12.5) < 1e-12)
  assert.ok(Math.abs(found[0]!.variationByChance - Math.sqrt(25 / 4) / 12.5) < 1e-12)
  assert.deepEqual(found[0]!.busiest, { node: 'leaf1', link: 'a', share: 0.75 })
})

test('ECMP: what is not heard of is no link of 0, and who sends nothing chooses nothing', () => {
  const one = { 'leaf1 host1': 40, 'leaf2 host1': 10, 'spine1 p1': 30 }
  assert.deepEqual(tierImbalances(topology, loads(one)), [])
  const [tier, ...others] = tierImbalances(topology, loads({ ...one, 'spine2 p1': 0, 'spine1 p2': 0, 'spine1 p3': 0 }))
  assert.deepEqual([tier!.links, tier!.switches, tier!.maxOverMean, others], [2, 1, 2, []])
  assert.deepEqual(tierImbalances(topology, new Map()), [])
})

test('back by more than can be outstanding is another connection', () => {
  const back = (psn: number) => {
    const { pairs, ambiguous, backwards } = pairsOf(
      [
        [0, 100_000, 0],
        [1000, psn, 1],
      ],
      1000,
    )
    return [pairs, backwards, ambiguous]
  }
  assert.deepEqual(back(100_000 - 65_536), [1, 1, 0])
  assert.deepEqual(back(100_000 - 65_537), [0, 0, 1])
})
