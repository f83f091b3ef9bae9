// Owns the page of one packet in the screen of `sonde trace`: its whole route, and all that is known of the chosen step. See
// ../trace-screen.ts.

import { adviceOf } from '../../drops/reasons-advice.ts'
import { linuxReasons } from '../../names/drop-reason-choice.ts'
import { dropReasonOf } from '../../names/drop-reasons.ts'
import type { TraceStep } from '../../trace/step.ts'
import { formatCount } from '../numbers.ts'
import {
  type Answer,
  type Area,
  cellText,
  fitText,
  type KeyHint,
  type Page,
  TextPage,
  wrapText,
} from '../screen/screen.ts'
import { displayWidth, padEnd, truncate } from '../width.ts'
import { headLines } from './lines.ts'
import { clockText } from './packet-list.ts'
import { routeWindow } from './route-lines.ts'
import { endText, netnsText, stepSpan, stepsOf, type TraceRow, tupleText } from './row.ts'
import type { TraceState } from './state.ts'

/** From here on the step stands beside the route, not below. */
const BESIDE = 120
/** Columns of a step beside a route. */
const STEP_COLUMNS = 56

interface Field {
  readonly key: string
  readonly value: string
}

/** What a Linux drop reason means and what to look at; undefined for those that are not known here. */
function reasonAdvice(reason: string): { readonly meaning: string; readonly check: string } | undefined {
  const code = linuxReasons.get(reason)
  const known = code === undefined ? undefined : dropReasonOf(code)
  if (known === undefined) return undefined
  return adviceOf({ code: known.code, name: known.name, group: known.group }, null, [
    { linuxReason: reason, function: null },
  ])
}

const ethertypes: ReadonlyMap<number, string> = new Map([
  [0x0800, 'IPv4'],
  [0x0806, 'ARP'],
  [0x86dd, 'IPv6'],
  [0x8100, '802.1Q'],
  [0x8847, 'MPLS'],
])

function protocolText(ethertype: number): string {
  if (ethertype === 0) return '-'
  const name = ethertypes.get(ethertype)
  return `0x${ethertype.toString(16).padStart(4, '0')}${name === undefined ? '' : ` ${name}`}`
}

/** All that is known of a step. Safe for a terminal. */
function fieldsOf(step: TraceStep, row: TraceRow, before: TraceStep | undefined, utc: boolean): Field[] {
  const { netns, netnsName, interfaceName, interfaceIndex, mark } = step
  const since = (from: TraceStep) => stepSpan(Number(step.time - from.time))
  const after = before === undefined ? '' : `, +${since(before)}, ${since(row.first)} since the first`
  const fields: (Field | undefined)[] = [
    { key: 'time', value: `${clockText(step.time, utc)}${utc ? ' UTC' : ''}${after}` },
    step.droppedIn === '' ? undefined : { key: 'dropped in', value: cellText(step.droppedIn) },
    step.caller === '' ? undefined : { key: 'caller', value: cellText(step.caller) },
    { key: 'tuple', value: step.tuple === undefined ? '-' : cellText(tupleText(step.tuple)) },
    { key: 'skb', value: step.skb + (step.packet > 0 ? ` of packet ${step.packet}` : '') },
    { key: 'cpu', value: String(step.cpu) },
    { key: 'process', value: `${cellText(step.process)}:${step.pid}` },
    { key: 'netns', value: netnsName === '' ? netnsText(step) : `${netnsText(step)} (inode ${netns})` },
    { key: 'iface', value: interfaceIndex === 0 ? '-' : `${cellText(interfaceName)} (${interfaceIndex})` },
    { key: 'mark', value: mark === 0 ? '0' : `0x${mark.toString(16)}` },
    { key: 'proto', value: protocolText(step.ethertype) },
    { key: 'mtu', value: step.mtu === 0 ? '-' : String(step.mtu) },
    { key: 'len', value: String(step.length) },
    ...Object.entries(step.meta).map(([key, value]) => ({
      key: cellText(key),
      value: value === null ? '- (a pointer on the way is null)' : `${value} (0x${value.toString(16)})`,
    })),
  ]
  return fields.filter((field) => field !== undefined)
}

