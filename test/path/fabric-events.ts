// Owns captures of a fabric whose packets are all known: packet by packet along its route, sampled at each switch, with the
// list of events beside as the truth. Uses the project's exporter. Start at generateFabric.

import { ethernet, udp } from '../../scripts/fixtures/frames.ts'
import { link } from '../../scripts/fixtures/packets.ts'
import { AgentExporter, type UnnumberedSample } from '../../src/lib/exporter/exporter.ts'
import type { DecodedRecord } from '../../src/lib/sflow/datagram.ts'
import { Random } from '../bench/random.ts'
import { header, record } from '../helpers/cards.ts'
import { temporaryFile } from '../helpers/read-captures.ts'
import { captureFile, NOON, type Sent } from '../helpers/sflow-captures.ts'

const INTERNAL = 0x3fffffff

/** `in`: received packets with both ports, as ASICs do. `ports`: both directions, each with its own port only, as hsflowd's
 * mod_pcap does. `out`: sent packets with both ports. `blind`: received packets, output not known. `silent`: nothing. */
export type Sampling = 'in' | 'ports' | 'out' | 'blind' | 'silent'

export interface Route {
  /** `9 leaf1 1 > 1 spine1 2 > 1 leaf2 9`: ports as ifIndexes around each node. */
  readonly path: string
  /** Of all packets, in any unit. */
  readonly weight: number
  /** Of its packets, at this node, not sent on: told by 0:5. */
  readonly drop?: { readonly node: string; readonly share: number; readonly reason: number; readonly isTold?: boolean }
}

export interface FabricOptions {
  readonly routes: readonly Route[]
  /** Links that no packet takes: `leaf1 2 - spine2 1`. */
  readonly links?: readonly string[]
  readonly packets: number
  /** 1 in so many. */
  readonly rate: number
  readonly sampling?: Sampling
  readonly nodes?: Readonly<Record<string, Sampling>>
  /** Nanoseconds, bytes and queue of a packet at a node; undefined: its switch has no such records. */
  readonly transit?: (node: string, random: Random) => { delay: number; depth: number; queue: number } | undefined
  readonly seconds?: number
  readonly seed?: number
}

/** What really happened. */
export interface Truth {
  /** `leaf1 1`: packets that left there. */
  readonly out: Map<string, number>
  /** Packets that each node received. */
  readonly received: Map<string, number>
  /** `leaf1 258` */
  readonly dropped: Map<string, number>
  /** Sums over all packets that left by the port: count, delay, depth. */
  readonly transit: Map<string, { packets: number; delay: number; depth: number }>
}

interface Hop {
  readonly node: string
  readonly input: number
  readonly output: number
}

function hopsOf(path: string): Hop[] {
  return path.split('>').map((part) => {
    const [input, node, output] = part.trim().split(' ')
    return { node: node!, input: Number(input), output: Number(output) }
  })
}

/** The topology of all routes and further links, as sFlow-RT has it: agents 192.0.2.1 and on, ports `eth1` with ifIndex 1. */
export function topologyOf({ routes, links = [] }: FabricOptions): { json: string; agents: Map<string, string> } {
  const cables = new Set(links)
  const ports = new Map<string, Set<number>>()
  const add = (node: string, port: number) => {
    if (!ports.has(node)) ports.set(node, new Set())
    ports.get(node)!.add(port)
  }
  for (const { path } of routes) {
    const hops = hopsOf(path)
    for (const [i, { node, input, output }] of hops.entries()) {
      add(node, input)
      add(node, output)
      const next = hops[i + 1]
      if (next !== undefined) cables.add(`${node} ${output} - ${next.node} ${next.input}`)
    }
  }
  const all = [...cables].map((cable) => /^(\S+) (\d+) - (\S+) (\d+)$/.exec(cable)!)
  for (const [, node1, port1, node2, port2] of all) {
    add(node1!, Number(port1))
    add(node2!, Number(port2))
  }
  const agents = new Map([...ports.keys()].sort().map((node, i) => [node, `192.0.2.${i + 1}`]))
  const json = JSON.stringify({
    nodes: Object.fromEntries(
      [...ports].map(([node, of]) => [
        node,
        {
          agent: agents.get(node),
          ports: Object.fromEntries([...of].map((port) => [`eth${port}`, { ifindex: String(port) }])),
        },
      ]),
    ),
    links: Object.fromEntries(
      all.map(([, node1, port1, node2, port2], i) => [
        `link${i + 1}`,
        { node1, port1: `eth${port1}`, node2, port2: `eth${port2}` },
      ]),
    ),
  })
  return { json, agents }
}

/** Where packets come from, and go to: one flow, whose path its switches choose packet by packet. */
export const flowFilter = 'ipsource=10.1.0.2&udpdestinationport=4791'

/** Writes capture and topology into files of this test process. */
export function generateFabric(options: FabricOptions): {
  readonly capture: string
  readonly topology: string
  readonly truth: Truth
} {
  const { json, agents } = topologyOf(options)
  const { sent, truth } = events(options, agents)
  return {
    capture: captureFile(sent, 'fabric.pcap'),
    topology: temporaryFile(new TextEncoder().encode(json), 'fabric.json'),
    truth,
  }
}

