// What of addresses is learned where: bounds, directions, names.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readTopology } from '../../src/lib/topo/read-topology.ts'
import { explainName } from '../../src/lib/topo-status/explain-name.ts'
import { LocateEngine, type LocateOptions, macText } from '../../src/lib/topo-status/locate.ts'
import { LocateAnalysis } from '../../src/lib/topo-status/locate-analysis.ts'
import { type LocateQuery, namedOf, parseLocateQuery } from '../../src/lib/topo-status/locate-query.ts'
import { counters, record } from '../helpers/cards.ts'
import { sharedAbsent, sharedPath } from '../helpers/shared.ts'
import { Story, Watch } from '../port-rates/watch.ts'
import { pair } from './fabric.ts'
import { frameFrom } from './frame-from.ts'

const all: LocateQuery = { kind: 'all', text: 'all' }

const options: LocateOptions = {
  ...{ query: all, topology: pair, names: true, ignoreCase: false, vendors: undefined, everyMs: undefined },
}

function engineOf(story: Story, other: Partial<LocateOptions> = {}): LocateEngine {
  const engine = new LocateEngine(story.watch.agents, { ...options, ...other })
  story.watch.others.push(engine)
  return engine
}

const places = (engine: LocateEngine) =>
  engine.peek(0).locations.map(({ mac, node, port, samples, share }) => [mac.slice(-2), node, port, samples, share])

test('edge ports only, as packets come in, with shares where there are several', () => {
  const story = new Story()
  const engine = engineOf(story)
  story.sampled(frameFrom(7), { input: 9, output: 1, source: 9 }, 3)
  story.sampled(frameFrom(7), { input: 8, output: 1, source: 8 }, 1)
  // On the cable, as it leaves, and of an agent that is no node.
  story.sampled(frameFrom(7), { input: 1, output: 9, source: 1 }, 5)
  story.sampled(frameFrom(7), { input: 9, output: 1, source: 1 }, 5)
  story.sampled(frameFrom(7), { input: 9, output: 1, source: 9, agent: 44 }, 5)
  assert.deepEqual(places(engine), [
    ['07', 'leaf1', null, 1, 0.25],
    ['07', 'leaf1', 'p9', 3, 0.75],
  ])
  assert.equal(engine.peek(0).elsewhere, 10)
})

test('where agents call ports otherwise than the topology, they are believed, whenever they say it', async () => {
  const nodes = {
    leaf1: { agent: '192.0.2.1', ports: { p1: { ifindex: 2 }, p2: { ifindex: 9 }, p9: { ifindex: 10 } } },
    spine1: { agent: '192.0.2.2' },
  }
  const links = { l1: { node1: 'leaf1', port1: 'p2', node2: 'spine1', port2: 'p1' } }
  const topology = readTopology(JSON.stringify({ nodes, links }), '')
  for (const text of ['198.51.100.7', '00:00:5e:00:53:07', 'all']) {
    const story = new Story()
    const engine = engineOf(story, { query: await parseLocateQuery(text, undefined), topology })
    story.sampled(frameFrom(7), { input: 9, output: 1, source: 9 }, 1)
    story.counters(1, {}, { name: 'p1' }).counters(2, {}, { name: 'p2' }).counters(9, {}, { name: 'p9' })
    story.at(2).sampled(frameFrom(7), { input: 9, output: 1, source: 9 }, 2)
    story.sampled(frameFrom(7), { input: 2, output: 1, source: 2 }, 5)
    // Of all addresses those that were sampled at links are not kept.
    assert.deepEqual(places(engine), [['07', 'leaf1', 'p9', text === 'all' ? 2 : 3, 1]])
    const analysis = new LocateAnalysis({ ...options, topology }, '', 80)
    assert.deepEqual(analysis.notes(engine.peek(0)), [
      'The topology says that leaf1 p1 is ifindex 2, the agent says that ifindex 2 is p2: the agent is believed.',
      'The topology says that leaf1 p2 is ifindex 9, the agent says that ifindex 9 is p9: the agent is believed.',
      'The topology says that leaf1 p9 is ifindex 10, the agent says that p9 is ifindex 9: the agent is believed.',
    ])
    assert.deepEqual(analysis.notes(engine.peek(0)), [])
  }
})

