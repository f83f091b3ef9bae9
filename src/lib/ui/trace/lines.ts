// Owns the lines above the packets in the screen of `sonde trace`, and what stands there while there are none. See ../trace-screen.ts.

import { basename } from 'node:path'
import { askedText } from '../../trace/report.ts'
import { formatCount } from '../numbers.ts'
import { type Area, cellText, clockCell, countCell, fitParts, type Part, rateCell, wrapText } from '../screen/screen.ts'
import { formatSpan } from '../times.ts'
import { displayWidth, truncate } from '../width.ts'
import { stepSpan } from './row.ts'
import type { TraceState } from './state.ts'

/** Where there is room, it is told how many times functions were reached. */
const WIDE = 100

/** `kprobe.multi: 1,598 functions`, of a recording with its name. */
function titleText({ head, recording }: TraceState): string {
  const what =
    head === undefined
      ? 'a recorded trace'
      : `${head.tier}: ${formatCount(head.functions)} ${head.tier === 'tp_btf' ? 'tracepoint' : 'function'}${head.functions === 1 ? '' : 's'}`
  return recording === undefined ? what : `${cellText(basename(recording))} · ${what}`
}

/** Why it is over, in a few words; the packets stay to be looked at. */
const endings: Readonly<Record<NonNullable<TraceState['end']>['by'], string>> = {
  stop: 'ended',
  limit: 'ended: --limit',
  duration: 'ended: --duration',
  reader: 'ended',
  end: 'read',
}

/** How it is seen and how good that is; what was asked; then a line for what is doubtful, empty where nothing is. */
export function headLines(s: TraceState, area: Area): string[] {
  const { columns, colours } = area
  const { head, progress, stepsPerSecond, end, recording } = s
  const title = titleText(s)
  const rate = stepsPerSecond === null ? `${countCell(progress.steps, 9)} steps` : `${rateCell(stepsPerSecond)} steps/s`
  const parts: Part[] = [
    {
      text: title,
      min: Math.min(recording === undefined ? 24 : 40, displayWidth(title)),
      max: 60,
      priority: 0,
      paint: colours.strong,
    },
    ...(end === undefined || recording !== undefined
      ? []
      : [{ text: endings[end.by], min: endings[end.by].length, priority: 1, paint: colours.strong }]),
    // Recordings are often shorter than a second.
    {
      text: recording === undefined ? clockCell(s.seconds) : stepSpan(s.seconds * 1e9),
      min: recording === undefined ? 6 : 7,
      priority: 4,
      align: 'right',
    },
    { text: rate, min: 15, priority: 2, align: 'right' },
    { text: countText('refused', progress.refused), min: 14, priority: 5, align: 'right' },
    {
      text: `lost ${countCell(progress.lost, 7)}`,
      min: 12,
      priority: 3,
      paint: progress.lost > 0 ? colours.bad : undefined,
    },
  ]
  if (columns >= WIDE)
    parts.splice(4, 0, { text: countText('seen', progress.seen), min: 12, priority: 6, align: 'right' })
  const asked = head === undefined ? 'what was asked is not in the recording' : askedText(head)
  const why = head === undefined || recording !== undefined ? [] : head.why.map((clause) => `not ${clause}`)
  return [fitParts(parts, columns), colours.dim(truncate(` ${cellText([asked, ...why].join(' · '))}`, columns))]
}

const countText = (name: string, value: number | undefined): string =>
  value === undefined ? '' : `${name} ${countCell(value, 7)}`

/** What is doubtful, in one line: loss first. Undefined where nothing is. */
export function doubtText({ progress, notes, recording, head }: TraceState): string | undefined {
  if (progress.lost > 0) {
    const lost = `${formatCount(progress.lost)} steps found the ring full: routes have gaps.`
    return recording === undefined ? `${lost} A filter or --func makes it less.` : lost
  }
  if (notes.length > 0) return notes.length === 1 ? notes[0] : `${notes[0]} (n: ${formatCount(notes.length - 1)} more)`
  const missing = head?.notAttached ?? 0
  if (missing === 0) return undefined
  return `${formatCount(missing)} ${missing === 1 ? 'function' : 'functions'} could not be watched.`
}

/** In place of packets: what was listened to, for how long, what to check. */
export function emptyLines(s: TraceState, { columns, colours }: Area): string[] {
  const text = (line: string) => wrapText(line, columns - 2).map((part) => ` ${part}`)
  if (s.recording !== undefined) {
    const read = s.end === undefined ? 'is being read' : 'has no step that was chosen'
    return ['', ...text(`${cellText(s.recording)} ${read}.`)]
  }
  const { seen, refused } = s.progress
  const span = formatSpan(Math.floor(s.seconds) * 1000)
  const lines = ['', ...text(s.seconds < 1 ? 'No packet yet.' : `No packet in ${span}.`)]
  if (seen !== undefined && seen > 0) {
    const all = (refused ?? 0) >= seen ? ', and the filters refused all of them' : ''
    lines.push(...text(`Watched functions were reached ${formatCount(seen)} times${all}.`))
  }
  const { head } = s
  const advice = [
    ...(head?.filter === undefined ? [] : [`Does the filter fit? ${cellText(head.filter)}`]),
    ...(head?.netns === undefined && head?.ifname === undefined
      ? ['Traffic of other machines, and what hardware drops, does not come here: sonde drops hears of the latter.']
      : ['Is it the right network namespace and interface? Without --netns and --ifname all are seen.']),
    ...(head?.func === undefined ? [] : ['--func takes whole names: ip_rcv, not ip_; ip_.* for all that begin so.']),
    'Something to see at once: ping -c 1 127.0.0.1',
  ]
  return [...lines, '', ...advice.flatMap(text).map((line) => colours.dim(line))]
}
