// Owns the picture of a path: the busiest way from host to host in one line, what leaves it below. Knows no terminal: a Style
// colours and measures. See path.ts for the folder. Start at pathPicture.

import { sumOf } from '../flow/amount.ts'
import type { Style } from '../print/style.ts'
import { shorten, shownNodes } from '../topo/shown-names.ts'
import { compact, delayText, hostText, nodeKey, shareText, ttlText } from './columns.ts'
import type { PathDrop, PathHop, PathWindow } from './snapshot.ts'

/** Other ways of one node that are listed; the rest is counted. */
const MOST_BRANCHES = 8
/** Reasons of drops that are listed at a node. */
const MOST_REASONS = 4
/** Of what leaves a node by its busiest port, on the way. */
const LEAST_ON = 0.01
/** Names are not longer in a picture. */
const LONGEST_NAME = 24
const LONGEST_PORT = 14

interface Branch {
  readonly text: string
  /** Where there is no room for that. */
  readonly short: string
  readonly tone: 'plain' | 'doubtful' | 'bad'
}

/** A node on the way, with the way into it. */
interface Stop {
  /** `─eth1▶ ` */
  readonly arrow: string
  /** Nobody sampled this step, or the node. */
  readonly isInferred: boolean
  readonly name: string
  /** Below the name, and where there is no room for that. */
  readonly below: readonly (readonly [text: string, short: string])[]
  readonly drops: readonly string[]
  /** Lines of the other ways that leave it. */
  readonly branches: readonly Branch[]
}

/** Lines of `width` columns at most, coloured; none where there is no hop. */
export function pathPicture(window: PathWindow, width: number, style: Style): string[] {
  const { hops, drops } = window
  const way = mainWay(window)
  const [first] = way
  if (first === undefined) return []
  const names = shownNodes(hops.flatMap(({ node, to }) => (to === null ? [node] : [node, to])))
  const nameOf = (name: string) => shorten(names.get(name) ?? name, LONGEST_NAME)
  const stops: Stop[] = []
  for (const [i, hop] of way.entries()) {
    const before = i === 0 ? null : way[i - 1]!
    const port = before === null ? firstPort(hop) : before.outPort
    // Which node comes next is known by links only.
    const state = before === null ? 'measured' : window.isLinked ? stateOf(before) : 'inferred'
    const isDashed = state === 'inferred' || state === 'neighbour'
    stops.push({
      arrow: arrowOf(port, state),
      isInferred: isDashed || hop.isSilent,
      name: hop.isSilent ? `${nameOf(hop.node)}?` : nameOf(hop.node),
      below: belowOf(hop, hops, window, style),
      drops: dropsAt(
        drops.filter((drop) => nodeKey(drop) === nodeKey(hop)),
        style,
      ),
      branches: branchesOf(hop, new Set(way.slice(0, i).map(({ node }) => node)), window, nameOf, style),
    })
  }
  const last = way.at(-1)!
  const end = last.to !== null ? nameOf(last.to) : last.hosts === null ? '' : hostText(last.hosts)
  if (last.outPort !== null) {
    stops.push({
      arrow: arrowOf(last.outPort, stateOf(last)),
      isInferred: false,
      name: end,
      below: [],
      drops: [],
      branches: [],
    })
  }
  const start = first.from === null ? '' : hostText(first.from)
  return layOut(start, stops, width, style)
}

/** The busiest of those where packets enter. */
function firstPort({ edgePorts, inPorts }: PathHop): string | null {
  return edgePorts[0] ?? inPorts[0] ?? null
}

/**
 * From where most packets enter, each time the busiest way on; no node twice. Of several pairs of hosts none leaves by the port
 * by which the way came in: those are others'. Without links the busiest node of each hop number.
 */
export function mainWay({ hops, isLinked, pairs }: PathWindow): readonly PathHop[] {
  if (!isLinked) return hops.filter(({ hop }, i) => hop !== hops[i - 1]?.hop)
  const way: PathHop[] = []
  const seen = new Set<string>()
  const byNode = Map.groupBy(hops, ({ node }) => node)
  for (let next: string | null | undefined = hops[0]?.node; next != null && !seen.has(next); next = way.at(-1)?.to) {
    seen.add(next)
    const exits = byNode.get(next)
    if (exits === undefined) break
    const port = way.length === 0 ? firstPort(exits[0]!) : way.at(-1)!.toPort
    const isOn = ({ outPort, to, state }: PathHop) =>
      outPort !== port && state !== 'unused' && !(to !== null && seen.has(to))
    const on = pairs > 1 ? exits.find(isOn) : undefined
    // Where hardly anything goes on, what leads back is no others' traffic: the topology may be wrong.
    way.push(on !== undefined && weight(on) > LEAST_ON * weight(exits[0]!) ? on : exits[0]!)
  }
  return way
}

