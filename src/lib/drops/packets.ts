// Owns `sonde drops --format pcap`: the headers of dropped packets as a capture, each with its reason as comment, an interface a
// place. See drops.ts for the folder. Start at packetsAnalysis.

import type { AgentTable } from '../agents/agents.ts'
import { AGENT_KEY } from '../agents/columns.ts'
import type { Analysis } from '../analysis/analysis.ts'
import type { Engine } from '../analysis/engine.ts'
import { type SampleView, slotOf } from '../attributes/context.ts'
import { formatCount } from '../errors.ts'
import { compileFilter, parseFilter } from '../expression/expression.ts'
import { canonicalDropReason, dropReasonOf } from '../names/drop-reasons.ts'
import { linkTypes } from '../print/pcap.ts'
import { packetLength } from '../sflow/header-length.ts'
import { ifIndexOf, interfaceFormat } from '../sflow/interface.ts'
import { extended_acl, extended_egress_queue, extended_function } from '../sflow/records/drops.ts'
import { extended_hw_trap, extended_linux_drop_reason, extended_timestamp } from '../sflow/records/host-sflow.ts'
import { sampled_header } from '../sflow/records/version-5.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { Walker } from '../sflow/walker.ts'
import { writePcapngInterface, writePcapngPacket, writePcapngSection } from '../sink/pcapng-writer.ts'
import { TopologyIndex } from '../topo/topology-index.ts'
import { addressText } from '../wire/address-text.ts'
import { tagValue } from '../wire/record.ts'
import { TextBuffer } from '../wire/text.ts'
import { agentsAdvice } from './analysis.ts'
import { functionName } from './keys.ts'
import { Places } from './places.ts'
import type { DropsSettings } from './query.ts'
import { detailText, placeText } from './texts.ts'

/** Ports that have an interface of their own; all others share one a link type. */
const MOST_PORTS = 4096
const HEADER = tagValue(sampled_header.tag)
const QUEUE = slotOf(extended_egress_queue)
const ACL = slotOf(extended_acl)
const FUNCTION = slotOf(extended_function)
const TRAP = slotOf(extended_hw_trap)
const LINUX = slotOf(extended_linux_drop_reason)
const TIME = tagValue(extended_timestamp.tag)
const NS_PER_S = 1_000_000_000n

/** What is ready to be written. */
interface Packets {
  readonly bytes: Uint8Array
}

/** @throws InputError for a filter that is not understood */
export function packetsAnalysis(
  filter: string,
  settings: DropsSettings,
  tell: (line: string) => void,
): Analysis<Packets, never> {
  if (filter !== '') parseFilter(filter, '--filter')
  return {
    engine: (agents) => new PacketsEngine(filter, settings, agents, tell),
    sheet: { columns: [], rows: () => [], heading: () => '', about: () => ({}) },
    metrics: () => {},
    facts: () => ({}),
    factNames: [],
    noFacts: {},
    isEmpty: () => false,
    notes: () => [],
    when: () => undefined,
    explainEmpty: () => '',
    form: () => ({
      begin: (out) => writePcapngSection(out, 'dropped packets as sFlow agents told of them: the first bytes of each'),
      window({ bytes }, out) {
        out.ensure(bytes.length)
        out.bytes.set(bytes, out.length)
        out.length += bytes.length
      },
      end() {},
    }),
  }
}

class PacketsEngine implements Engine<Packets> {
  readonly #agents: AgentTable
  readonly #places: Places
  readonly #filter: ((view: SampleView) => boolean) | undefined
  readonly #tell: (line: string) => void
  readonly #out = new TextBuffer()
  /** Interfaces by link type and place. */
  readonly #ports = new Map<string, number>()
  readonly #decoder = new TextDecoder()
  #written = 0
  #headerless = 0

  constructor(filter: string, settings: DropsSettings, agents: AgentTable, tell: (line: string) => void) {
    const { topology, names, ignoreCase } = settings
    const index = new TopologyIndex(topology, names || topology !== undefined ? agents.names : undefined, {
      ignoreCase,
    })
    const data = { ...settings.data, hosts: agents.hosts, ports: index }
    this.#agents = agents
    this.#places = new Places(index)
    this.#filter = filter === '' ? undefined : compileFilter(parseFilter(filter, '--filter'), data)
    this.#tell = tell
  }

