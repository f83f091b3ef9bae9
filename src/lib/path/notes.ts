// Owns what makes a path doubtful, as sentences for a person. Knows no engine. See path.ts for the folder. Start at pathNotes.

import { formatCount } from '../errors.ts'
import type { FlowWindow } from '../flow/rows.ts'
import { capital, contradictionNotes, fewNotes } from '../topo/agents-say.ts'
import { classOfName } from '../topo/class-of-name.ts'
import { missingLinkText } from '../topo/missing-links.ts'
import type { SeenNode } from './seen.ts'
import type { PathHop } from './snapshot.ts'
import type { Trusted } from './trust.ts'
import type { LinkDoubt, Ways } from './ways.ts'

/** Names in a note. */
const MOST_NAMED = 5

export interface NoteFacts {
  readonly paths: FlowWindow
  /** Ways through switches that are used at most. */
  readonly mostRows: number
  /** What is on the way. */
  readonly nodes: ReadonlyMap<string, SeenNode>
  readonly hops: readonly PathHop[]
  readonly ways: Ways
  /** Undefined without a topology. */
  readonly trusted: Trusted | undefined
  /** Agents outside the topology that saw these packets; they are left out where others are in it. */
  readonly strangers: readonly string[]
  readonly pairs: number
  /** Nodes any of whose flow samples came, of these packets or others. */
  readonly heard: () => ReadonlySet<string>
}

/** First what is wrong with the topology, then what is not known. */
export function pathNotes(facts: NoteFacts): string[] {
  const { hops, ways, trusted } = facts
  return [
    ...(trusted === undefined ? [] : contradicted(facts, trusted)),
    ...fewNotes(ways.doubts.map(doubtText)),
    ...silence(facts),
    ...strange(facts),
    ...crossing(facts, hops),
    ...scale(facts),
  ]
}

function contradicted({ nodes, strangers }: NoteFacts, { contradictions, missing }: Trusted): string[] {
  const here = contradictions.filter(
    ({ node, others }) =>
      node === null || strangers.length > 0 || nodes.has(node) || others.some((other) => nodes.has(other)),
  )
  // Of links that are there under another spelling it is told already.
  const isSpelling = contradictions.some(({ kind }) => kind === 'ports')
  return [
    ...contradictionNotes(here),
    ...(isSpelling ? [] : fewNotes(missing.map((link) => capital(missingLinkText(link))))),
  ]
}

function doubtText({ way, sent, received }: LinkDoubt): string {
  const from = `${way.from} sent ${sent.packets.samples === 0 ? 'nothing' : packetsText(sent)} by ${way.fromPort}`
  const end = `${way.to} received ${received.packets.samples === 0 ? 'nothing' : packetsText(received)} by the link's other end ${way.toPort}`
  return `${from}, but ${end}: is the cable where the topology says?`
}

function packetsText({ packets }: LinkDoubt['sent']): string {
  return packets.total > 0 ? `${formatCount(Math.round(packets.total))} packets` : 'packets'
}

/** Nodes on the way that told nothing: whether they sample at all decides what to look for. */
function silence({ hops, heard }: NoteFacts): string[] {
  const silent = [...new Set(hops.filter(({ isSilent }) => isSilent).map(({ node }) => node))]
  if (silent.length === 0) return []
  const known = heard()
  const dead = silent.filter((node) => !known.has(node))
  const hosts = dead.filter((node) => classOfName(node) === 'host')
  const switches = dead.filter((node) => !hosts.includes(node))
  const notes: string[] = []
  if (switches.length > 0) {
    const one = switches.length === 1
    notes.push(
      `${named(switches)} sent no flow samples: ${one ? 'its part' : 'their parts'} of the path ${one ? 'is' : 'are'} told by neighbours and by shortest ways.`,
    )
  }
  if (hosts.length > 0) {
    const [what, isA] = hosts.length === 1 ? ['its link makes', 'a host'] : ['their links make', 'hosts']
    notes.push(
      `${named(hosts)} ${hosts.length === 1 ? 'is' : 'are'} ${isA} by name, and ${what} an access port one of the fabric's inside: links are for switches only, sonde topo import leaves hosts out.`,
    )
  }
  return notes
}

function strange({ strangers, nodes, trusted }: NoteFacts): string[] {
  if (trusted === undefined || strangers.length === 0) return []
  if (![...nodes.values()].some(({ isInTopology }) => isInTopology)) {
    return [`${named(strangers)}: not in the topology, so that no link is known and the order is by TTL.`]
  }
  return [
    `${named(strangers)} saw these packets too, but ${strangers.length === 1 ? 'is' : 'are'} not in the topology and left out.`,
  ]
}

/** Ways that are used in both directions: of many flows the picture is no way of one packet. */
function crossing({ ways, pairs }: NoteFacts, hops: readonly PathHop[]): string[] {
  const forth = new Set(
    hops.flatMap(({ node, to, state }) => (to === null || state === 'unused' ? [] : [`${node}\n${to}`])),
  )
  const both = ways.bothWays.filter(({ from, to }) => forth.has(`${from}\n${to}`))
  if (both.length === 0) return []
  const links = both.length === 1 ? 'a link' : `${formatCount(both.length)} links`
  if (pairs > 1) {
    return [
      `Packets of ${formatCount(pairs)} pairs of hosts go both ways over ${links}: shares are of all of them, and the picture is the busiest way without those that lead back. A --filter with source and destination shows one.`,
    ]
  }
  const { from, to } = both[0]!
  return [`Packets of one pair of hosts go from ${from} to ${to} and back: a loop?`]
}

function scale({ paths: { sources, bound, flows, loss }, mostRows }: NoteFacts): string[] {
  const notes: string[] = []
  const of = (kind: string) => [...new Set(sources.filter((x) => x.kind === kind).map(({ agent }) => agent))]
  const unscaled = of('no rate')
  if (unscaled.length > 0) {
    notes.push(
      `${named(unscaled)} gave no sampling rate: how many packets there were is not known (--sampling-rate gives it).`,
    )
  }
  const off = of('rate off')
  if (off.length > 0) {
    notes.push(
      `${named(off)} did not sample at the rate that it says: its sample pool is used. sonde top-flows tells more.`,
    )
  }
  if (bound.hit) {
    notes.push(`More than ${formatCount(bound.maxFlows)} ways through switches: the smallest are left out.`)
  } else if (flows > mostRows) {
    notes.push(`${formatCount(flows)} ways through switches: the largest ${formatCount(mostRows)} are used.`)
  }
  if (loss.tooLate > 0) {
    notes.push(
      `${formatCount(loss.tooLate)} samples came when their window was over, and are in none: --lateness keeps windows open longer.`,
    )
  }
  return notes
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).join(', ')
  return names.length > MOST_NAMED ? `${shown} and ${formatCount(names.length - MOST_NAMED)} more` : shown
}