const weight = ({ traffic: { packets } }: PathHop): number => (packets.total > 0 ? packets.total : packets.samples)

/** Of a link that only packets show it is a guess that they go that way. */
function stateOf({ state, link, to }: PathHop): PathHop['state'] {
  return link === null && to !== null ? 'inferred' : state
}

function arrowOf(port: string | null, state: PathHop['state']): string {
  const [line, head] = state === 'inferred' ? ['┄', '▷'] : ['─', '▶']
  return `${line}${shorten(port ?? '', LONGEST_PORT)}${head} `
}

/** Of the node, all its ways together: all that enters the fabric unless it is less for sure. */
function belowOf(hop: PathHop, hops: readonly PathHop[], { entering }: PathWindow, style: Style): [string, string][] {
  const packets = sumOf(hops.filter((other) => nodeKey(other) === nodeKey(hop)).map(({ traffic }) => traffic.packets))
  const whole = entering.packets
  const part = packets.high < whole.low ? packets.total / whole.total : 1
  const share = packets.total > 0 && whole.total > 0 ? shareText(part) : ''
  const ttl = hop.ttl === null ? '' : `TTL ${ttlText(hop.ttl)}`
  const lines: [string, string][] = [[`${ttl} ${share}`.trim(), ttl || share]]
  if (hop.delay !== null) lines.push([delayText(hop.delay.mean), delayText(hop.delay.mean)])
  if (hop.depth !== null) {
    const queue = hop.queues.length === 0 ? '' : ` in queue ${hop.queues[0]}${hop.queues.length > 1 ? ' …' : ''}`
    const depth = `${compact(hop.depth.mean, style)}B`
    lines.push([`${depth}${queue}`, depth])
  }
  return lines.filter(([text]) => text !== '')
}

/** By reason, those with most packets. */
function dropsAt(drops: readonly PathDrop[], style: Style): string[] {
  const reasons = [...Map.groupBy(drops, ({ reason, by }) => `${reason}${by === 'sampled' ? ' by samples' : ''}`)]
  const lines = reasons.map(([reason, rows]) => {
    const { total, samples } = sumOf(rows.map(({ packets }) => packets))
    const ports = [...new Set(rows.flatMap(({ inPort }) => (inPort === null ? [] : [inPort])))]
    const more = ports.length > 1 ? ` +${ports.length - 1}` : ''
    const where = ports.length === 0 ? '' : ` (in by ${shorten(ports[0]!, LONGEST_PORT)}${more})`
    const count = Number.isNaN(total) ? `${samples} samples` : compact(Math.round(total), style)
    return { total: total || samples, text: `✗ ${count} dropped: ${reason}${where}` }
  })
  lines.sort((a, b) => b.total - a.total)
  const shown = lines.slice(0, lines.length > MOST_REASONS ? MOST_REASONS - 1 : MOST_REASONS).map(({ text }) => text)
  const rest = lines.slice(shown.length)
  if (rest.length === 0) return shown
  const dropped = rest.reduce((sum, { total }) => sum + total, 0)
  return [...shown, `✗ ${compact(Math.round(dropped), style)} dropped for ${rest.length} other reasons`]
}

