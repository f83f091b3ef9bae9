// The same fabric in every format gives the same links: leaf1 and leaf2, each with a port to spine1 and to spine2.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type BuildOptions,
  buildDefaults,
  buildTopology,
  guessKind,
  type ImportKind,
  importCabling,
} from '../../../src/lib/topo/import/import.ts'

/** node1 port1 node2 port2. */
const cables = ['leaf1 1 spine1 1', 'leaf1 2 spine2 1', 'leaf2 1 spine1 2', 'leaf2 2 spine2 2'].map(
  (text) => text.split(' ') as [string, string, string, string],
)

/** Each cable from both of its ends. */
const bothSides = cables.flatMap(([a, p, b, q]): [string, string, string, string][] => [
  [a, p, b, q],
  [b, q, a, p],
])

const devices = ['leaf1', 'leaf2', 'spine1', 'spine2']

/** Text of a file of several, by the device that it is of. */
function perDevice(of: (device: string) => string): [string, string][] {
  return devices.map((device) => [`${device}.json`, of(device)])
}

const neighboursOf = (device: string) => bothSides.filter(([a]) => a === device)

const netboxEnd = (node: string, port: string) => ({
  object_type: 'dcim.interface',
  object: { device: { name: node }, name: `swp${port}` },
})

const lldpd = (device: string) =>
  neighboursOf(device).map(([, p, b, q]) => ({
    [`swp${p}`]: {
      via: 'LLDP',
      chassis: {
        [b]: { id: { type: 'mac', value: '00:00:5e:00:53:01' }, capability: [{ type: 'Bridge', enabled: true }] },
      },
      port: { id: { type: 'ifname', value: `swp${q}` }, descr: `swp${q}` },
    },
  }))

