// Owns how a person reads a window of drops: a heading, a table, below a row what it means and who filled the port, and what counters
// say. See drops.ts for the folder. Start at DropsTable.

import type { Form } from '../analysis/form.ts'
import { lostText } from '../analysis/lost.ts'
import type { Style, TableColumn, View } from '../print/style.ts'
import { isKernel } from '../source/live-notices.ts'
import { shorten, shownNodes } from '../topo/shown-names.ts'
import type { TextBuffer } from '../wire/text.ts'
import { advice, type DropLine, dropLines, keyText, perSecond, place } from './columns.ts'
import type { DropsQuery } from './query.ts'
import type { CountedPort, DropsWindow, PlaceFacts } from './snapshot.ts'
import { culpritText, detailText, limitedText, placeText, victimText } from './texts.ts'

/** Columns of the timeline, and where there is little room. */
const SPARK = 12
const SHORT_SPARK = 6
const NARROW = 100
/** Columns of text are not cut further; whose packets they are is cut last. */
const LEAST_TEXT = 9
const LEAST_VICTIM = 28
const WHOSE = 'WHOSE'
/** Ports of counters that are named below the table. */
const MOST_PORTS = 5
const INDENT = ' '.repeat(10)

export class DropsTable implements Form<DropsWindow> {
  readonly #query: DropsQuery
  readonly #source: string
  readonly #view: View
  readonly #lostShare: () => number | null
  #windows = 0

  /** @param lostShare of the run's datagrams up to now */
  constructor(query: DropsQuery, source: string, view: View, lostShare: () => number | null) {
    this.#query = query
    this.#source = source
    this.#view = view
    this.#lostShare = lostShare
  }

  begin(): void {}