/** A step with all that is known of it. */
function stepLines(row: TraceRow, at: number, { columns, colours }: Area, utc: boolean): string[] {
  const steps = stepsOf(row)
  const step = steps[at]
  if (step === undefined) return []
  const isDrop = step === row.drop
  const text = (line: string) => wrapText(line, columns - 2).map((part) => ` ${part}`)
  const kind = step.isTracepoint ? ' (tracepoint)' : ''
  const lines = text(`${cellText(step.functionName)}${kind}`).map(colours.strong)
  if (step.reason !== '') {
    lines.push(...text(`${isDrop ? '✗ ' : ''}${cellText(step.reason)}`).map(isDrop ? colours.bad : colours.dim))
  }
  lines.push(...fieldLines(fieldsOf(step, row, steps[at - 1], utc), columns))
  const advice = isDrop ? reasonAdvice(step.reason) : undefined
  if (advice !== undefined) lines.push(...text(advice.meaning), ...text(advice.check).map(colours.dim))
  if (step.stack.length > 0) {
    lines.push(colours.strong(' stack'), ...step.stack.map((frame) => truncate(`   ${cellText(frame)}`, columns)))
  }
  return lines
}

/** One a line where that is narrow, else as many as fit side by side; the first ones, which are long, have their own. */
function fieldLines(fields: readonly Field[], columns: number): string[] {
  const lines: string[] = []
  if (columns <= STEP_COLUMNS + 4) {
    const wide = Math.max(...fields.map(({ key }) => displayWidth(key)))
    for (const { key, value } of fields) {
      lines.push(...wrapText(`${padEnd(key, wide)}  ${value}`, columns - 2, wide + 2).map((part) => ` ${part}`))
    }
    return lines
  }
  let line = ''
  for (const { key, value } of fields) {
    const item = `${key} ${value}`
    if (line !== '' && displayWidth(line) + displayWidth(item) + 4 > columns) {
      lines.push(line)
      line = ''
    }
    line += line === '' ? ` ${item}` : `   ${item}`
  }
  if (line !== '') lines.push(line)
  return lines.flatMap((whole) => wrapText(whole.slice(1), columns - 2, 2).map((part) => ` ${part}`))
}

/** `tcp 10.0.0.1:38932 → 10.0.0.2:443 SYN · ✗ NETFILTER_DROP · 12 steps in 48.2 µs` */
export function packetTitle(row: TraceRow, { columns, colours }: Area): string {
  const who = row.tuple === undefined ? row.first.skb : cellText(tupleText(row.tuple))
  const steps = row.count + row.leftOut
  const how = steps === 1 ? '1 step' : `${formatCount(steps)} steps in ${stepSpan(row.spanNs)}`
  const parts = [who, ...(row.drop === undefined ? [] : [endText(row)]), how]
  const text = truncate(` ${parts.join(' · ')}`, columns)
  return row.drop === undefined ? colours.strong(text) : colours.bad(text)
}

/** One packet. It stays as it was seen last when the list lets it go. */
export class PacketPage implements Page<TraceState> {
  readonly hints: readonly KeyHint[] = [
    { key: '↑ ↓', label: 'step', help: 'choose a step: all that is known of it stands below or beside' },
    { key: '↵', label: 'all of it', help: 'the chosen step on a page of its own, with its stack' },
  ]
  readonly help: readonly string[] = [
    'AFTER: time since the step before; the bar is the part of the packet’s whole time.',
    'CHANGED: network namespace and interface in brackets, length, mark, addresses, buffer and CPU, where they are others than at the step before.',
    'A step is a function that was called with the packet’s buffer. What it does in between, and functions that are not watched, are not seen.',
  ]
  #row: TraceRow
  #state: TraceState | undefined
  readonly #utc: boolean
  #at: number
  #top = 0
  #height = 1