const examples: readonly (readonly [
  string,
  ImportKind,
  string,
  readonly (readonly [string, string])[],
  Partial<BuildOptions>?,
])[] = [
  [
    'PTM cabling file',
    'dot',
    'swp',
    [
      [
        'ptm.dot',
        `# lines starting with # are comments
graph G {
  LLDP=""                       // global attributes
  BFD=""
  B1="upMinTx=250, detectMult=4"   // templates: ID=string statements
  L1="match_type=portdescr"
  "leaf1":"swp1" -- "spine1":"swp1"
  "leaf1":"swp2" -- "spine2":"swp1" [LLDP="match_type=ifname", BFD="upMinTx=400"]
  "leaf2":"swp1" -- "spine1":"swp2" [LLDP="lldptmpl=L1", BFD="bfdtmpl=B1"]
  "leaf2":"swp2" -- "spine2":"swp2"
  "leaf1":"swp3" -- "h1":"eth1"   // host link: dropped by the switch filter
}`,
      ],
    ],
  ],
  [
    'ports inside the quotes, in attributes, chains and groups',
    'dot',
    'swp',
    [
      [
        'wild.dot',
        `/* a comment
           of lines */ strict digraph "x" {
           edge [color=blue];
           "leaf1:swp1" -> "spine1:swp1"; leaf1 -> spine2 [taillabel="swp2" headlabel=swp1]
           subgraph cluster_0 { leaf2 [label=<<b>x</b>>] }
           leaf2 -> spine1 [sport="sw" + "p1", dport="swp2"] leaf2:swp2:ne -> spine2:"swp2":s;
           leaf1:swp3 -> "server-1":eth1 }`,
      ],
    ],
  ],
  [
    'netq show lldp',
    'netq',
    'swp',
    [
      [
        'lldp.txt',
        `\nMatching lldp records:
Hostname          Interface                 Peer Hostname     Peer Interface            Last Changed
----------------- ------------------------- ----------------- ------------------------- -------------------------
${bothSides.map(([a, p, b, q]) => `${a.padEnd(18)}swp${p.padEnd(23)}${b.padEnd(18)}swp${q.padEnd(23)}Mon Dec  2 20:54:07 2024`).join('\n')}
leaf1             eth0                      oob-mgmt-switch   swp10                     Mon Dec  2 20:54:07 2024
`,
      ],
    ],
  ],
  [
    'NetQ REST, with what is deleted, and an out-of-band switch',
    'netq',
    'swp',
    [
      [
        'rest.json',
        JSON.stringify([
          ...cables.map(([a, p, b, q]) => ({
            hostname: a,
            ifname: `swp${p}`,
            peer_hostname: b,
            peer_ifname: `swp${q}`,
            db_state: 'Update',
          })),
          { hostname: 'leaf1', ifname: 'eth0', peer_hostname: 'oob', peer_ifname: 'swp10', db_state: 'Update' },
          { hostname: 'leaf1', ifname: 'swp9', peer_hostname: 'spine9', peer_ifname: 'swp1', db_state: 'Del' },
          {
            hostname: 'leaf1',
            ifname: 'swp3',
            peer_hostname: 'gpu',
            peer_ifname: 'eth1',
            lldp_peer_station: true,
            lldp_peer_bridge: false,
          },
        ]),
      ],
    ],
  ],
  [
    'netq show lldp json',
    'netq',
    'swp',
    [
      [
        'cli.json',
        JSON.stringify({
          lldp: cables.map(([a, p, b, q]) => ({
            hostname: a,
            ifname: `swp${p}`,
            peerHostname: b,
            peerIfname: `swp${q}`,
          })),
          truncatedResult: false,
        }),
      ],
    ],
  ],
  [
    'eAPI, a file a switch, peers with their domain',
    'eapi',
    'Ethernet',
    perDevice((device) =>
      JSON.stringify({
        jsonrpc: '2.0',
        id: '1',
        result: [
          { hostname: device, fqdn: `${device}.example.net` },
          {
            lldpNeighbors: [
              ...neighboursOf(device).map(([, p, b, q]) => ({
                port: `Ethernet${p}`,
                neighborDevice: `${b}.example.net`,
                neighborPort: `Ethernet${q}`,
                ttl: 120,
              })),
              { port: 'Ethernet3', neighborDevice: `x-${device}`, neighborPort: '0800.274f.332d', ttl: 120 },
              { port: 'Management1', neighborDevice: 'oob', neighborPort: 'Ethernet7', ttl: 120 },
            ],
          },
        ],
      }),
    ),
    { stripDomain: true },
  ],
  [
    'eAPI, detail, a map of switches',
    'eapi',
    'Ethernet',
    [
      [
        'all.json',
        JSON.stringify(
          Object.fromEntries(
            devices.map((device) => [
              device,
              {
                lldpNeighbors: Object.fromEntries(
                  neighboursOf(device).map(([, p, b, q]) => [
                    `Ethernet${p}`,
                    {
                      lldpNeighborInfo: [
                        {
                          systemName: b,
                          systemCapabilities: { bridge: true, router: true },
                          neighborInterfaceInfo: { interfaceId: `"Ethernet${q}"`, interfaceIdType: 'interfaceName' },
                        },
                      ],
                    },
                  ]),
                ),
              },
            ]),
          ),
        ),
      ],
    ],
  ],
  [
    'eAPI as the CLI prints it',
    'eapi',
    'Ethernet',
    devices.map((device): [string, string] => [
      `${device}.txt`,
      `${device}#show lldp neighbors
Last table change time   : 0:00:02 ago

Port       Neighbor Device ID             Neighbor Port ID           TTL
${neighboursOf(device)
  .map(([, p, b, q]) => `Et${p}        ${b.padEnd(31)}Ethernet${q.padEnd(19)}120`)
  .join('\n')}
Ma1        oob                            Ethernet9                  120
`,
    ]),
  ],
  [
    'NetBox, cables',
    'netbox',
    'swp',
    [
      [
        'cables.json',
        JSON.stringify({
          count: 6,
          next: null,
          results: [
            ...cables.map(([a, p, b, q]) => ({
              a_terminations: [netboxEnd(a, p)],
              b_terminations: [netboxEnd(b, q)],
              status: { value: 'connected' },
            })),
            {
              a_terminations: [netboxEnd('leaf1', '8')],
              b_terminations: [netboxEnd('spine2', '8')],
              status: { value: 'planned' },
            },
            {
              a_terminations: [{ object_type: 'dcim.powerport' }],
              b_terminations: [{ object_type: 'dcim.poweroutlet' }],
            },
          ],
        }),
      ],
    ],
  ],
  [
    'NetBox before 3.3',
    'netbox',
    'swp',
    [
      [
        'old.json',
        JSON.stringify({
          results: cables.map(([a, p, b, q]) => ({
            termination_a_type: 'dcim.interface',
            termination_a: { device: { name: a }, name: `swp${p}` },
            termination_b_type: 'dcim.interface',
            termination_b: { device: { name: b }, name: `swp${q}` },
          })),
        }),
      ],
    ],
  ],
  [
    'NetBox, a breakout cable',
    'netbox',
    'swp',
    [
      [
        'breakout.json',
        JSON.stringify({
          results: [0, 2].map((i) => ({
            a_terminations: cables.slice(i, i + 2).map(([a, p]) => netboxEnd(a, p)),
            b_terminations: cables.slice(i, i + 2).map(([, , b, q]) => netboxEnd(b, q)),
          })),
        }),
      ],
    ],
  ],
  [
    'NetBox, interfaces through patch panels, and the devices’ roles',
    'netbox',
    'swp',
    [
      [
        'interfaces.json',
        JSON.stringify({
          results: [
            ...bothSides.map(([a, p, b, q]) => ({
              device: { name: a },
              name: `swp${p}`,
              mgmt_only: false,
              cable: { id: 1 },
              link_peers: [{ name: 'panel 7' }],
              link_peers_type: 'dcim.frontport',
              connected_endpoints: [{ device: { name: b }, name: `swp${q}` }],
              connected_endpoints_type: 'dcim.interface',
            })),
            {
              device: { name: 'leaf1' },
              name: 'swp3',
              connected_endpoints: [{ device: { name: 'big-one' }, name: 'eno1' }],
              connected_endpoints_type: 'dcim.interface',
            },
          ],
        }),
      ],
      [
        'devices.json',
        JSON.stringify({ results: [{ name: 'big-one', device_type: { id: 1 }, role: { slug: 'gpu-server' } }] }),
      ],
    ],
  ],
  [
    'NetBox, GraphQL',
    'netbox',
    'swp',
    [
      [
        'graphql.json',
        JSON.stringify({
          data: {
            cable_list: cables.map(([a, p, b, q]) => ({
              a_terminations: [{ name: `swp${p}`, device: { name: a } }],
              b_terminations: [{ name: `swp${q}`, device: { name: b } }],
            })),
          },
        }),
      ],
    ],
  ],
  [
    'containerlab',
    'containerlab',
    'eth',
    [
      [
        'rocev2.clab.yml',
        `name: rocev2
topology:
  defaults: {kind: linux, env: {SAMPLING: "\${SAMPLING:=100}"}}
  groups:
    server: {image: sflow/clab-iperf3}
  nodes:
    leaf1:  {image: sflow/clab-frr, group: leaf}
    leaf2:  {image: sflow/clab-frr, group: leaf}
    spine1: {image: sflow/clab-frr, group: spine}
    spine2: {image: sflow/clab-frr, group: spine}
    box:    {group: server}
  links:
    - endpoints: ["leaf1:eth1", "spine1:eth1"]
    - endpoints: ["leaf1:eth2", "spine2:eth1"]
    - type: veth
      endpoints: [{node: leaf2, interface: eth1}, {node: spine1, interface: eth2}]
    - endpoints: ["leaf2:eth2", "spine2:eth2"]
    - endpoints: ["box:eth1", "leaf1:eth3"]
    - endpoints: ["leaf1:eth9", "host:eth9"]
    - {type: mgmt-net, endpoint: {node: leaf1, interface: eth8}, host-interface: x}
`,
      ],
    ],
  ],
  ...[true, false].map(
    (nested) =>
      [
        `topology-data.json ${nested ? 'since' : 'before'} containerlab 0.71`,
        'containerlab',
        'eth',
        [
          [
            'topology-data.json',
            JSON.stringify({
              name: 'rocev2',
              type: 'clab',
              nodes: { h: { image: 'sflow/clab-iperf3', group: 'server' } },
              links: [...cables, ['h', '1', 'leaf1', '3'] as const].map(([a, p, b, q]) => {
                const ends = { a: { node: a, interface: `eth${p}` }, z: { node: b, interface: `eth${q}` } }
                return nested ? { endpoints: ends } : ends
              }),
            }),
          ],
        ],
      ] as const,
  ),
  ['lldpd', 'lldp', 'swp', perDevice((device) => JSON.stringify({ lldp: { interface: lldpd(device) } }))],
  [
    'lldpd, json0',
    'lldp',
    'swp',
    perDevice((device) =>
      JSON.stringify({
        lldp: [
          {
            interface: neighboursOf(device).map(([, p, b, q]) => ({
              name: `swp${p}`,
              chassis: [{ id: [{ type: 'mac', value: '00:00:5e:00:53:01' }], name: [{ value: b }] }],
              port: [{ id: [{ type: 'ifname', value: `swp${q}` }] }],
            })),
          },
        ],
      }),
    ),
  ],
  [
    'Cumulus, net show lldp json',
    'lldp',
    'swp',
    [
      [
        'all.json',
        JSON.stringify(
          Object.fromEntries(
            devices.map((device) => [
              device,
              Object.fromEntries(
                neighboursOf(device).map(([, p, b, q]) => [
                  `swp${p}`,
                  { iface_obj: { lldp: [{ adj_hostname: b, adj_port: `swp${q}` }] } },
                ]),
              ),
            ]),
          ),
        ),
      ],
    ],
  ],
  [
    'Batfish',
    'batfish',
    'swp',
    [
      [
        'layer1.json',
        JSON.stringify({
          edges: bothSides.map(([a, p, b, q]) => ({
            node1: { hostname: a, interfaceName: `swp${p}` },
            node2: { hostname: b, interfaceName: `swp${q}` },
          })),
        }),
      ],
    ],
  ],
  [
    'sFlow-RT',
    'sflow-rt',
    'swp',
    [
      [
        'topology.json',
        JSON.stringify({
          links: Object.fromEntries(
            cables.map(([a, p, b, q], i) => [`L${i}`, { node1: a, port1: `swp${p}`, node2: b, port2: `swp${q}` }]),
          ),
        }),
      ],
    ],
  ],
]

for (const [name, kind, prefix, files, options] of examples) {
  test(name, async () => {
    const inputs = files.map(([file, text]) => ({ name: file, text }))
    assert.deepEqual(
      inputs.map(guessKind),
      inputs.map(() => kind),
    )
    const { topology, warnings } = buildTopology(await importCabling(kind, inputs), { ...buildDefaults, ...options })
    // Which end is first, and the order of the links, are the input's.
    const found = [...topology.links.values()].map(({ node1, port1, node2, port2 }) => {
      const ends = [`${node1}:${port1}`, `${node2}:${port2}`]
      return ends.sort().join(' - ')
    })
    const p = prefix
    assert.deepEqual(found.sort(), [
      `leaf1:${p}1 - spine1:${p}1`,
      `leaf1:${p}2 - spine2:${p}1`,
      `leaf2:${p}1 - spine1:${p}2`,
      `leaf2:${p}2 - spine2:${p}2`,
    ])
    assert.deepEqual(
      warnings.filter(({ kind }) => kind !== 'guessed'),
      [],
    )
  })
}
