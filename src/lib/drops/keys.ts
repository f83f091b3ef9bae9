// Owns how a discarded packet is described in the flow language, and how a row of the flow engine is read back: reason, place,
// victim, details. See drops.ts for the folder. Start at dropKeys and readTold.

import type { KeyValue } from '../flow/rows.ts'
import { canonicalDropReason, dropReasonCode, dropReasonOf } from '../names/drop-reasons.ts'
import { ethertypes } from '../names/ethertypes.ts'
import { ipProtocols } from '../names/ip-protocols.ts'
import type { DropGrouping } from './groupings.ts'
import type { Detail, Reason, Victim } from './snapshot.ts'

/** A key is never missing: it is this text then. */
const MISSING = '-'
const always = (key: string) => `null:${key}:${MISSING}`

/** Of two ports the well-known one is the service; where none or both are, the destination's. */
const service = 'if:[range:dport:0:1023]:true:dport:[if:[range:sport:0:1023]:true:sport:dport]'

const placeKeys = [always('agent'), 'inputifindex', 'outputifindex']
const reasonKeys = [always('reason')]
const victimKeys = ['src', 'dst', 'proto', `[${service}]`, '[or:ipdscp:ip6dscp]', 'ethernetprotocol'].map(always)
const detailKeys = ['linuxreason', 'function', 'hwtrap', 'hwtrapgroup', 'queueindex', 'aclname', 'aclnumber'].map(
  always,
)

/** Of discards: place, reason, victim, details; further keys stand behind. */
export const toldKeys = [...placeKeys, ...reasonKeys, ...victimKeys, ...detailKeys].join(',')
export const TOLD_KEYS = placeKeys.length + reasonKeys.length + victimKeys.length + detailKeys.length
const REASON_AT = placeKeys.length
const VICTIM_AT = REASON_AT + reasonKeys.length
const DETAIL_AT = VICTIM_AT + victimKeys.length

/** What tells rows apart and no more, for timelines: place, reason and, where rows are by it, the victim. */
export function sliceKeys(by: readonly DropGrouping[]): string {
  return [...placeKeys, ...reasonKeys, ...(by.includes('victim') ? victimKeys : [])].join(',')
}
export const sliceKeyCount = (by: readonly DropGrouping[]): number =>
  VICTIM_AT + (by.includes('victim') ? victimKeys.length : 0)

/** Of flow samples: where packets leave, by which side they were sampled, and whose they are, without Ethernet types. */
export const culpritKeys = [always('agent'), 'outputifindex', always('direction'), ...victimKeys.slice(0, -1)].join(',')
const CULPRIT_VICTIM_AT = 3

/** Flows as sFlow-RT's exporter asks for them (exports.md 1.1), and the labels that they get. */
export const exportedKeys =
  'or:[node:inputifindex]:agent,or:[ifname:inputifindex]:inputifindex,null:reason:-,null:stack:-,null:macsource:-,null:macdestination:-,null:vlan:untagged,null:[or:ipsource:ip6source]:none,null:[or:ipdestination:ip6destination]:none,null:[or:icmptype:icmp6type:ipprotocol:ip6nexthdr]:none'
export const exportedLabels = [
  'switch',
  'port',
  'reason',
  'stack',
  'macsource',
  'macdestination',
  'vlan',
  'src',
  'dst',
  'protocol',
] as const

/** What one row of a flow engine says of the packets in it. */
export interface Told {
  /** Address; undefined where the agent has none. */
  readonly agent: string | undefined
  /** ifIndexes; undefined where none is told. */
  readonly input: number | undefined
  readonly output: number | undefined
  readonly reason: Reason
  readonly victim: Victim | null
  readonly further: readonly KeyValue[]
}

