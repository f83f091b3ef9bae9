// Owns a small fabric told by its agents: leaf1 (192.0.2.1) with a host at p9, one cable to spine1 (192.0.2.2).

import { readTopology } from '../../src/lib/topo/read-topology.ts'
import type { Story } from '../port-rates/watch.ts'

export const pair = readTopology(
  JSON.stringify({
    nodes: {
      leaf1: { agent: '192.0.2.1', ports: { p1: { ifindex: 1 }, p9: { ifindex: 9 } } },
      spine1: { agent: '192.0.2.2', ports: { p1: { ifindex: 1 } } },
    },
    links: { l1: { node1: 'leaf1', port1: 'p1', node2: 'spine1', port2: 'p1' } },
  }),
  'pair',
)

type Fields = Readonly<Record<string, number | bigint>>

/**
 * Twenty seconds: 25 MB come in at leaf1's p9, 2.5 GB go over the cable, samples as recommended.
 * @param spine other counters of spine1's end at the end @param rate of leaf1's samples
 */
export function tellPair(story: Story, spine: Fields = {}, rate = 10_000): Story {
  const status = {
    ...('ifStatus' in spine && { ifStatus: spine.ifStatus! }),
    ...('ifSpeed' in spine && { ifSpeed: spine.ifSpeed! }),
  }
  story.counters(1, {}).counters(9, {}).counters(1, status, { agent: 2 })
  return story
    .at(20)
    .counters(1, { ifOutOctets: 2_500_000_000n, ifOutUcastPkts: 2_500_000 })
    .counters(9, { ifInOctets: 25_000_000n, ifInUcastPkts: 25_000 })
    .counters(1, { ifInOctets: 2_500_000_000n, ifInUcastPkts: 2_500_000, ...spine }, { agent: 2 })
    .flows(9, 1, { rate, output: 1 })
    .flows(1, 1, { rate, input: 1, output: 9 })
    .flows(1, 1, { rate: Number(spine.ifSpeed ?? 10_000_000_000n) / 1e6, agent: 2 })
}