  window(window: DropsWindow, out: TextBuffer): void {
    if (isEmptyWindow(window)) return
    if (this.#windows++ > 0) out.text('\n')
    out.text(`${this.#lines(window).join('\n')}\n`)
  }

  end(): void {}

  #lines(window: DropsWindow): string[] {
    const head = headingOf(window, this.#source, this.#query, this.#view, this.#lostShare())
    const counted = countedLines(window, this.#view)
    if (window.rows.length === 0 && (window.total.packets ?? 0) === 0) return [head, ...counted]
    return [head, ...tableLines(window, this.#query, this.#view), ...counted]
  }
}

/** Nothing dropped, and no counter says so either. */
export function isEmptyWindow({ total, ports }: DropsWindow): boolean {
  const discarded = ports.some(({ inDiscards, outDiscards }) => inDiscards + outDiscards > 0)
  return (total.packets ?? 0) === 0 && total.samples === 0 && !discarded
}

/** `fabric.pcap · 60 s · 4,212 drops from 6 agents: 4,175 told, 37 rate-limited away` */
export function headingOf(
  window: DropsWindow,
  source: string,
  query: DropsQuery,
  view: View,
  lostShare: number | null,
): string {
  const { style } = view
  const { limited, lost, told, sampled, agents, total } = window
  const untold = [
    ...(limited > 0 ? [style.bad(`${style.count(limited)} ${limitedText(source)}`)] : []),
    ...(lost > 0 ? [style.bad(`${style.count(lost)} lost on the way`)] : []),
  ]
  const estimated = (sampled ?? 0) > 0 ? [`~${style.count(Math.round(sampled!))} by flow samples`] : []
  // A filter can't be asked of what was not told: then it is no part of the sum.
  const isFiltered = query.filter !== ''
  const added = isFiltered ? [] : untold
  const parts = [...(told > 0 || added.length > 0 ? [`${style.count(told)} told`] : []), ...estimated, ...added]
  const drops = Math.round(total.packets ?? 0)
  const from = isKernel([source]) ? '' : ` from ${style.count(agents)} agent${agents === 1 ? '' : 's'}`
  const counts = `${style.count(drops)} drop${drops === 1 ? '' : 's'}${from}`
  return [
    style.escape(source),
    query.windowMs === 'all' ? style.span(window.seconds * 1000) : between(window, view),
    ...(query.filter === '' ? [] : [style.escape(query.filter)]),
    parts.length > 1 || estimated.length > 0 ? `${counts}: ${parts.join(', ')}` : counts,
    ...(isFiltered && untold.length > 0 ? [`not filtered: ${untold.join(', ')}`] : []),
    ...(lostShare === null || lostShare === 0 ? [] : [lostText(lostShare, style)]),
  ].join(' · ')
}

export function between({ startMs, endMs }: Pick<DropsWindow, 'startMs' | 'endMs'>, view: View): string {
  const clock = (ms: number): string => view.clock(Math.floor(ms / 1000), 0).replace(/\.0+$/, '')
  return `${clock(startMs)} to ${clock(endMs)}`
}

/** A column with what its rows show, before it is cut. */
interface Field {
  readonly title: string
  readonly align: TableColumn['align']
  readonly text: (line: DropLine) => string
  /** It may be cut, and from what width on. */
  readonly least?: number
}

function tableLines(window: DropsWindow, query: DropsQuery, { style, width }: View): string[] {
  const lines = dropLines(window).filter(({ row }) => row.kind !== 'other' || (row.packets ?? 0) > 0)
  const all = fieldsOf(window, query, style, width < NARROW ? SHORT_SPARK : SPARK)
  const widthOf = ({ title, text }: Field) =>
    lines.reduce((most, line) => Math.max(most, style.width(text(line))), title.length)
  const needed = all.reduce((sum, field) => sum + widthOf(field), 2 * (all.length - 1))
  // Addresses that are cut are no addresses: they have a line of their own where there is no room beside the others.
  const isBelow = needed > width && query.by.length > 1
  const fields = isBelow ? all.filter(({ title }) => title !== WHOSE) : all
  const cells = lines.map((line) => fields.map(({ text }) => text(line)))
  const widths = fields.map(widthOf)
  fit(fields, widths, width - 2 * (fields.length - 1))
  const cut = cells.map((row) =>
    row.map((text, f) => (style.width(text) > widths[f]! ? shorten(text, widths[f]!) : text)),
  )
  const painted = cut.map((row, i) => paint(lines[i]!, row, fields, style))
  const [head = '', rule = '', ...body] = style
    .table(
      fields.map(({ title, align }) => ({ title, align })),
      painted,
    )
    .split('\n')
  const shown = [head, rule]
  const told = new Set<string>()
  for (const [i, line] of lines.entries())
    shown.push(body[i] ?? '', ...belowOf(line, query, told, style, width, isBelow))
  return shown
}

function fieldsOf(window: DropsWindow, { by }: DropsQuery, style: Style, spark: number): Field[] {
  const names = shownNodes(window.rows.flatMap(({ place }) => place?.node ?? []))
  const hasEstimates = window.rows.some((row) => row.by === 'sampled')
  const label = (line: DropLine, isFirst: boolean): string => {
    const { row } = line
    if (!isFirst || row.kind === 'drop') return ''
    if (row.kind === 'other') return `(other: ${Math.max(0, window.flows - window.rows.length)})`
    return row.kind === 'no key' ? '(no key)' : row.kind === 'not told' ? '(not told)' : 'total'
  }
  const fields: Field[] = [
    {
      title: 'DROPS',
      align: 'right',
      text: ({ row }) =>
        row.packets === null ? '-' : `${row.by === 'sampled' ? '~' : ''}${style.count(Math.round(row.packets))}`,
    },
    { title: '/S', align: 'right', text: (line) => rateText(perSecond(line)) },
  ]
  if (hasEstimates) fields.push({ title: '±', align: 'right', text: ({ row }) => errorText(row) })
  const texts: Field[] = []
  const add = (title: string, least: number, text: (line: DropLine) => string) =>
    texts.push({
      title,
      align: 'left',
      least,
      text: (line) => (line.row.kind === 'drop' ? style.escape(text(line)) : ''),
    })
  if (by.includes('reason')) add('REASON', LEAST_TEXT, ({ row }) => row.reason?.name ?? '-')
  if (by.includes('place')) {
    add('WHERE', LEAST_TEXT, ({ row }) =>
      row.place === null ? '-' : placeText(row.place, names.get(row.place.node) ?? row.place.node),
    )
  }
  if (by.includes('victim')) add(WHOSE, LEAST_VICTIM, ({ row }) => (row.victim === null ? '-' : victimText(row.victim)))
  for (const [i, title] of window.keys.entries()) {
    add(/[:[\]]/.test(title) ? title : title.toUpperCase(), LEAST_TEXT, ({ row }) => keyText(row.keys[i]))
  }
  const first = texts[0]
  if (first === undefined) fields.push({ title: '', align: 'left', text: (line) => label(line, true) })
  else {
    texts[0] = { ...first, text: (line) => (line.row.kind === 'drop' ? first.text(line) : label(line, true)) }
  }
  const pieces = window.rows.find(({ timeline }) => timeline !== null)?.timeline?.length ?? 0
  const timeline: Field = {
    title: spanTitle(window, style),
    align: 'left',
    text: ({ row }) =>
      row.timeline === null ? '' : style.spark(coarser(row.timeline, spark), Math.min(spark, pieces)),
  }
  return [...fields, ...texts, ...(pieces > 1 ? [timeline] : [])]
}

const spanTitle = ({ startMs, endMs }: DropsWindow, style: Style) => style.span(endMs - startMs)

/** Neighbours together, so that there are at most `width`. */
export function coarser(values: readonly number[], width: number): number[] {
  const each = Math.ceil(values.length / width)
  const sums: number[] = []
  for (let i = 0; i < values.length; i += each) sums.push(values.slice(i, i + each).reduce((a, b) => a + b, 0))
  return sums
}

/** Takes from the widest of those that may be cut until all fit. */
function fit(fields: readonly Field[], widths: number[], room: number): void {
  let over = widths.reduce((a, b) => a + b, 0) - room
  while (over > 0) {
    let widest = -1
    for (const [f, { least }] of fields.entries()) {
      if (least !== undefined && widths[f]! > least && (widest < 0 || widths[f]! > widths[widest]!)) widest = f
    }
    if (widest < 0) return
    widths[widest]! -= 1
    over--
  }
}

function paint({ row }: DropLine, cells: readonly string[], fields: readonly Field[], style: Style): string[] {
  if (row.kind === 'not told') return cells.map((cell) => style.bad(cell))
  if (row.kind !== 'drop') return [...cells]
  return cells.map((cell, f) => {
    if (fields[f]!.title === 'REASON') return style.bad(cell)
    return fields[f]!.title === 'WHERE' && row.place?.isKnown === false ? style.doubtful(cell) : cell
  })
}

/** What the reason means, once; what agents told beside it; who filled the port. */
function belowOf(
  line: DropLine,
  { culprits }: DropsQuery,
  told: Set<string>,
  style: Style,
  width: number,
  withVictim: boolean,
): string[] {
  const { row } = line
  if (row.kind !== 'drop') return []
  const lines: string[] = []
  const whose = withVictim && row.victim !== null ? [style.escape(victimText(row.victim))] : []
  const details = row.details.slice(0, 3).map((detail) => style.escape(detailText(detail)))
  const first = [...whose, ...(details.length > 0 ? [details.join('; ') + (row.details.length > 3 ? '; …' : '')] : [])]
  if (first.length > 0) lines.push(...wrap(first.join(' · '), width - INDENT.length))
  const says = advice(line)
  const key = says === null ? '' : `${row.reason!.name}\n${says.check}`
  if (says !== null && !told.has(key)) {
    told.add(key)
    lines.push(...wrap(`${says.meaning} ${says.check}`, width - INDENT.length))
  }
  const facts = place(line)
  if (facts?.place.direction === 'out' && culprits > 0 && !told.has(facts.place.id)) {
    told.add(facts.place.id)
    lines.push(...wrap(filledText(facts, style), width - INDENT.length))
  }
  return lines.map((text) => style.dim(`${INDENT}${text}`))
}

/** `filled by 10.1.0.17 → 10.2.0.17 34 % ± 3, … of 398.8 Gb/s, 99 % of its speed on average` */
export function filledText(facts: PlaceFacts, style: Style): string {
  const { culprits, culpritsWhy, outBitsPerSecond, utilization, utilizationBy } = facts
  if (culprits === null) return `who filled it is not known: ${culpritsWhy ?? 'not looked for'}`
  const used =
    utilization === null
      ? ''
      : `, ${utilizationBy === 'samples' ? '~' : ''}${style.percent(utilization)} of its speed on average`
  const rate = outBitsPerSecond === null ? '' : ` of ${style.si(outBitsPerSecond, 'b/s')}`
  return `filled by ${culprits.map((culprit) => style.escape(culpritText(culprit))).join(', ')}${rate}${used}`
}

/** `counters: 51.0/s discarded out of spine2 Ethernet12, 95 % explained` */
function countedLines({ ports }: DropsWindow, { style, width }: View): string[] {
  const names = shownNodes(ports.map(({ node }) => node))
  const of = (port: CountedPort): string => {
    const parts = [
      ...(port.outDiscards > 0 ? [`${style.count(port.outDiscards)} discarded out`] : []),
      ...(port.inDiscards > 0 ? [`${style.count(port.inDiscards)} discarded in`] : []),
      ...(port.inErrors + port.outErrors > 0 ? [`${style.count(port.inErrors + port.outErrors)} errors`] : []),
    ]
    const explained =
      port.inDiscards + port.outDiscards === 0
        ? ''
        : port.explainedPct === null
          ? `: not explained, ${port.why}`
          : `: ${style.percent(port.explainedPct / 100)} explained${port.explainedBy === 'agent' ? ' (all ports together)' : ''}`
    const where = `${names.get(port.node) ?? port.node} ${port.port ?? port.ifIndex}`
    return `${style.escape(where)} ${parts.join(', ')} in ${style.span(port.seconds * 1000)}${explained}`
  }
  const shown = ports.slice(0, MOST_PORTS).map(of)
  if (ports.length > MOST_PORTS)
    shown.push(`and ${style.count(ports.length - MOST_PORTS)} more ports: sonde ports --sort discards`)
  return shown.flatMap((text) => wrap(`counters: ${text}`, width))
}

export function rateText(value: number | null): string {
  if (value === null) return '-'
  if (value === 0) return '0'
  if (value < 0.01) return '<0.01'
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function errorText({ by, packets, low, high }: DropLine['row']): string {
  if (by !== 'sampled' || packets === null || low === null || high === null || !(packets > 0)) return ''
  return `${((50 * (high - low)) / packets).toFixed(0)} %`
}

/** Words into lines of at most `width`; a longer word stays whole. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}
