// Owns where addresses are: the source of a packet sampled as it enters at an edge port is at that port (topology.md section 4).
// Bounded. See fabric.ts for the folder. Start at LocateEngine; what is asked is in locate-query.ts.

import type { AgentTable } from '../agents/agents.ts'
import { AGENT_KEY, longerNumbers } from '../agents/columns.ts'
import { FIRST_CAPACITY, Slots, type SlotUser } from '../agents/slots.ts'
import type { Engine } from '../analysis/analysis.ts'
import { type SampleView, slotOf } from '../attributes/context.ts'
import type { VendorTable } from '../expression/data.ts'
import type { FlowEngine } from '../flow/engine.ts'
import { LayerId } from '../packet/layer-ids.ts'
import type { Packet } from '../packet/packet.ts'
import { extended_switch } from '../sflow/records/version-5.ts'
import { SampleKind } from '../sflow/samples.ts'
import { AgentsSay, type Contradiction } from '../topo/agents-say.ts'
import type { MissingLink } from '../topo/missing-links.ts'
import { naturalOrder } from '../topo/natural-order.ts'
import type { Topology } from '../topo/topology.ts'
import { TopologyIndex } from '../topo/topology-index.ts'
import { addressText } from '../wire/address-text.ts'
import { hostsByPort } from './cabled-hosts.ts'
import { type LocateQuery, type Named, namedOf } from './locate-query.ts'
import { linksMissedBy, pairsEngine } from './pairs.ts'
import { goesTo, type Towards, TowardsPorts } from './towards.ts'

/** An address at a port. Unknown is null. */
export interface Location {
  /** `aa:c1:ab:00:00:01` */
  readonly mac: string
  /** The addresses that came from there most, and how many there were. */
  readonly ipAddress: string | null
  readonly ip6Address: string | null
  readonly addresses: number
  /** Name that the host tells of itself (0:2000, by the MAC addresses of 0:2001), else the one that the topology has at this port. */
  readonly host: string | null
  readonly vendor: string | null
  /** Of the topology, else the agent's host name, else its address. */
  readonly node: string
  readonly port: string | null
  readonly agent: string
  readonly ifIndex: number
  readonly vlan: number | null
  readonly samples: number
  /** Of all samples of the address that was asked for, at whatever port; 1 where there is no doubt. */
  readonly share: number
  readonly lastMs: number
}

export interface LocateWindow {
  readonly nowMs: number
  /** For `all` by node and port, else the most samples first. */
  readonly locations: readonly Location[]
  /** Samples of what was asked for at ports that are not the edge. */
  readonly elsewhere: number
  /** What was forgotten because there was more than is kept. */
  readonly forgotten: number
  /** Names that hosts tell of themselves, where one was asked for and is nowhere; else none. */
  readonly hosts: readonly string[]
  /** Where agents say otherwise than the topology. */
  readonly contradictions: readonly Contradiction[]
  /** Links that packets show and the topology lacks. */
  readonly missing: readonly MissingLink[]
  /** Where nothing of an address is found: edge ports by which packets leave towards it. */
  readonly towards: readonly Towards[]
}

export interface LocateOptions {
  readonly query: LocateQuery
  /** Without one every port counts as edge. */
  readonly topology: Topology | undefined
  /** Hosts are shown with the names that they have. */
  readonly names: boolean
  readonly ignoreCase: boolean
  readonly vendors: VendorTable | undefined
  /** Between two windows; undefined: one, at the end. */
  readonly everyMs: number | undefined
  /** Look for links that the topology lacks. */
  readonly doubt?: boolean
  /** Most (address, port) that are remembered; the one heard longest ago goes. */
  readonly most?: number
}

/** Words of a key: MAC (32 and 16 bits), IP address, agent's address, ifIndex. */
const IP = 2
const AGENT = 6
const IF_INDEX = 10
const WIDTH = 11

/** Columns of a key. */
const SAMPLES = 0
const LAST_MS = 1
const VLAN = 2
const COLUMNS = 3

const SWITCH = slotOf(extended_switch)
/** Unknown, by an erratum of the record; and the highest VLAN there is. */
const MOST_VLAN = 4094
/** Looking what agents say takes as long as there are names, and these come one by one. */
const BELIEVE_MS = 1000
/** The device itself (sflow_version_5.txt, "interface"). */
const INTERNAL = 0x3fffffff
const PORT = 0

