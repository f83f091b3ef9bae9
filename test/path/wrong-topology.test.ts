// Paths with a topology that is wrong, or lacks something: agents and packets that contradict it are believed, and told.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { pathPicture } from '../../src/lib/path/picture.ts'
import type { PathWindow } from '../../src/lib/path/snapshot.ts'
import { plain } from '../helpers/cards.ts'
import { temporaryFile } from '../helpers/read-captures.ts'
import { sharedAbsent, sharedPath } from '../helpers/shared.ts'
import { flowFilter, generateFabric, leafSpine, type Sampling } from './fabric-events.ts'
import { linesOf, pathOf } from './run.ts'

interface Json {
  readonly nodes: Record<string, { agent: string; ports: Record<string, { ifindex: string }> }>
  readonly links: Record<string, { node1: string; port1: string; node2: string; port2: string }>
}

/** A copy of the topology, changed. */
function changed(path: string, change: (topology: Json) => void): string {
  const topology = JSON.parse(readFileSync(path, 'utf8')) as Json
  change(topology)
  return temporaryFile(new TextEncoder().encode(JSON.stringify(topology)), 'changed.json')
}

/** The name of the link between two nodes. */
function linkOf({ links }: Json, one: string, other: string): string {
  const found = Object.entries(links).find(
    ([, { node1, node2 }]) => [node1, node2].sort().join() === [one, other].join(),
  )
  assert.ok(found !== undefined, `${one} - ${other}`)
  return found[0]
}

const drop = (one: string, other: string) => (topology: Json) => {
  delete topology.links[linkOf(topology, one, other)]
}

/** Both cables of leaf1 in each other's port. */
function cross({ links }: Json): void {
  const [a, b] = Object.values(links).filter(({ node1 }) => node1 === 'leaf1')
  ;[a!.port1, b!.port1] = [b!.port1, a!.port1]
}

/** All packets enter, none twice. */
const isAll = ({ entering }: PathWindow): boolean => Math.abs(entering.packets.total - 60_000) < 1200

const fabricOf = (shares: readonly number[], sampling: Sampling) =>
  generateFabric({ ...leafSpine(shares), packets: 60_000, rate: 50, sampling })

const whole = [
  '1 leaf1 eth1 > spine1 measured',
  '1 leaf1 eth2 > spine2 measured',
  '2 spine1 eth2 > leaf2 measured',
  '2 spine2 eth2 > leaf2 measured',
  '3 leaf2 eth9 > 10.2.0.2 measured',
]

for (const sampling of ['in', 'ports', 'out'] as const) {
  describe(`samples of kind ${sampling}`, () => {
    const { capture, topology } = fabricOf([60, 40], sampling)
    const all = (path: string) => pathOf(capture, { topology: path, filter: flowFilter })

    test('with the true topology nothing is noted', async () => {
      assert.deepEqual((await all(topology)).notes, [])
    })

    const missing = [
      ['leaf1', 'spine1', 'spine1 eth1', 'leaf1 eth1', 63],
      ['leaf2', 'spine1', 'leaf2 eth1', 'spine1 eth2', 62],
    ] as const
    for (const [one, other, port, from, ttl] of missing) {
      test(`a missing link ${one} - ${other}: told, drawn, and nothing counts twice`, async () => {
        const path = await all(changed(topology, drop(one, other)))
        assert.deepEqual(path.notes, [
          `${port} looks like a link to ${from}: packets from 10.1.0.2 to 10.2.0.2 leave there and enter here with TTL ${ttl}; is it missing in the topology?`,
        ])
        assert.deepEqual(linesOf(path), whole)
        assert.ok(isAll(path), String(path.entering.packets.total))
        assert.deepEqual(
          path.hops
            .filter(({ link, to }) => link === null && to !== null)
            .map(({ node, outPort }) => `${node} ${outPort}`),
          [from],
        )
      })
    }

    test('crossed cables that are both in use', async () => {
      const { notes } = await all(changed(topology, cross))
      assert.deepEqual(
        notes.map((note) => note.replace(/\d+,\d+/g, 'N')),
        [
          "leaf1 sent N packets by eth2, but spine1 received N packets by the link's other end eth1: is the cable where the topology says?",
          "leaf1 sent N packets by eth1, but spine2 received N packets by the link's other end eth1: is the cable where the topology says?",
        ],
      )
    })
  })
}