/** @param keys of these the first `count` are ours; with fewer than all there is no victim */
export function readTold(key: readonly KeyValue[], count: number): Told {
  return {
    agent: textOf(key[0]) ?? undefined,
    input: portIndex(key[1]),
    output: portIndex(key[2]),
    reason: reasonOf(key[REASON_AT]),
    victim: count > VICTIM_AT ? victimOf(key, VICTIM_AT) : null,
    further: key.slice(count).map((value) => (typeof value === 'string' ? withoutOffset(value) : value)),
  }
}

export function readDetail(key: readonly KeyValue[], packets: number): Detail {
  const text = (i: number) => textOf(key[DETAIL_AT + i])
  return {
    linuxReason: text(0),
    function: functionName(text(1)),
    trap: text(2),
    trapGroup: text(3),
    queue: numberOf(key[DETAIL_AT + 4]),
    // Some have numbers only.
    acl: text(5) || text(6),
    packets,
  }
}

/** `nft_do_chain` of `nft_do_chain+0x40f/0x630 [nf_tables]`: agents cut the text anywhere. */
export function functionName(symbol: string | null): string | null {
  return symbol?.replace(/\+.*$/, '') ?? null
}

/** As a key: one function is one row, wherever in it packets were dropped. Other texts have no `+0x`. */
function withoutOffset(value: string): string {
  return value.replace(/^([\w.]+)\+0x.*$/, '$1')
}

export interface ToldFlow {
  readonly agent: string | undefined
  readonly output: number | undefined
  /** It was sampled at that port. */
  readonly isOwn: boolean
  readonly victim: Victim
}

export function readCulprit(key: readonly KeyValue[]): ToldFlow {
  return {
    agent: textOf(key[0]) ?? undefined,
    output: portIndex(key[1]),
    isOwn: key[2] === 'egress',
    victim: victimOf(key, CULPRIT_VICTIM_AT),
  }
}

function victimOf(key: readonly KeyValue[], at: number): Victim {
  const protocol = numberOf(key[at + 2])
  const port = numberOf(key[at + 3])
  const type = numberOf(key[at + 5])
  return {
    src: textOf(key[at]),
    dst: textOf(key[at + 1]),
    protocol: protocol === null ? etherText(type) : protocolText(protocol, port),
    port,
    dscp: numberOf(key[at + 4]),
  }
}

const UDP = 17
/** InfiniBand's UDP port (IANA: roce). */
const ROCE = 4791
const IPV4 = 0x0800
const IPV6 = 0x86dd

function protocolText(protocol: number, port: number | null): string {
  if (protocol === UDP && port === ROCE) return 'RoCE'
  return ipProtocols.get(protocol) ?? `IP protocol ${protocol}`
}

function etherText(type: number | null): string | null {
  if (type === null) return null
  // Without a protocol its header is broken.
  if (type === IPV4 || type === IPV6) return type === IPV4 ? 'IPv4' : 'IPv6'
  return ethertypes.get(type) ?? `0x${type.toString(16).padStart(4, '0')}`
}

/** A flow sample's discard may have no reason. */
function reasonOf(value: KeyValue | undefined): Reason {
  if (value === MISSING || value === undefined || value === null) return { code: null, name: 'discard', group: null }
  // A code without a name is a number, or where other keys may be missing its digits.
  const told = /^\d+$/.test(String(value)) ? Number(value) : dropReasonCode(String(value))
  if (told === undefined) return { code: null, name: String(value), group: null }
  const code = canonicalDropReason(told)
  const known = dropReasonOf(code)
  return { code, name: known?.name ?? `reason ${code}`, group: known?.group ?? null }
}

/** What is no port (unknown, internal, multiple, discard) is a text. */
function portIndex(value: KeyValue | undefined): number | undefined {
  const index = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof index === 'number' && index > 0 ? index : undefined
}

function textOf(value: KeyValue | undefined): string | null {
  return value === MISSING || value === undefined || value === null ? null : String(value)
}

function numberOf(value: KeyValue | undefined): number | null {
  if (value === MISSING || value === undefined || value === null || value === '') return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}
