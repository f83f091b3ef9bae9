// Owns a packet's route as lines, one a step: how long after the one before, which function, what changed. See ../trace-screen.ts.

import type { TraceStep } from '../../trace/step.ts'
import { blockBar } from '../block-bar.ts'
import type { Colours } from '../colour.ts'
import { formatCount } from '../numbers.ts'
import { type Area, cellText, fitText } from '../screen/screen.ts'
import { displayWidth, padEnd, truncate } from '../width.ts'
import { netnsText, stepSpan, stepsOf, type TraceRow, tupleText } from './row.ts'

/** `-12.4 µs` is the longest. */
const SPAN = 8
/** Columns of the bar that says where time went. */
const BAR = 6
/** Least columns for what changed, where it is shown. */
const CHANGES = 12

/** Reasons that say no more than the function does. */
const consumed: ReadonlySet<string> = new Set(['SKB_CONSUMED', 'CONSUMED'])

/** The line of one step, and what of it is worth a colour. */
interface RouteLine {
  readonly span: string
  readonly share: number
  readonly name: string
  readonly isDrop: boolean
  readonly changes: string
}

const spanNs = (from: TraceStep, to: TraceStep): number => Number(to.time - from.time)

/** `✗ kfree_skb NETFILTER_DROP`. Safe for a terminal. */
function nameOf({ functionName, reason }: TraceStep, isDrop: boolean): string {
  const name = cellText(functionName)
  if (isDrop) return `✗ ${name}${reason === '' ? '' : ` ${cellText(reason)}`}`
  return reason === '' || consumed.has(reason) ? name : `${name} ${cellText(reason)}`
}

const hex = (value: number): string => (value === 0 ? '0' : `0x${value.toString(16)}`)

/** What is new with a step, or all that counts with the first one. Safe for a terminal. */
export function changesOf(step: TraceStep, before: TraceStep | undefined): string {
  const parts: string[] = []
  const place = [
    ...(step.netns !== before?.netns && step.netns !== 0 ? [netnsText(step)] : []),
    ...(step.interfaceName !== before?.interfaceName && step.interfaceName !== ''
      ? [cellText(step.interfaceName)]
      : []),
  ]
  if (place.length > 0) parts.push(`[${place.join(' ')}]`)
  if (step.droppedIn !== '') parts.push(`in ${cellText(step.droppedIn)}`)
  if (before === undefined) {
    parts.push(`len ${step.length}`)
    if (step.mark !== 0) parts.push(`mark ${hex(step.mark)}`)
  } else {
    if (step.length !== before.length) parts.push(`len ${before.length}→${step.length}`)
    if (step.mark !== before.mark) parts.push(`mark ${hex(before.mark)}→${hex(step.mark)}`)
    const [now, then] = [step.tuple, before.tuple].map((tuple) => (tuple === undefined ? '' : tupleText(tuple)))
    if (now !== then && now !== '' && then !== '') parts.push(cellText(now!))
    if (step.skb !== before.skb) parts.push(`skb ${step.skb}`)
    if (step.cpu !== before.cpu) parts.push(`cpu ${step.cpu}`)
  }
  if (step.caller !== '') parts.push(`← ${cellText(step.caller)}`)
  return parts.join('  ')
}

/** All of a route. */
function routeLines(row: TraceRow): RouteLine[] {
  let before: TraceStep | undefined
  const whole = Math.max(1, row.spanNs)
  return stepsOf(row).map((step) => {
    const ns = before === undefined ? 0 : spanNs(before, step)
    const isDrop = step === row.drop
    const line = {
      span: before === undefined ? '' : stepSpan(ns),
      share: ns / whole,
      name: nameOf(step, isDrop),
      isDrop,
      changes: changesOf(step, before),
    }
    before = step
    return line
  })
}

/** Functions side by side with what changed: columns of the names. */
function nameWidth(lines: readonly RouteLine[], columns: number): number {
  const room = columns - SPAN - BAR - 4
  const longest = lines.reduce(
    // That of a drop goes on into the next column.
    (wide, { name, isDrop }) => (isDrop ? wide : Math.max(wide, displayWidth(name))),
    'FUNCTION'.length,
  )
  return Math.max(8, Math.min(longest, room - CHANGES - 2))
}

function drawLine(
  { span, share, name, isDrop, changes }: RouteLine,
  wide: number,
  columns: number,
  mark: string,
  colours: Colours,
): string {
  const bar = blockBar(share, BAR)
  const head = `${mark}${fitText(span, SPAN, 'right')} ${bar} `
  const room = columns - SPAN - BAR - 3
  const paint = isDrop ? colours.bad : mark === ' ' ? undefined : colours.accent
  // A name that is longer than its column goes on into that of changes.
  const text = truncate(changes === '' ? name : padEnd(name, wide), room)
  const shown = paint === undefined ? text : paint(text)
  const left = room - displayWidth(text) - 2
  if (changes === '' || left < 1) return head + shown
  const more = truncate(changes, left)
  return `${head}${shown}  ${isDrop ? colours.bad(more) : colours.dim(more)}`
}

/** The titles above a route. */
function header(wide: number, columns: number): string {
  const room = columns - SPAN - BAR - 3
  const title = room - wide - 2 >= CHANGES ? `${fitText('FUNCTION', wide)}  CHANGED` : 'FUNCTION'
  return truncate(` ${fitText('AFTER', SPAN, 'right')} ${fitText('', BAR)} ${title}`, columns)
}

/**
 * The beginning and the end of a route where it has more steps than lines: where it came from, and where it ended.
 * @returns `area.rows` lines at most
 */
export function routePane(row: TraceRow, { columns, rows, colours }: Area): string[] {
  const all = routeLines(row)
  const wide = nameWidth(all, columns)
  const draw = (line: RouteLine) => drawLine(line, wide, columns, ' ', colours)
  const lines = [colours.strong(header(wide, columns))]
  const room = Math.max(1, rows - 1 - (row.leftOut > 0 ? 1 : 0))
  if (all.length <= room) lines.push(...all.map(draw))
  else {
    const head = Math.floor((room - 1) / 2)
    const tail = Math.max(0, room - 1 - head)
    const hidden = all.length - head - tail
    lines.push(...all.slice(0, head).map(draw))
    lines.push(colours.dim(fitText(`   … ${formatCount(hidden)} more steps, ↵ shows them`, columns)))
    lines.push(...all.slice(all.length - tail).map(draw))
  }
  if (row.leftOut > 0) lines.push(leftOutLine(row, columns, colours))
  return lines.slice(0, rows)
}

const leftOutLine = ({ leftOut }: TraceRow, columns: number, colours: Colours): string =>
  colours.doubtful(fitText(`   … ${formatCount(leftOut)} further steps were not kept`, columns))

/**
 * The part of a route around one of its steps, which has a mark.
 * @param at index of the step @param top index of the first step in sight
 */
export function routeWindow(row: TraceRow, at: number, top: number, { columns, rows, colours }: Area): string[] {
  const all = routeLines(row)
  const wide = nameWidth(all, columns)
  const lines = [colours.strong(header(wide, columns))]
  for (const [n, line] of all.slice(top, top + rows - 1).entries()) {
    const isAt = top + n === at
    const drawn = drawLine(line, wide, columns, isAt ? '▸' : ' ', colours)
    lines.push(isAt ? colours.accent('▸') + drawn.slice(1) : drawn)
  }
  return lines
}