test('a host that only receives: by which edge port packets leave towards it', async () => {
  for (const [text, samples] of [
    ['203.0.113.1', 5],
    ['00:00:5e:00:53:01', 5],
    ['203.0.113.2', 0],
  ] as const) {
    const story = new Story()
    const query = await parseLocateQuery(text, undefined)
    const engine = engineOf(story, { query })
    story.sampled(frameFrom(7), { input: 1, output: 9, source: 1 }, 5)
    story.sampled(frameFrom(7), { input: 9, output: 1, source: 9 }, 3)
    story.sampled(frameFrom(7), { input: 1, output: 9, source: 1, agent: 44 }, 3)
    assert.deepEqual(engine.peek(0).towards, samples === 0 ? [] : [{ node: 'leaf1', port: 'p9', samples }])
    const analysis = new LocateAnalysis({ ...options, query }, '', 80)
    assert.equal(analysis.isEmpty(engine.peek(0)), true)
    assert.equal(
      analysis.explainEmpty({ packets: 11 }),
      `${text} was not seen as it entered at an edge port of the topology.${samples === 0 ? '' : ' Packets to it leave by leaf1 p9 (5 samples).'}`,
    )
  }
})

test('lab-rocev2: a link that the topology lacks is told beside the port that it makes one of the edge', async (t) => {
  const capture = sharedPath('captures/agents/lab-rocev2.pcap')
  const file = sharedPath('captures/agents/lab-rocev2.topology.json')
  if (capture === undefined || file === undefined) return t.skip(sharedAbsent)
  const whole = readTopology(readFileSync(file, 'utf8'), '')
  const links = new Map([...whole.links].filter(([name]) => name !== 'link1'))
  for (const topology of [whole, { ...whole, links }]) {
    const watch = new Watch()
    const query = await parseLocateQuery('172.16.1.2', undefined)
    const engine = new LocateEngine(watch.agents, { ...options, query, topology, doubt: true })
    watch.others.push(engine)
    await watch.capture(capture)
    const isWhole = topology === whole
    assert.deepEqual(
      engine.peek(0).locations.map(({ node, port }) => `${node} ${port}`),
      isWhole ? ['leaf1 eth3'] : ['leaf1 eth3', 'spine1 eth1'],
    )
    assert.deepEqual(
      new LocateAnalysis({ ...options, topology }, '', 80).notes(engine.peek(0)),
      isWhole
        ? []
        : [
            'spine1 eth1 looks like a link to leaf1 eth1: packets from 172.16.1.2 to 172.16.2.2 leave there and enter here with TTL 63; is it missing in the topology?',
          ],
    )
  }
})

test('bounded: what was heard longest ago goes, and is counted', () => {
  const story = new Story()
  const engine = engineOf(story, { most: 4 })
  for (let host = 1; host <= 6; host++) story.sampled(frameFrom(host), { input: 9, output: 1, source: 9 }, 1)
  assert.deepEqual(
    places(engine).map(([mac]) => mac),
    ['03', '04', '05', '06'],
  )
  assert.equal(engine.peek(0).forgotten, 2)
})

/** As hsflowd at 192.0.2.44 tells that 00:00:5e:00:53:`host` is `name`. */
function tellHost(story: Story, name: string, host: number): void {
  const descr = { hostname: name, uuid: new Uint8Array(16), machine_type: 3, os_name: 2, os_release: '6.12' }
  const mac_address = [Uint8Array.of(0, 0, 0x5e, 0, 0x53, host)]
  const records = [
    record(2000, 'host_descr', descr),
    record(2001, 'host_adapters', { adapters: [{ ifIndex: 1, mac_address }] }),
  ]
  story.send([counters(1, records)], 44)
}

test('a name: of DNS, or told by a host that sends from another address; what is of others does not count', async () => {
  for (const address of ['198.51.100.8', '192.0.2.200']) {
    const story = new Story()
    tellHost(story, 'gpu7.example.net', 7)
    const query = await parseLocateQuery('gpu7', async () => [{ address, family: 4 }])
    const engine = engineOf(story, { query })
    for (const host of [7, 8, 9]) {
      story.sampled(frameFrom(host), { input: 9, output: 1, source: 9 }, host)
      story.sampled(frameFrom(host), { input: 1, output: 9, source: 1 }, 10 * host)
    }
    const isEight = address === '198.51.100.8'
    assert.deepEqual(
      places(engine),
      isEight
        ? [
            ['08', 'leaf1', 'p9', 8, 1],
            ['07', 'leaf1', 'p9', 7, 1],
          ]
        : [['07', 'leaf1', 'p9', 7, 1]],
    )
    assert.equal(engine.peek(0).elsewhere, isEight ? 150 : 70)
  }
})