/** @param behind nodes before it on the way: of several flows those that lead back there are others */
function branchesOf(
  main: PathHop,
  behind: ReadonlySet<string>,
  { hops, drops, pairs }: PathWindow,
  nameOf: (name: string) => string,
  style: Style,
): Branch[] {
  const isBack = ({ to }: PathHop) => pairs > 1 && to !== null && behind.has(to)
  const others = hops.filter((hop) => hop !== main && nodeKey(hop) === nodeKey(main) && !isBack(hop))
  const lines = others.slice(0, MOST_BRANCHES).map((hop): Branch => {
    const { samples } = hop.traffic.packets
    const to = hop.to === null ? (hop.hosts === null ? '' : hostText(hop.hosts)) : nameOf(hop.to)
    const isFew = hop.expectedSamples !== null && samples < hop.expectedSamples / 2
    const [some, even] = [counted(samples, style), style.count(Math.round(hop.expectedSamples ?? 0))]
    const inferred = hop.state === 'inferred' ? ' inferred' : ''
    // Of a node that is on the busiest way too it is told there.
    const lost = hop.to === null ? [] : drops.filter(({ node }) => node === hop.to)
    const dropped = lost.reduce((sum, { packets }) => sum + (packets.total || packets.samples), 0)
    const drop = dropped > 0 ? ` ✗ ${compact(Math.round(dropped), style)} dropped` : ''
    const start = `${arrowOf(hop.outPort, hop.state).replace(/^[─┄]/, '└')}${to}  ${shareText(hop.share?.value ?? null)}`
    return {
      text: `${start}${errorOf(hop)}${inferred}${drop}${isFew ? ` (${some}; ${even} if shared evenly)` : ''}`,
      short: `${start}${inferred}${drop}${isFew ? ` (${some}, even: ${even})` : ''}`,
      tone: drop !== '' ? 'bad' : hop.state === 'unused' ? 'doubtful' : 'plain',
    }
  })
  const rest = others.length - lines.length
  const more = `└ ${style.count(rest)} more ways`
  return rest > 0 ? [...lines, { text: more, short: more, tone: 'plain' }] : lines
}

/** `±1.2`, in points of the share; nothing where a share is 0 or whole. */
function errorOf({ share }: PathHop): string {
  if (share === null || !(share.high > share.low) || share.value === 0 || share.value === 1) return ''
  const half = 50 * (share.high - share.low)
  return ` ±${half.toFixed(half < 9.95 ? 1 : 0)}`
}

function counted(samples: number, style: Style): string {
  const count = Math.round(samples)
  return `${style.count(count)} sample${count === 1 ? '' : 's'}`
}

/** As many stops a line as fit; below each line what belongs to them. */
function layOut(start: string, stops: readonly Stop[], width: number, style: Style): string[] {
  const lines: string[] = []
  let from = 0
  let lead = start === '' ? '' : `${cut(start, 40)} `
  while (from < stops.length) {
    const places: number[] = []
    let text = style.strong(style.escape(lead))
    let at = style.width(style.escape(lead))
    let to = from
    for (; to < stops.length; to++) {
      const { arrow, name, isInferred } = stops[to]!
      const [a, b] = [style.escape(arrow), style.escape(name)]
      const wide = style.width(a) + style.width(b)
      if (to > from && at + wide + 1 > width) break
      places.push(at + style.width(a))
      text += isInferred ? style.dim(a + b) : style.dim(a) + style.strong(b)
      text += ' '
      at += wide + 1
    }
    lines.push(text.trimEnd(), ...below(stops.slice(from, to), places, width, style))
    from = to
    lead = '  '
  }
  return lines
}

function below(stops: readonly Stop[], places: readonly number[], width: number, style: Style): string[] {
  const lines: string[] = []
  const most = Math.max(...stops.map((stop) => stop.below.length))
  for (let n = 0; n < most; n++) {
    let line = ''
    for (const [i, stop] of stops.entries()) {
      const told = stop.below[n]
      if (told === undefined) continue
      const [text, short] = told
      const end = stops[i + 1]?.below[n] === undefined ? width : places[i + 1]! - 1
      line = line.padEnd(places[i]!) + (places[i]! + text.length <= end ? text : short)
    }
    lines.push(style.dim(cut(line, width)))
  }
  for (const [i, stop] of stops.entries()) {
    const indent = ' '.repeat(places[i]!)
    for (const drop of stop.drops) lines.push(indent + style.bad(cut(style.escape(drop), width - places[i]!)))
    // Below the arrow that leaves it.
    const column = places[i]! + style.width(style.escape(stop.name)) + 1
    for (const { text, short, tone } of stop.branches) {
      const whole = style.escape(column + style.width(style.escape(text)) <= width ? text : short)
      const left = Math.max(2, Math.min(column, width - style.width(whole)))
      const line = cut(whole, width - left)
      lines.push(' '.repeat(left) + (tone === 'plain' ? line : style[tone](line)))
    }
  }
  return lines
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}