  constructor(row: TraceRow, utc: boolean) {
    this.#row = row
    this.#utc = utc
    // Where it was dropped is what most people come for.
    this.#at = row.drop === undefined ? 0 : Math.max(0, stepsOf(row).indexOf(row.drop))
  }

  take(state: TraceState): void {
    this.#state = state
    this.#row = state.rows.find(({ id }) => id === this.#row.id) ?? this.#row
  }

  draw(area: Area): readonly string[] {
    const s = this.#state
    if (s === undefined) return []
    const head = [...headLines(s, area), packetTitle(this.#row, area)]
    const rows = Math.max(2, area.rows - head.length)
    return [...head, ...(area.columns >= BESIDE ? this.#beside({ ...area, rows }) : this.#below({ ...area, rows }))]
  }

  #route(area: Area): string[] {
    const last = this.#row.count - 1
    this.#at = Math.max(0, Math.min(this.#at, last))
    this.#height = Math.max(1, area.rows - 1)
    if (this.#at < this.#top) this.#top = this.#at
    if (this.#at >= this.#top + this.#height) this.#top = this.#at - this.#height + 1
    this.#top = Math.max(0, Math.min(this.#top, last + 1 - this.#height))
    return routeWindow(this.#row, this.#at, this.#top, area)
  }

  #beside(area: Area): string[] {
    const { columns, rows, colours } = area
    const wide = columns - STEP_COLUMNS - 3
    const left = this.#route({ ...area, columns: wide })
    const right = cutLines(stepLines(this.#row, this.#at, { ...area, columns: STEP_COLUMNS }, this.#utc), {
      ...area,
      columns: STEP_COLUMNS,
    })
    return Array.from(
      { length: rows },
      (_, n) => `${padEnd(left[n] ?? '', wide)} ${colours.dim('│')} ${right[n] ?? ''}`,
    )
  }

  #below(area: Area): string[] {
    const { columns, rows, colours } = area
    const step = stepLines(this.#row, this.#at, area, this.#utc)
    // As high for each step, so that the route stays; never more than half of it all.
    const low = Math.min(Math.max(6, Math.min(12, rows >> 1)), rows >> 1)
    const route = this.#route({ ...area, rows: rows - low - 1 })
    const lines = [...route]
    while (lines.length < rows - low - 1) lines.push('')
    const which = `── step ${formatCount(this.#at + 1)} of ${formatCount(this.#row.count)} `
    lines.push(colours.dim(which.padEnd(columns, '─')))
    return [...lines, ...cutLines(step, { ...area, rows: low })]
  }

  press(key: string): Answer<TraceState> {
    if (key === 'up') this.#at--
    else if (key === 'down') this.#at++
    else if (key === 'pageup') this.#at -= this.#height
    else if (key === 'pagedown') this.#at += this.#height
    else if (key === 'home') this.#at = 0
    else if (key === 'end') this.#at = Number.MAX_SAFE_INTEGER
    else if (key === 'enter') return this.#stepPage()
    this.#at = Math.max(0, Math.min(this.#at, this.#row.count - 1))
    return undefined
  }

  #stepPage(): TextPage<TraceState> {
    const [row, at, utc] = [this.#row, this.#at, this.#utc]
    return new TextPage({
      head: (s, area) => [
        ...headLines(s, area),
        packetTitle(row, area),
        area.colours.dim(fitText(` step ${formatCount(at + 1)} of ${formatCount(row.count)}`, area.columns)),
      ],
      body: (_, area) => stepLines(row, at, area, utc),
    })
  }
}

/** The first lines, where there are more than rows with a word on that. */
function cutLines(lines: readonly string[], { columns, rows, colours }: Area): string[] {
  if (lines.length <= rows) return [...lines]
  const more = ` … ${formatCount(lines.length - rows + 1)} more lines, ↵ shows them`
  return [...lines.slice(0, Math.max(0, rows - 1)), colours.dim(fitText(more, columns))]
}