  /** A discard, or a flow sample whose output is one. Each has a comment of its own, so a text is made for each. */
  sample(view: SampleView): void {
    const w = view.walker
    const isTold = w.sampleKind === SampleKind.discard
    const isDrop = isTold || (w.sampleKind === SampleKind.flow && w.outputFormat === interfaceFormat.discard)
    if (!isDrop || w.sampleBroken) return
    if (this.#filter !== undefined && !this.#filter(view)) return
    const i = w.findRecord(HEADER)
    const at = i < 0 ? -1 : w.recordOffset[i]!
    const left = i < 0 ? -1 : w.recordEnd[i]! - at - 16
    const length = left < 0 ? -1 : w.view.getUint32(at + 12)
    const linkType = left < 0 ? undefined : linkTypes.get(w.view.getUint32(at))
    if (linkType === undefined || length > left) {
      this.#headerless++
      return
    }
    const reason = isTold ? w.reason : w.outputValue
    const port = this.#port(w, linkType)
    const time = this.#time(w, view)
    this.#written++
    writePcapngPacket(this.#out, {
      port,
      ...time,
      source: w.view,
      at: at + 16,
      length,
      original: packetLength(w.view, at, isTold),
      comment: this.#comment(view, reason, isTold),
    })
  }

  advance(): readonly Packets[] {
    return this.#out.length === 0 ? nothing : [this.#take()]
  }

  finish(): readonly Packets[] {
    if (this.#headerless > 0) {
      const count = formatCount(this.#headerless)
      this.#tell(`${count} drops are not in the capture: they came without a header, or with one of unknown kind.`)
    }
    if (this.#written === 0) this.#tell(`The capture is without packets: no drop had a header. ${agentsAdvice}`)
    return this.#out.length === 0 ? nothing : [this.#take()]
  }

  #take(): Packets {
    const bytes = this.#out.bytes.slice(0, this.#out.length)
    this.#out.clear()
    return { bytes }
  }

  #port(w: Walker, linkType: number): number {
    const agent = addressText(this.#agents.agents.keys, this.#agents.agent * AGENT_KEY) ?? '::'
    const input = ifIndexOf(w.inputFormat, w.inputValue)
    const output = ifIndexOf(w.outputFormat, w.outputValue)
    const place = this.#places.of({ agent, input, output })
    const own = `${linkType} ${place.id}`
    const key = this.#ports.has(own) || this.#ports.size < MOST_PORTS ? own : `${linkType}`
    const known = this.#ports.get(key)
    if (known !== undefined) return known
    const number = this.#ports.size
    this.#ports.set(key, number)
    const isOwn = key === own
    const of = isOwn
      ? `agent ${agent}, ifIndex ${place.ifIndex ?? 'not told'}${place.direction === null ? '' : `, ${place.direction}`}`
      : ''
    writePcapngInterface(this.#out, linkType, isOwn ? placeText(place) : 'other ports', of)
    return number
  }

  /** When it was dropped, where the agent tells (0:1043); else of the datagram. */
  #time(w: Walker, view: SampleView): { sec: number; nsec: number } {
    const i = w.findRecord(TIME)
    if (i >= 0 && w.recordEnd[i]! - w.recordOffset[i]! >= 8) {
      const ns = w.view.getBigUint64(w.recordOffset[i]!)
      if (ns / NS_PER_S <= 0xffffffffn) return { sec: Number(ns / NS_PER_S), nsec: Number(ns % NS_PER_S) }
    }
    return { sec: view.sec, nsec: view.nsec }
  }

  /** `acl (258, ACL); NETFILTER_DROP in nft_do_chain` */
  #comment(view: SampleView, told: number, isTold: boolean): string {
    const code = canonicalDropReason(told)
    const reason = dropReasonOf(code)
    const text = (record: Record<string, number> | null, field: string): string | null => {
      if (record === null) return null
      const at = record[`${field}_at`]!
      return this.#decoder.decode(view.walker.bytes.subarray(at, at + record[`${field}_length`]!))
    }
    const detail = detailText({
      linuxReason: text(view.record(LINUX), 'reason'),
      function: functionName(text(view.record(FUNCTION), 'symbol')),
      trap: text(view.record(TRAP), 'trap'),
      trapGroup: text(view.record(TRAP), 'group'),
      queue: view.record(QUEUE)?.queue ?? null,
      acl: text(view.record(ACL), 'name') || (view.record(ACL)?.number?.toString() ?? null),
    })
    const name = reason === undefined ? `reason ${code}` : `${reason.name} (${code}, ${reason.group})`
    const parts = [name, detail, isTold ? '' : `1 in ${view.walker.samplingRate} sampled`]
    return parts.filter((part) => part !== '').join('; ')
  }
}

const nothing: readonly Packets[] = Object.freeze([])
