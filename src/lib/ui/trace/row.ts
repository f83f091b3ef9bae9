// Owns a packet as the screen of `sonde trace` lists it, and what of it is written in one cell. Knows no terminal.
// See ../trace-screen.ts.

import type { PacketTrack } from '../../trace/packets.ts'
import type { TraceStep, Tuple } from '../../trace/step.ts'
import { cellText, spanCell, truncateMiddle } from '../screen/screen.ts'
import { truncate } from '../width.ts'

/** A packet as far as it was seen when the row was made: its steps may go on, the row does not. */
export interface TraceRow {
  /** Of the packet; higher for one that was first seen later. */
  readonly id: number
  /** Of these only the first `count` are the row's: the array is the packet's own, which grows. */
  readonly steps: readonly TraceStep[]
  readonly count: number
  /** Further steps, of which nothing is kept. */
  readonly leftOut: number
  readonly first: TraceStep
  readonly last: TraceStep
  /** From the first step to the last, ns. */
  readonly spanNs: number
  /** Where it was dropped. */
  readonly drop: TraceStep | undefined
  /** Of the first step that has one: what it was before NAT and tunnels. */
  readonly tuple: Tuple | undefined
}

/** A packet as it is now. */
export function rowOf({ id, steps, leftOut, first, last, dropped }: PacketTrack): TraceRow {
  return {
    id,
    steps,
    count: steps.length,
    leftOut,
    first,
    last,
    spanNs: Number(last.time - first.time),
    drop: dropped,
    tuple: steps.find(({ tuple }) => tuple !== undefined)?.tuple,
  }
}

/** Columns of a part of a word that still says something: ` rep…`. */
const LEAST_WORD = 5

/** The steps that a row has. */
export const stepsOf = ({ steps, count }: TraceRow): readonly TraceStep[] =>
  steps.length === count ? steps : steps.slice(0, count)

const units = [
  [1e3, 'ns'],
  [1e6, 'µs'],
  [1e9, 'ms'],
] as const

/** A span in 7 columns, `812 ns`, `12.4 µs`, `3.10 ms`, `2.04 s`, from 100 s on `3m`; 8 where it is negative. @param ns nanoseconds */
export function stepSpan(ns: number): string {
  if (ns < 0) return `-${stepSpan(-ns)}`
  if (ns >= 99.95e9) return spanCell(ns / 1e6)
  let scale = 1
  for (const [below, unit] of units) {
    // What would be rounded up to 1000 belongs to the next unit.
    if (ns < below - 0.5 * scale) return `${scale === 1 ? Math.round(ns) : threeDigits(ns / scale)} ${unit}`
    scale = below
  }
  return `${threeDigits(ns / scale)} s`
}

const threeDigits = (value: number): string =>
  value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2)

/** A side of a tuple, `10.0.0.1:443`, `[fe80::1]:443`. */
export function endpointText(address: string, port: number | undefined): string {
  if (port === undefined) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** `tcp 10.0.0.1:38932 → 10.0.0.2:443 SYN`, `icmp 10.0.0.1 → 10.0.0.2 echo request`, all of it. Not yet safe for a terminal. */
export function tupleText({ protocol, source, sourcePort, destination, destinationPort, ...more }: Tuple): string {
  const sides = `${endpointText(source, sourcePort)} → ${endpointText(destination, destinationPort)}`
  const says = more.flags ?? more.message
  return `${protocol} ${sides}${says === undefined ? '' : ` ${says}`}`
}

/**
 * A packet in `width` columns. Where that is narrow, first what TCP and ICMP say goes, then the higher of the ports, which tells
 * least, then the middle of addresses. Safe for a terminal.
 */
export function packetCell({ tuple, first }: TraceRow, width: number): string {
  if (tuple === undefined) return unknownText(first)
  const whole = cellText(tupleText(tuple))
  if (whole.length <= width) return whole
  const { source, sourcePort = 0, destination, destinationPort = 0 } = tuple
  const name = cellText(tuple.protocol)
  const from = cellText(endpointText(source, sourcePort > destinationPort ? undefined : tuple.sourcePort))
  const to = cellText(endpointText(destination, destinationPort > sourcePort ? undefined : tuple.destinationPort))
  const ends = `${cellText(endpointText(source, tuple.sourcePort))} → ${cellText(endpointText(destination, tuple.destinationPort))}`
  const plain = `${name} ${ends}`
  // As much of what it says as tells something.
  if (plain.length + LEAST_WORD <= width) return truncate(whole, width)
  for (const text of [plain, `${name} ${from} → ${to}`, `${name} ${from}→${to}`]) {
    if (text.length <= width) return text
  }
  const room = width - name.length - 2
  // A short side leaves its room to the other.
  const left = Math.min(from.length, Math.max(Math.floor(room / 2), room - to.length))
  const shown = truncateMiddle(from, left)
  return `${name} ${shown}→${truncateMiddle(to, room - shown.length)}`
}

/** What there is to say of a packet without addresses. */
function unknownText({ ethertype, skb }: TraceStep): string {
  return ethertype === 0 ? skb : `0x${ethertype.toString(16).padStart(4, '0')} ${skb}`
}

/** How far it came: `✗ NETFILTER_DROP`, else the function seen last. Safe for a terminal. */
export function endText({ drop, last }: TraceRow): string {
  return drop === undefined ? cellText(last.functionName) : `✗ ${cellText(drop.reason || drop.functionName)}`
}

/** The network namespace by its name, else by its inode; `-` where it is not known. Safe for a terminal. */
export function netnsText({ netns, netnsName }: Pick<TraceStep, 'netns' | 'netnsName'>): string {
  if (netnsName !== '') return cellText(netnsName)
  return netns === 0 ? '-' : String(netns)
}
