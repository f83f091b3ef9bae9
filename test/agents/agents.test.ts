import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { lossOf } from '../../src/lib/agents/loss.ts'
import { summarise } from '../../src/lib/agents/summary.ts'
import { Feed, statusName } from './feed.ts'

const HOUR = 3_600_000
const WRAP = 4_294_967_296

interface Stream {
  name: string
  /** Sequence number, uptime in ms, and seconds of arrival where they matter. */
  datagrams: readonly (readonly [number, number, number?])[]
  statuses: string
  want: { lost: number | null; late: number; duplicates: number; restarts: number }
}

const none = { lost: 0, late: 0, duplicates: 0, restarts: 0 }

const streams: readonly Stream[] = [
  {
    name: 'in order',
    datagrams: [
      [1, 1000],
      [2, 2000],
      [3, 3000],
    ],
    statuses: 'first inOrder inOrder',
    want: none,
  },
  {
    name: 'a gap',
    datagrams: [
      [1, 1000],
      [5, 2000],
    ],
    statuses: 'first gap',
    want: { ...none, lost: 3 },
  },
  {
    name: 'a late one',
    datagrams: [
      [1, 1000],
      [3, 1200],
      [2, 1100],
      [4, 1300],
    ],
    statuses: 'first gap late inOrder',
    want: { ...none, late: 1 },
  },
  {
    name: 'a duplicate of a late one and of the last one',
    datagrams: [
      [1, 1000],
      [3, 1200],
      [2, 1100],
      [2, 1100],
      [3, 1200],
    ],
    statuses: 'first gap late duplicate duplicate',
    want: { ...none, late: 1, duplicates: 2 },
  },
  {
    name: 'wrap of the sequence number',
    datagrams: [
      [4294967295, 1000],
      [1, 2000],
      [0, 1990],
    ],
    statuses: 'first gap late',
    want: { ...none, late: 1 },
  },
  {
    name: 'restart: uptime and number go back',
    datagrams: [
      [5000, HOUR],
      [5001, HOUR + 1000],
      [1, 500],
      [2, 1500],
    ],
    statuses: 'first inOrder restart inOrder',
    want: { ...none, restarts: 1 },
  },
  {
    name: 'restart by uptime alone: the new number looks like a gap',
    datagrams: [
      [10, HOUR],
      [15, 300],
      [17, 1300],
    ],
    statuses: 'first restart gap',
    want: { lost: 1, late: 0, duplicates: 0, restarts: 1 },
  },
  {
    name: 'restart by uptime alone: the new number looks like the next one',
    datagrams: [
      [1, HOUR],
      [2, 300],
    ],
    statuses: 'first restart',
    want: { ...none, restarts: 1 },
  },
  {
    name: 'restart after 40 days: the signed difference of uptimes would look like progress',
    datagrams: [
      [500, 40 * 24 * HOUR],
      [501, 20],
    ],
    statuses: 'first restart',
    want: { ...none, restarts: 1 },
  },
  {
    name: 'restart by a jump ahead',
    datagrams: [
      [1, 1000],
      [100_000, 2000],
      [100_001, 3000],
    ],
    statuses: 'first restart inOrder',
    want: { ...none, restarts: 1 },
  },
  {
    name: 'restart by a jump back of more than the window',
    datagrams: [
      [5000, HOUR],
      [1, HOUR],
      [2, HOUR],
    ],
    statuses: 'first restart inOrder',
    want: { ...none, restarts: 1 },
  },
  {
    name: "restart of an agent whose uptime is the device's: low numbers, sent later",
    datagrams: [
      [1, HOUR],
      [2, HOUR + 1000],
      [3, HOUR + 2000],
      [1, HOUR + 9000],
      [2, HOUR + 10_000],
    ],
    statuses: 'first inOrder inOrder restart inOrder',
    want: { ...none, restarts: 1 },
  },
  {
    name: 'a late one with an uptime lower by seconds is late',
    datagrams: [
      [10, 20_000],
      [12, 24_000],
      [11, 19_500],
    ],
    statuses: 'first gap late',
    want: { ...none, late: 1 },
  },
  {
    name: 'uptime wraps at 2^32 ms: no restart',
    datagrams: [
      [10, WRAP - 1500],
      [11, WRAP - 500],
      [12, 500],
      [13, 1500],
    ],
    statuses: 'first inOrder inOrder inOrder',
    want: none,
  },
  {
    name: 'uptime wraps during a silence of ten minutes, with loss',
    datagrams: [
      [10, WRAP - 300_000],
      [13, 300_000],
    ],
    statuses: 'first gap',
    want: { ...none, lost: 2 },
  },
  {
    name: 'a late one from before the wrap of the uptime',
    datagrams: [
      [10, WRAP - 1500],
      [12, 500],
      [11, WRAP - 500],
    ],
    statuses: 'first gap late',
    want: { ...none, late: 1 },
  },
  {
    name: 'restart near the wrap, number back to 1',
    datagrams: [
      [50_000, WRAP - 1500],
      [1, 500],
    ],
    statuses: 'first restart',
    want: { ...none, restarts: 1 },
  },
  {
    name: 'a restart overtakes datagrams of the old life: they are late there',
    datagrams: [
      [5000, HOUR],
      [5003, HOUR + 200],
      [1, 100],
      [2, 200],
      [5002, HOUR + 150],
      [5002, HOUR + 150],
      [3, 300],
    ],
    statuses: 'first gap restart inOrder late duplicate inOrder',
    want: { lost: 1, late: 1, duplicates: 1, restarts: 1 },
  },
  {
    name: 'the last ones of the old life after the restart: gaps between them count',
    datagrams: [
      [5000, HOUR],
      [1, 100],
      [2, 200],
      [5002, HOUR + 150],
      [3, 300],
    ],
    statuses: 'first restart inOrder late inOrder',
    want: { lost: 1, late: 1, duplicates: 0, restarts: 1 },
  },
  {
    name: 'eleven seconds after a restart the old life is forgotten',
    datagrams: [
      [5000, HOUR, 100],
      [1, 100, 101],
      [2, 11_100, 112],
      [5001, HOUR + 1, 112],
    ],
    statuses: 'first restart inOrder gap',
    want: { lost: 4998, late: 0, duplicates: 0, restarts: 1 },
  },
  {
    name: 'one stray, later than the window: taken for a restart and taken back',
    datagrams: [
      [5000, HOUR],
      [3900, HOUR - 500],
      [5001, HOUR + 100],
      [5002, HOUR + 200],
    ],
    statuses: 'first restart inOrder inOrder',
    want: { ...none, late: 1 },
  },
  {
    name: 'a restart whose first datagram overtakes the last one before',
    datagrams: [
      [5000, HOUR],
      [2, 20],
      [5001, HOUR + 10],
      [1, 10],
      [3, 30],
      [5, 50],
    ],
    statuses: 'first restart inOrder restart inOrder gap',
    want: { lost: 1, late: 2, duplicates: 0, restarts: 1 },
  },
  {
    name: 'no sequence numbers, uptime moves',
    datagrams: [
      [0, 1000],
      [0, 3000],
      [0, 5000],
      [0, 7000],
    ],
    statuses: 'first inOrder inOrder inOrder',
    want: { ...none, lost: null },
  },
  {
    name: 'no sequence numbers, no uptime: known at the fifth',
    datagrams: [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ],
    statuses: 'first duplicate duplicate duplicate inOrder inOrder',
    want: { ...none, lost: null },
  },
]