test('crossed cables, one in use: the switch that sent them is believed, no share is made up', async () => {
  const { capture, topology } = fabricOf([100, 0], 'in')
  const path = await pathOf(capture, { topology: changed(topology, cross), filter: flowFilter })
  assert.deepEqual(
    path.notes.map((note) => note.replace(/\d+,\d+/g, 'N')),
    [
      "leaf1 sent nothing by eth2, but spine1 received N packets by the link's other end eth1: is the cable where the topology says?",
      'spine2 sent no flow samples: its part of the path is told by neighbours and by shortest ways.',
    ],
  )
  assert.deepEqual(linesOf(path), [
    '1 leaf1 eth1 > spine2 measured',
    '1 leaf1 eth2 > spine1 unused',
    '2 spine1 eth2 > leaf2 measured',
    '2 spine2 - > - neighbour ?',
    '3 leaf2 eth9 > 10.2.0.2 measured',
  ])
  assert.equal(path.hops[0]!.share!.value, 1)
})

test('a missing link where no switch tells by which port packets leave: told with doubt, counted once', async () => {
  const { capture, topology } = fabricOf([60, 40], 'blind')
  const path = await pathOf(capture, { topology: changed(topology, drop('leaf1', 'spine1')), filter: flowFilter })
  assert.deepEqual(path.notes, [
    'Packets from 10.1.0.2 to 10.2.0.2 enter at spine1 eth1 with TTL 63, and with a higher one elsewhere: is a link missing in the topology, or do they pass something else in between?',
  ])
  assert.ok(isAll(path), String(path.entering.packets.total))
})

test('both links of a leaf are missing: which port is whose is not known, that it is a link is', async () => {
  const { capture, topology } = fabricOf([50, 50], 'in')
  const none = changed(topology, (json) => {
    drop('leaf1', 'spine1')(json)
    drop('leaf1', 'spine2')(json)
  })
  const path = await pathOf(capture, { topology: none, filter: flowFilter })
  assert.deepEqual(
    path.notes.map((note) => note.slice(0, note.indexOf(':'))),
    ['spine1 eth1 looks like a link to leaf1', 'spine2 eth1 looks like a link to leaf1'],
  )
  assert.ok(isAll(path), String(path.entering.packets.total))
})

test('packets of several hosts both ways: told, and the picture leads nowhere back', async () => {
  const [there] = leafSpine([1]).routes
  const routes = [there!, { path: '9 leaf2 1 > 2 spine1 1 > 1 leaf1 9', weight: 1 }]
  const { capture, topology } = generateFabric({ routes, packets: 20_000, rate: 20 })
  const path = await pathOf(capture, { topology })
  // The generator has one pair of hosts, whatever the direction.
  assert.equal(path.pairs, 1)
  assert.deepEqual(path.notes, ['Packets of one pair of hosts go from leaf1 to spine1 and back: a loop?'])
  assert.equal(pathPicture(path, 80, plain)[0], '10.1.0.2 ─eth9▶ leaf1 ─eth9▶ 10.2.0.2')
  const several = pathPicture({ ...path, pairs: 2 }, 80, plain)
  assert.equal(several[0], '10.1.0.2 ─eth9▶ leaf1 ─eth1▶ spine1 ─eth2▶ leaf2 ─eth9▶ 10.2.0.2')
  assert.ok(
    several.every((line) => !/└eth1▶ leaf1/.test(line)),
    several.join('\n'),
  )
})

test('crossed cables, a few stray packets on the one that is not in use: told, whether the other spine samples or not', async () => {
  for (const nodes of [{}, { spine2: 'silent' }] as const) {
    const { capture, topology } = generateFabric({ ...leafSpine([1000, 1]), packets: 60_000, rate: 20, nodes })
    assert.deepEqual((await pathOf(capture, { topology, filter: flowFilter })).doubts, 0)
    const { notes, doubts } = await pathOf(capture, { topology: changed(topology, cross), filter: flowFilter })
    assert.match(
      notes[0]!,
      /^leaf1 sent \d+ packets by eth2, but spine1 received 5\d,\d+ packets by the link's other end eth1: is the cable/,
    )
    assert.equal(doubts, 'spine2' in nodes ? 1 : 2)
  }
})