export class LocateEngine implements Engine<LocateWindow>, SlotUser {
  readonly #agents: AgentTable
  readonly #options: LocateOptions
  readonly #says: AgentsSay | undefined
  #index: TopologyIndex
  #believeMs = Number.NEGATIVE_INFINITY
  readonly #pairs: FlowEngine | undefined
  readonly #towards = new TowardsPorts()
  readonly #slots: Slots
  readonly #named: Named | undefined
  readonly #cabled: ReadonlyMap<string, string>
  readonly #linkLocal: boolean
  #columns = new Float64Array(FIRST_CAPACITY * COLUMNS)
  #elsewhere = 0
  #lastMs = Number.NaN
  #dueMs = Number.NaN

  constructor(agents: AgentTable, options: LocateOptions) {
    this.#agents = agents
    this.#options = options
    const { topology, ignoreCase } = options
    // Without the names that agents tell, links of a topology without ifindexes would not be found, and count as edge.
    this.#says = topology === undefined ? undefined : new AgentsSay(topology, agents, ignoreCase)
    this.#index = this.#says?.index ?? new TopologyIndex(topology, agents.names, { ignoreCase })
    this.#pairs = options.doubt === true && topology !== undefined ? pairsEngine(agents) : undefined
    this.#named = namedOf(options.query)
    this.#cabled = hostsByPort(topology)
    this.#linkLocal = options.query.kind === 'ip' && options.query.addresses.some(([first]) => isLinkLocal(first))
    this.#slots = new Slots(WIDTH, options.most ?? 262_144, this)
  }

  grown(capacity: number): void {
    this.#columns = longerNumbers(this.#columns, capacity * COLUMNS)
  }

  evicted(): void {}