test('a host that is seen on links only; the names that hosts tell', () => {
  const story = new Story()
  tellHost(story, 'gpu7.example.net', 7)
  tellHost(story, 'gpu10', 10)
  tellHost(story, 'gpu9', 9)
  const named = { name: 'gpu7', resolved: false, matches: (name: string) => name.startsWith('gpu7') }
  const engine = engineOf(story, { query: { kind: 'host', text: 'gpu7', named } })
  story.sampled(frameFrom(7), { input: 1, output: 9, source: 1 }, 3)
  story.sampled(frameFrom(9), { input: 1, output: 9, source: 1 }, 5)
  story.sampled(frameFrom(7), { input: 9, output: 1, source: 9, agent: 44 }, 2)
  story.sampled(frameFrom(9), { input: 9, output: 1, source: 9, agent: 44 }, 2)
  const { locations, elsewhere, hosts } = engine.peek(0)
  assert.deepEqual([locations, elsewhere, hosts], [[], 5, ['gpu7.example.net', 'gpu9', 'gpu10']])
  assert.equal(explainName(named, pair, hosts), undefined)
})

test('a link-local address, where it is asked for', async () => {
  const header = new Uint8Array(54)
  header.set([0, 0, 0x5e, 0, 0x53, 1, 0, 0, 0x5e, 0, 0x53, 7, 0x86, 0xdd, 0x60])
  header.set([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0xfe, 0x80], 22)
  const frame = record(1, 'sampled_header', { protocol: 1, frame_length: 118, stripped: 4, header })
  for (const [text, found] of [
    ['fe80::7%eth0', 'fe80::7'],
    ['all', null],
  ] as const) {
    const story = new Story()
    const engine = engineOf(story, { query: await parseLocateQuery(text, undefined) })
    story.sampled(frame, { input: 9, output: 1, source: 9 }, 2)
    assert.deepEqual(
      engine.peek(0).locations.map(({ mac, ip6Address }) => [mac, ip6Address]),
      [['00:00:5e:00:53:07', found]],
    )
  }
})

test('a group address sends nothing', () => {
  const story = new Story()
  const engine = engineOf(story)
  story.sampled(frameFrom(7, 1), { input: 9, output: 1, source: 9 }, 1)
  assert.deepEqual(places(engine), [])
})

const queries: readonly (readonly [string, object])[] = [
  ['all', { kind: 'all' }],
  ['00:00:5E:00:53:21', { kind: 'mac', high: 0x5e00, low: 0x5321 }],
  ['00-00-5e-00-53-21', { kind: 'mac', high: 0x5e00, low: 0x5321 }],
  ['0000.5e00.5321', { kind: 'mac', high: 0x5e00, low: 0x5321 }],
  ['ffffffffffff', { kind: 'mac', high: 0xffffffff, low: 0xffff }],
  ['198.51.100.1', { kind: 'ip', addresses: [[0, 0, 0xffff, 0xc6336401]] }],
  ['2001:db8::1', { kind: 'ip', addresses: [[0x20010db8, 0, 0, 1]] }],
  [
    'one.example',
    {
      kind: 'ip',
      addresses: [
        [0, 0, 0xffff, 0xc6336407],
        [0x20010db8, 0, 0, 7],
      ],
      named: 'one.example',
    },
  ],
  ['nowhere.example', { kind: 'host', named: 'nowhere.example' }],
  ['[2001:db8::1]', { kind: 'ip', addresses: [[0x20010db8, 0, 0, 1]] }],
  ['fe80::1%eth0', { kind: 'ip', addresses: [[0xfe800000, 0, 0, 1]] }],
]
const zone: Readonly<Record<string, readonly string[]>> = {
  'one.example': ['198.51.100.7', '2001:db8::7'],
  'two.example': ['198.51.100.7', '198.51.100.8'],
}
const resolve = async (name: string) => {
  const answers = zone[name]
  if (answers === undefined) throw new Error('ENOTFOUND')
  return answers.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
}
for (const [text, expected] of queries) {
  test(`understands ${text}`, async () => {
    const query = await parseLocateQuery(text, resolve)
    const { text: _, ...rest } = query
    const named = namedOf(query)
    assert.deepEqual({ ...rest, ...(named && { named: named.name }) }, expected)
  })
}

test('a name of several addresses of a kind is refused', async () => {
  await assert.rejects(
    parseLocateQuery('two.example', resolve),
    /two\.example has several addresses: 198\.51\.100\.7, 198/,
  )
})

test('names that hosts tell match with and without domain, in any case', async () => {
  const query = await parseLocateQuery('GPU1', undefined)
  assert.equal(query.kind, 'host')
  const names = ['gpu1', 'gpu1.example.net', 'gpu10', 'gpu1x.example.net']
  assert.deepEqual(names.map(namedOf(query)!.matches), [true, true, false, false])
})

test('MAC addresses as text', () => {
  assert.equal(macText(0x00005e00, 0x5301), '00:00:5e:00:53:01')
})