describe('datagrams', () => {
  for (const stream of streams) {
    test(stream.name, () => {
      const table = new AgentTable()
      const feed = new Feed(table)
      const statuses = stream.datagrams.map(([sequence, uptime, sec]) =>
        statusName(feed.datagram(sequence, uptime, sec)),
      )
      assert.equal(statuses.join(' '), stream.statuses)
      const [agent] = summarise(table)
      const { lost, late, duplicates, restarts } = agent!
      assert.deepEqual({ lost, late, duplicates, restarts }, stream.want)
      assert.equal(agent!.datagrams, stream.datagrams.length)
    })
  }

  test('sub-agents, IPv4 and IPv6 agents are streams of their own', () => {
    const table = new AgentTable()
    const feed = new Feed(table)
    const v6 = [0x20010db8, 0, 0, 1] as const
    for (let i = 0; i < 3; i++) {
      feed.agent(0xc0000201, 100_000)
      feed.datagram(1 + i, 1000 * i)
      feed.agent(0xc0000201, 100_001)
      feed.datagram(700 + 2 * i, 1000 * i)
      feed.agent6(v6)
      feed.datagram(90_000 - 1100 * i, 1000)
    }
    assert.deepEqual(
      summarise(table).map((x) => [x.agent, x.sub_agent, x.datagrams, x.lost, x.restarts]),
      [
        ['192.0.2.1', 100_000, 3, 0, 0],
        ['192.0.2.1', 100_001, 3, 2, 0],
        ['2001:db8::1', 0, 3, 0, 2],
      ],
    )
  })

  test('two agents with one address and sub-agent id: loss is null, and it is said', () => {
    const table = new AgentTable()
    const feed = new Feed(table)
    for (let i = 0; i < 40; i++) {
      feed.datagram(1000 + i, HOUR + i * 100)
      feed.datagram(700_000 + i, 9 * HOUR + i * 100)
    }
    const [agent] = summarise(table)
    assert.equal(agent!.lost, null)
    assert.ok(
      lossOf(table).unknown.includes(
        '1 agent with sequence numbers that jump back and forth, as if several shared an address and sub-agent id: nothing is known of lost datagrams.',
      ),
    )
  })
})

test('an agent without address is null', () => {
  const table = new AgentTable()
  const feed = new Feed(table)
  feed.walker.agentType = 0
  feed.datagram(1, 1)
  assert.equal(summarise(table)[0]!.agent, null)
})

test('nothing received: nothing is claimed', () => {
  assert.deepEqual(lossOf(new AgentTable()).unknown, [])
})