  sample(view: SampleView): void {
    const nowMs = view.sec * 1000 + view.nsec / 1e6
    if (Number.isNaN(this.#dueMs)) this.#dueMs = nowMs + (this.#options.everyMs ?? Number.POSITIVE_INFINITY)
    if (!(nowMs <= this.#lastMs)) this.#lastMs = nowMs
    const w = view.walker
    if (w.sampleKind !== SampleKind.flow) return
    this.#pairs?.sample(view)
    this.#target(view)
    const { inputFormat, inputValue } = w
    if (inputFormat !== 0 || inputValue === 0 || inputValue >= INTERNAL) return
    // Sampled as it leaves: a router has put its own MAC address in.
    if (w.sourceType === PORT && w.sourceIndex === w.outputValue && w.sourceIndex !== inputValue) return
    const packet = view.packet()
    if (!this.#readSource(packet)) return
    const { probe } = this.#slots
    const { query, topology } = this.#options
    if (query.kind === 'mac' && (probe[0] !== query.high || probe[1] !== query.low)) return
    const isAsked =
      query.kind === 'ip' && query.addresses.some((words) => words.every((word, i) => probe[IP + i] === word))
    if (query.kind === 'ip' && !isAsked && !this.#tellsName(probe)) return
    const { keys } = this.#agents.agents
    const at = this.#agents.agent * AGENT_KEY
    // Where few samples are asked for, ports are asked when places are told, by the names that were learned by then.
    const isMany = query.kind === 'all' || query.kind === 'host'
    if (isMany && topology !== undefined && this.#isCore(nowMs, keys, inputValue, at)) {
      if (query.kind !== 'host' || this.#tellsName(probe)) this.#elsewhere++
      return
    }
    for (let i = 0; i < 4; i++) probe[AGENT + i] = keys[at + i]!
    probe[IF_INDEX] = inputValue
    this.#count(nowMs, vlanOf(view, packet))
  }

  /** What goes to an address that is asked for; of all addresses nobody asks for those that did not send. */
  #target(view: SampleView): void {
    const { query, topology } = this.#options
    if (topology === undefined || (query.kind !== 'ip' && query.kind !== 'mac')) return
    const { outputFormat, outputValue } = view.walker
    if (outputFormat !== 0 || outputValue === 0 || outputValue >= INTERNAL || !goesTo(view.packet(), query)) return
    this.#towards.count(this.#agents.agents.keys, this.#agents.agent * AGENT_KEY, outputValue)
  }

  #isCore(nowMs: number, keys: Uint32Array, ifIndex: number, at: number): boolean {
    if (!(nowMs < this.#believeMs)) {
      this.#believeMs = nowMs + BELIEVE_MS
      this.#believe()
    }
    return this.#index.isCore(keys, ifIndex, at)
  }

  /** Agents know better than a file who they are, and what their ports are called. */
  #believe(): void {
    this.#index = this.#says?.index ?? this.#index
  }

  advance(toMs: number): readonly LocateWindow[] {
    if (!(toMs >= this.#dueMs)) return []
    this.#dueMs = toMs + this.#options.everyMs!
    return [this.peek(toMs)]
  }

  finish(): readonly LocateWindow[] {
    return [this.peek(this.#lastMs)]
  }

  /** @param query of an engine for all addresses: only these */
  peek(nowMs: number, query = this.#options.query): LocateWindow {
    this.#believe()
    const { locations, elsewhere } = this.#locations(query)
    const hosts = locations.length === 0 && this.#named !== undefined ? this.#hostNames() : []
    return {
      ...{ nowMs, locations, elsewhere: this.#elsewhere + elsewhere, forgotten: this.#slots.evictions, hosts },
      contradictions: this.#says?.contradictions ?? [],
      missing: linksMissedBy(this.#pairs, this.#index, this.#says),
      towards: locations.length === 0 ? this.#towards.edges(this.#index) : [],
    }
  }

  #hostNames(): string[] {
    const names = [...this.#agents.hosts.all()].flatMap(({ host_name }) => host_name ?? [])
    return [...new Set(names)].sort(naturalOrder)
  }

  /** The host with this MAC address calls itself as was asked. */
  #tellsName(key: Uint32Array): boolean {
    const told = this.#agents.hosts.find(key[0]!, key[1]!)?.host_name
    return told !== undefined && this.#named?.matches(told) === true
  }

  /** Source addresses into the key; false where there is no MAC address that can be a station's. */
  #readSource(packet: Packet): boolean {
    const { probe } = this.#slots
    probe.fill(0)
    if (packet.count === 0 || packet.layer[0] !== LayerId.eth) return false
    const { view } = packet
    const mac = packet.offset[0]! + 6
    if (mac + 6 > packet.limit[0]!) return false
    probe[0] = view.getUint32(mac)
    probe[1] = view.getUint16(mac + 4)
    // A group address sends nothing (IEEE 802-2014, 8.2.2); zeros are no address.
    if ((view.getUint8(mac) & 1) === 1 || (probe[0] === 0 && probe[1] === 0)) return false
    readIp(packet, probe, this.#linkLocal)
    return true
  }

  #count(nowMs: number, vlan: number): void {
    const slots = this.#slots
    let slot = slots.find()
    if (slot < 0) {
      slot = slots.insert()
      this.#columns.fill(0, slot * COLUMNS, (slot + 1) * COLUMNS)
    } else slots.touch(slot)
    const at = slot * COLUMNS
    this.#columns[at + SAMPLES]! += 1
    this.#columns[at + LAST_MS] = nowMs
    this.#columns[at + VLAN] = vlan
  }

  /** Keys of one MAC address at one port together, but for those of an IP address that was asked for. */
  #locations(query: LocateQuery): { readonly locations: Location[]; readonly elsewhere: number } {
    const { topology } = this.#options
    const { keys } = this.#slots
    const groups = new Map<string, number[]>()
    let elsewhere = 0
    for (const slot of this.#slots.slots()) {
      const words = keys.subarray(slot * WIDTH, (slot + 1) * WIDTH)
      if (query !== this.#options.query && !isAsked(query, words)) continue
      if (topology !== undefined && !this.#index.isEdge(words, words[IF_INDEX]!, AGENT)) {
        if (query.kind !== 'host' || this.#tellsName(words)) elsewhere += this.#columns[slot * COLUMNS + SAMPLES]!
        continue
      }
      const subject = query.kind === 'ip' ? `${words.subarray(IP, AGENT).join(' ')} ` : ''
      const key = `${subject}${words[0]} ${words[1]} ${words.subarray(AGENT).join(' ')}`
      const list = groups.get(key)
      if (list === undefined) groups.set(key, [slot])
      else list.push(slot)
    }
    const found = [...groups.values()].map((slots) => this.#location(slots))
    const wanted =
      query.kind === 'host' ? found.filter(({ host }) => host !== null && query.named.matches(host)) : found
    return { locations: withShares(wanted, query), elsewhere }
  }

  #location(slots: readonly number[]): Omit<Location, 'share'> {
    const { keys } = this.#slots
    const column = (slot: number, of: number): number => this.#columns[slot * COLUMNS + of]!
    const bySamples = [...slots].sort((a, b) => column(b, SAMPLES) - column(a, SAMPLES))
    const newest = slots.reduce((a, b) => (column(b, LAST_MS) > column(a, LAST_MS) ? b : a))
    const addresses = bySamples.flatMap((slot) => addressText(keys, slot * WIDTH + IP) ?? [])
    const words = keys.slice(slots[0]! * WIDTH, (slots[0]! + 1) * WIDTH)
    const agent = words.subarray(AGENT, IF_INDEX)
    const ifIndex = words[IF_INDEX]!
    const { names, vendors } = this.#options
    const vendor = vendors?.find(words[0]!, words[1]!) ?? -1
    const node = this.#index.node(agent, ifIndex) ?? addressText(agent, 0) ?? '::'
    const port = this.#index.ifname(agent, ifIndex) ?? null
    const told = this.#agents.hosts.find(words[0]!, words[1]!)?.host_name
    const named = names || this.#named !== undefined
    return {
      mac: macText(words[0]!, words[1]!),
      ipAddress: addresses.find((address) => !address.includes(':')) ?? null,
      ip6Address: addresses.find((address) => address.includes(':')) ?? null,
      addresses: addresses.length,
      host: (named ? (told ?? this.#cabled.get(`${node} ${port}`)) : undefined) ?? null,
      vendor: vendor < 0 ? null : vendors!.names[vendor]!,
      node,
      port,
      agent: addressText(agent, 0) ?? '::',
      ifIndex,
      vlan: column(newest, VLAN) || null,
      samples: slots.reduce((all, slot) => all + column(slot, SAMPLES), 0),
      lastMs: column(newest, LAST_MS),
    }
  }
}

/** @param key of a slot */
function isAsked(query: LocateQuery, key: Uint32Array): boolean {
  if (query.kind === 'mac') return key[0] === query.high && key[1] === query.low
  if (query.kind === 'ip') return query.addresses.some((words) => words.every((word, i) => key[IP + i] === word))
  return true
}

function withShares(found: readonly Omit<Location, 'share'>[], query: LocateQuery): Location[] {
  const subject = (one: Omit<Location, 'share'>): string =>
    query.kind === 'ip' ? (one.ipAddress ?? one.ip6Address ?? '') : one.mac
  const totals = new Map<string, number>()
  for (const one of found) totals.set(subject(one), (totals.get(subject(one)) ?? 0) + one.samples)
  const shared = found.map((one) => ({ ...one, share: one.samples / totals.get(subject(one))! }))
  const byPlace = (a: Location, b: Location): number =>
    naturalOrder(a.node, b.node) ||
    naturalOrder(a.port ?? String(a.ifIndex), b.port ?? String(b.ifIndex)) ||
    naturalOrder(a.mac, b.mac)
  return shared.sort((a, b) => (query.kind === 'all' ? 0 : b.samples - a.samples) || byPlace(a, b))
}

/** fe80::/10 */
const isLinkLocal = (firstWord: number): boolean => firstWord >>> 22 === 0x3fa

/**
 * The source of the outermost IP header, or of an ARP packet; unspecified ones say nothing of a host, and link-local ones, which every
 * host has on every port, only something to who asks for one.
 */
function readIp(packet: Packet, probe: Uint32Array, linkLocal: boolean): void {
  const { view } = packet
  for (let i = 1; i < packet.count; i++) {
    const at = packet.offset[i]!
    const end = packet.limit[i]!
    const layer = packet.layer[i]
    if (layer === LayerId.ipv6) {
      if (at + 24 > end || (!linkLocal && isLinkLocal(view.getUint32(at + 8)))) return
      for (let word = 0; word < 4; word++) probe[IP + word] = view.getUint32(at + 8 + 4 * word)
      return
    }
    if (layer === LayerId.ip || layer === LayerId.arp) {
      // RFC 791 section 3.1: the source is at 12; RFC 826, with lengths 6 and 4: the sender's address is at 14.
      if (layer === LayerId.arp && (at + 28 > end || view.getUint16(at + 4) !== 0x0604)) return
      const source = layer === LayerId.ip ? at + 12 : at + 14
      if (source + 4 > end) return
      const address = view.getUint32(source)
      if (address === 0) return
      probe[IP + 2] = 0xffff
      probe[IP + 3] = address
      return
    }
  }
}

/** Of the incoming frame: as the switch says, else by its outer tag; 0 for none. */
function vlanOf(view: SampleView, packet: Packet): number {
  const told = view.record(SWITCH)?.src_vlan
  if (told !== undefined && told > 0 && told <= MOST_VLAN) return told
  const tag = packet.find(LayerId.vlan)
  return tag < 0 ? 0 : packet.view.getUint16(packet.offset[tag]!) & 0xfff
}

/** As everywhere in our output: lower case, with colons. */
export function macText(high: number, low: number): string {
  const digits = high.toString(16).padStart(8, '0') + low.toString(16).padStart(4, '0')
  return digits.replace(/(..)(?=.)/g, '$1:')
}