const twice: readonly (readonly [string, (topology: Json) => void])[] = [
  [
    'a cable told twice',
    ({ links }) => {
      const [a] = Object.values(links)
      links.again = { node1: a!.node2, port1: a!.port2, node2: a!.node1, port2: a!.port1 }
    },
  ],
  [
    'a port in two links',
    ({ links }) => {
      links.again = { node1: 'leaf1', port1: 'eth1', node2: 'spine2', port2: 'eth2' }
    },
  ],
]
for (const [name, change] of twice) {
  test(`${name}: no branch is made up`, async () => {
    const { capture, topology } = fabricOf([60, 40], 'in')
    const path = await pathOf(capture, { topology: changed(topology, change), filter: flowFilter })
    assert.deepEqual(linesOf(path), whole)
    assert.deepEqual(
      path.hops.map(({ branches }) => branches),
      [2, 2, 1, 1, 1],
    )
  })
}

/** A change of the topology of a real fabric, and what is noted. */
const real: readonly (readonly [string, (topology: Json) => void, readonly string[]])[] = [
  ['nothing', () => {}, []],
  [
    'ifindexes of two fabric ports exchanged',
    ({ nodes }) => {
      const { ports } = nodes.leaf1!
      ;[ports.eth1!.ifindex, ports.eth2!.ifindex] = ['12', '11']
    },
    [
      'The topology says that leaf1 eth1 is ifindex 12, the agent says that ifindex 12 is eth2: the agent is believed.',
      'The topology says that leaf1 eth2 is ifindex 11, the agent says that ifindex 11 is eth1: the agent is believed.',
    ],
  ],
  [
    'ifindexes of a fabric port and an access port exchanged',
    ({ nodes }) => {
      const { ports } = nodes.leaf1!
      ;[ports.eth2!.ifindex, ports.eth3!.ifindex] = ['13', '12']
    },
    [
      'The topology says that leaf1 eth2 is ifindex 13, the agent says that ifindex 13 is eth3: the agent is believed.',
      'The topology says that leaf1 eth3 is ifindex 12, the agent says that ifindex 12 is eth2: the agent is believed.',
    ],
  ],
  [
    'an ifindex that the agent has not',
    ({ nodes }) => {
      nodes.spine1!.ports.eth1!.ifindex = '131'
    },
    [
      'The topology says that spine1 eth1 is ifindex 131, the agent says that eth1 is ifindex 31: the agent is believed.',
    ],
  ],
  [
    'agents of two nodes exchanged, one of them not on the way',
    ({ nodes }) => {
      ;[nodes.spine1!.agent, nodes.spine2!.agent] = [nodes.spine2!.agent, nodes.spine1!.agent]
    },
    [
      'The topology says that agent 172.100.100.22 is spine1, the agent says that it is spine2: the agent is believed.',
      'The topology says that agent 172.100.100.21 is spine2, the agent says that it is spine1: the agent is believed.',
    ],
  ],
  [
    'agents of two nodes exchanged',
    ({ nodes }) => {
      ;[nodes.leaf1!.agent, nodes.leaf2!.agent] = [nodes.leaf2!.agent, nodes.leaf1!.agent]
    },
    [
      'The topology says that agent 172.100.100.12 is leaf1, the agent says that it is leaf2: the agent is believed.',
      'The topology says that agent 172.100.100.11 is leaf2, the agent says that it is leaf1: the agent is believed.',
    ],
  ],
  [
    'a link missing',
    drop('leaf1', 'spine1'),
    [
      'spine1 eth1 looks like a link to leaf1 eth1: packets from 172.16.1.2 to 172.16.2.2 leave there and enter here with TTL 63; is it missing in the topology?',
    ],
  ],
  [
    'names in upper case',
    (topology) => {
      for (const name of Object.keys(topology.nodes)) delete topology.nodes[name]
      for (const link of Object.values(topology.links)) {
        link.node1 = link.node1.toUpperCase()
        link.node2 = link.node2.toUpperCase()
      }
    },
    [
      'LEAF1, LEAF2, SPINE1 and 1 more are not heard, but agents call themselves leaf1, leaf2, spine1 and 1 more: use --ignore-case, or import with sonde topo import --lower.',
      'leaf2, leaf1, spine1: not in the topology, so that no link is known and the order is by TTL.',
    ],
  ],
  [
    'ports in upper case',
    (topology) => {
      for (const name of Object.keys(topology.nodes)) delete topology.nodes[name]
      for (const link of Object.values(topology.links)) {
        link.port1 = link.port1.toUpperCase()
        link.port2 = link.port2.toUpperCase()
      }
    },
    [
      'Links name leaf1:ETH1, leaf1:ETH2, leaf2:ETH1 and 5 more, but agents call these ports eth1, eth2: use --ignore-case.',
    ],
  ],
  [
    'a link to a host',
    ({ links }) => {
      links.host = { node1: 'leaf1', port1: 'eth3', node2: 'h1', port2: 'eth0' }
    },
    [
      "h1 is a host by name, and its link makes an access port one of the fabric's inside: links are for switches only, sonde topo import leaves hosts out.",
    ],
  ],
]
for (const [name, change, notes] of real) {
  test(`lab-rocev2: ${name}`, async (t) => {
    const capture = sharedPath('captures/agents/lab-rocev2.pcap')
    const topology = sharedPath('captures/agents/lab-rocev2.topology.json')
    if (capture === undefined || topology === undefined) return t.skip(sharedAbsent)
    const path = await pathOf(capture, { topology: changed(topology, change), filter: 'udpdestinationport=4791' })
    assert.deepEqual(path.notes, notes)
    assert.equal(path.doubts > 0, notes.length > 0 && name !== 'a link to a host')
    const used = path.hops.filter(({ state, isSilent }) => state === 'measured' && !isSilent)
    assert.deepEqual(
      used.map(({ node, outPort }) => `${node} ${outPort}`),
      ['leaf1 eth1', 'spine1 eth2', 'leaf2 eth3'],
    )
    // 640,192 packets were sent.
    const { low, high } = path.entering.packets
    assert.ok(low < 640_192 && high > 640_192, `${low} to ${high}`)
  })
}