/** The datagrams in their order of time, with what really happened. */
export function events(options: FabricOptions, agents: ReadonlyMap<string, string>): { sent: Sent[]; truth: Truth } {
  const { routes, packets, rate, sampling = 'in', nodes = {}, transit, seconds = 20, seed = 1 } = options
  const random = new Random(seed)
  const chance = () => random.u32() / 2 ** 32
  const truth: Truth = { out: new Map(), received: new Map(), dropped: new Map(), transit: new Map() }
  const sent: Sent[] = []
  const exporters = new Map<string, AgentExporter>()
  let now = 0
  for (const [node, agent] of agents) {
    const exporter = new AgentExporter(
      { agent: { type: 1, bytes: Uint8Array.from(agent.split('.'), Number) } },
      (bytes, length, ms) => {
        const sec = NOON + Math.floor(ms / 1000)
        sent.push({ datagram: bytes.slice(0, length), sec, nsec: Math.round((ms % 1000) * 1e6) })
      },
    )
    exporter.advance(0)
    exporters.set(node, exporter)
  }
  const ways = routes.map(({ path }) => hopsOf(path))
  const weights = routes.map(({ weight }) => weight)
  const whole = weights.reduce((a, b) => a + b, 0)
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1)
  for (let n = 0; n < packets; n++) {
    now = (n / packets) * seconds * 1000
    let pick = chance() * whole
    const at = weights.findIndex((weight) => {
      pick -= weight
      return pick < 0
    })
    const route = routes[at]!
    for (const [i, { node, input, output }] of ways[at]!.entries()) {
      const exporter = exporters.get(node)!
      exporter.advance(now)
      count(truth.received, node)
      const how = nodes[node] ?? sampling
      const frame = (ttl: number) =>
        ethernet(link, 0x0800, udp({ src: '10.1.0.2', dst: '10.2.0.2', ttl }, 49_152, 4791, new Uint8Array(64)))
      const told = transit?.(node, random)
      const records: DecodedRecord[] =
        told === undefined
          ? []
          : [
              record(1039, 'extended_transit', { delay: told.delay }),
              record(1040, 'extended_queue', { depth: told.depth }),
              record(1036, 'extended_egress_queue', { queue: told.queue }),
            ]
      const take = (
        source: number,
        inputs: readonly [number, number],
        outputs: readonly [number, number],
        ttl: number,
      ) => {
        exporter.source(0, source).pool++
        if (chance() * rate >= 1) return
        exporter.add({
          kind: 'flow',
          source_id_type: 0,
          source_id_index: source,
          sampling_rate: rate,
          input_format: inputs[0],
          input_value: inputs[1],
          output_format: outputs[0],
          output_value: outputs[1],
          records: [header(frame(ttl)), ...records],
        } satisfies UnnumberedSample)
      }
      const isDropped = route.drop?.node === node && chance() < route.drop.share
      const isTold = route.drop?.isTold ?? true
      const arrived: readonly [number, number] =
        isDropped && !isTold ? [1, 0] : how === 'blind' ? [0, 0] : how === 'in' ? [0, output] : [0, INTERNAL]
      if (how === 'in' || how === 'ports' || how === 'blind') take(input, [0, input], arrived, 64 - i)
      if (isDropped) {
        count(truth.dropped, `${node} ${route.drop!.reason}`)
        if (!isTold || how === 'silent') break
        exporter.add({
          kind: 'discard',
          source_id_type: 0,
          source_id_index: input,
          inputifindex: input,
          outputifindex: 0,
          reason: route.drop!.reason,
          records: [header(frame(64 - i))],
        })
        break
      }
      if (how === 'ports') take(output, [0, INTERNAL], [0, output], 63 - i)
      if (how === 'out') take(output, [0, input], [0, output], 63 - i)
      count(truth.out, `${node} eth${output}`)
      if (told !== undefined) {
        const key = `${node} eth${output}`
        const sums = truth.transit.get(key) ?? { packets: 0, delay: 0, depth: 0 }
        sums.packets++
        sums.delay += told.delay
        sums.depth += told.depth
        truth.transit.set(key, sums)
      }
    }
  }
  for (const exporter of exporters.values()) exporter.flush()
  sent.sort((a, b) => a.sec! - b.sec! || a.nsec! - b.nsec!)
  return { sent, truth }
}

/** Two leaves and four spines; shares of the spines, the fourth one unused. */
export function leafSpine(shares: readonly number[]): Pick<FabricOptions, 'routes' | 'links'> {
  const used = shares.flatMap((weight, i) => (weight > 0 ? [{ weight, n: i + 1 }] : []))
  const unused = shares.flatMap((weight, i) => (weight > 0 ? [] : [i + 1]))
  return {
    routes: used.map(({ weight, n }) => ({ path: `9 leaf1 ${n} > 1 spine${n} 2 > ${n} leaf2 9`, weight })),
    links: unused.flatMap((n) => [`leaf1 ${n} - spine${n} 1`, `spine${n} 2 - leaf2 ${n}`]),
  }
}
