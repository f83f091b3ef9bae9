// Owns what `sonde trace` says in words: how it traces and why not better, what came of it, what was lost. See step.ts for the folder.
// Start at startLines.

import { formatCount } from '../errors.ts'
import type { TraceWatch } from '../kernel/trace/trace-watch.ts'
import type { TraceEnd, TraceHead } from './head.ts'
import type { RecordedEnd } from './recorded.ts'

/** The way of hanging in words; tracepoints are no functions. */
function attachedText({ tier, functions, attachMs }: TraceHead): string {
  const what = tier === 'tp_btf' ? plural(functions, 'tracepoint') : plural(functions, 'function')
  return `${tier}: ${what} in ${(attachMs / 1000).toFixed(1)} s`
}

/** What was asked, in the words of flags, filter first: `port https · --func ip_.* · --netns blue`. */
export function askedText({ filter, func, ifname, netns, mark, modules, track, meta }: TraceHead): string {
  const flag = (name: string, value: string | undefined): string[] =>
    value === undefined || value === '' ? [] : [`--${name} ${value}`]
  return [
    filter ?? 'all packets',
    ...flag('func', func),
    ...flag('ifname', ifname),
    ...flag('netns', netns),
    ...flag('mark', mark),
    ...flag('kmods', modules === 'all' ? modules : modules.join(',')),
    ...(track ? ['--track-skb'] : []),
    ...meta.map((field) => `--meta '${field}'`),
  ].join(' · ')
}

/** `kprobe.multi: 1,598 functions in 0.6 s · port https`, and why not better. */
export function startLines(
  head: TraceHead,
  { refusedNames, notices }: Pick<TraceWatch, 'refusedNames' | 'notices'>,
): string[] {
  return [
    `${attachedText(head)} · ${askedText(head)}`,
    ...head.why.map((clause) => `not ${clause}`),
    ...(refusedNames.length > 0
      ? [`${plural(refusedNames.length, 'function')} could not be watched (--verbose names them)`]
      : []),
    ...notices,
  ]
}

/** Of a recording: when, how, what was asked. */
export function recordedLines(head: TraceHead, time: string): string[] {
  const { tier, functions } = head
  const what = tier === 'tp_btf' ? plural(functions, 'tracepoint') : plural(functions, 'function')
  return [`Recorded ${time} · ${tier}: ${what} · ${askedText(head)}`]
}

/** At the end of a trace; with `lossOnly` what was lost only. */
export function endLines(
  { steps, notShown = 0, seen, refused, lost, missed = 0, seconds, by }: TraceEnd,
  lossOnly: boolean,
): string[] {
  const lines: string[] = []
  if (!lossOnly) {
    const why = by === 'limit' ? ' (--limit)' : ''
    const reached = seen === undefined ? '' : ` of ${formatCount(seen)} seen`
    const filtered = refused === undefined || refused === 0 ? '' : `, ${formatCount(refused)} refused in the kernel`
    const beyond = notShown === 0 ? '' : `, ${formatCount(notShown)} more not shown`
    lines.push(`${plural(steps, 'step')}${reached} in ${span(seconds)}${why}${filtered}${beyond}.`)
    if (steps === 0) lines.push(emptyText(seen))
  }
  if (lost > 0) lines.push(lossText(lost))
  else if (!lossOnly) lines.push('Lost in the ring: nothing.')
  if (missed > 0) lines.push(missedText(missed))
  return lines
}

/** Why there may be nothing, and what to look at. */
function emptyText(seen: number | undefined): string {
  if (seen === 0)
    return 'No packet at all reached these functions: was there any traffic? Without --func there are more of them.'
  return 'None fits what was asked. Is there such traffic, in this direction? Check the filter, --ifname, --netns and --mark; before NAT and behind it addresses differ.'
}

/** While it goes on, and at the end. */
export function lossText(lost: number): string {
  return `Lost in the ring, which was full: ${plural(lost, 'step')}. A filter, --func or -o FILE helps.`
}

/** What no one can mend. */
function missedText(missed: number): string {
  return `Passed over by the kernel, which was asking already when an interrupt came: ${plural(missed, 'step')}.`
}

/** At the end of a recording; with `lossOnly` damage and loss only. */
export function recordedEndLines(end: RecordedEnd, lossOnly: boolean): string[] {
  const { steps, leftOut, otherLines, damaged, isWhole, lost, by } = end
  const lines: string[] = []
  if (!lossOnly) {
    const more = leftOut > 0 ? `, ${formatCount(leftOut)} not chosen` : ''
    lines.push(`${plural(steps, 'step')} over ${span(end.seconds)}${by === 'limit' ? ' (--limit)' : ''}${more}.`)
    if (otherLines > 0) lines.push(`${plural(otherLines, 'line')} of other kinds left out.`)
  }
  if (lost > 0) lines.push(`When it was recorded, the ring was full: ${plural(lost, 'step')} were lost.`)
  if (end.missed !== undefined && end.missed > 0) lines.push(missedText(end.missed))
  if (damaged > 0) lines.push(`The recording is damaged: ${plural(damaged, 'place')}.`)
  if (!isWhole && by === 'end') lines.push('The recording has no end: the trace was killed, or the file was cut.')
  return lines
}

/** `12 ms`, `1.5 s`, `1,234 s`. */
function span(seconds: number): string {
  if (seconds < 0.1) return `${Math.ceil(seconds * 1000)} ms`
  return `${seconds < 10 ? seconds.toFixed(1) : formatCount(Math.round(seconds))} s`
}

const plural = (count: number, one: string): string => `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`