test('lab-rocev2: links under names of ports that agents do not have', async (t) => {
  const capture = sharedPath('captures/agents/lab-rocev2.pcap')
  const topology = sharedPath('captures/agents/lab-rocev2.topology.json')
  if (capture === undefined || topology === undefined) return t.skip(sharedAbsent)
  const rename = (json: Json) => {
    for (const name of Object.keys(json.nodes)) delete json.nodes[name]
    for (const link of Object.values(json.links)) {
      link.port1 = link.port1.replace('eth', 'Ethernet')
      link.port2 = link.port2.replace('eth', 'Ethernet')
    }
  }
  const { notes } = await pathOf(capture, { topology: changed(topology, rename), filter: 'udpdestinationport=4791' })
  assert.equal(
    notes[1],
    'spine1 eth1 looks like a link to leaf1 eth1: packets from 172.16.1.2 to 172.16.2.2 leave there and enter here with TTL 63; is it missing in the topology, or there under another name: leaf1 names eth1, eth2, eth3 and has no Ethernet1, spine1 names eth1, eth2 and has no Ethernet1?',
  )
})

test('lab-rocev2, all packets: both ports of a spine exchanged, and the picture is of what was sent there', async (t) => {
  const capture = sharedPath('captures/agents/lab-rocev2.pcap')
  const topology = sharedPath('captures/agents/lab-rocev2.topology.json')
  if (capture === undefined || topology === undefined) return t.skip(sharedAbsent)
  assert.equal((await pathOf(capture, { topology })).doubts, 0)
  const exchange = ({ links }: Json) => {
    const swapped = { eth1: 'eth2', eth2: 'eth1' } as const
    for (const link of Object.values(links)) {
      if (link.node1 === 'spine1') link.port1 = swapped[link.port1 as 'eth1']
      if (link.node2 === 'spine1') link.port2 = swapped[link.port2 as 'eth1']
    }
  }
  const path = await pathOf(capture, { topology: changed(topology, exchange) })
  assert.equal(path.doubts, 3)
  assert.equal(pathPicture(path, 80, plain)[0], '172.16.1.2 ─eth3▶ leaf1 ─eth1▶ spine1 ─eth2▶ leaf1')
})
