// Owns how a person reads cycles: a heading, then two lines a group, with charts where they are asked for. See cycles.ts for the
// folder. Start at CyclesTable.

import type { Form } from '../analysis/form.ts'
import { lostText } from '../analysis/lost.ts'
import { formatCount } from '../errors.ts'
import type { View } from '../print/style.ts'
import type { TextBuffer } from '../wire/text.ts'
import { profileChart, trendChart } from './chart.ts'
import type { CyclesQuery } from './query.ts'
import type { CycleRow, CyclesWindow } from './snapshot.ts'
import { findingText, shapeTexts, stragglerText } from './texts.ts'

const FOLDED = ' folded  '
/** Hosts of a job that are named. */
const MOST_HOSTS = 4
/** An answer of so much of all that was read, and not older than that, is one of the whole. */
const WHOLE = 0.8
const ENDED_MS = 2000

export interface TableOptions {
  readonly source: string
  /** Draws the folded profile, and the last 30 s. */
  readonly charts: boolean
}

export class CyclesTable implements Form<CyclesWindow> {
  readonly #query: CyclesQuery
  readonly #options: TableOptions
  readonly #view: View
  readonly #lostShare: () => number | null
  #windows = 0

  /** @param lostShare of the run's datagrams up to now */
  constructor(query: CyclesQuery, options: TableOptions, view: View, lostShare: () => number | null) {
    this.#query = query
    this.#options = options
    this.#view = view
    this.#lostShare = lostShare
  }

  begin(): void {}

  window(window: CyclesWindow, out: TextBuffer): void {
    if (window.rows.length === 0) return
    if (this.#windows++ > 0) out.text('\n')
    const { style } = this.#view
    const head = headingOf(window, this.#options.source, this.#query, this.#view, this.#lostShare())
    const lines = window.rows.flatMap((row) => this.#rowLines(row, window))
    const more = window.groups - window.rows.filter(({ kind }) => kind !== 'rest').length
    if (more > 0) lines.push(style.dim(` and ${formatCount(more)} more`))
    out.text(`${[head, ...lines].join('\n')}\n`)
  }

  end(): void {}

  /** What a period rests on, where that is not all up to the end. */
  #basis({ periodSeconds, samples, windowSeconds, asOfMs }: CycleRow, { seconds, endMs }: CyclesWindow): string[] {
    if (periodSeconds === null || windowSeconds === null || asOfMs === null) return []
    if (windowSeconds >= WHOLE * seconds && endMs - asOfMs < ENDED_MS) return []
    const { style } = this.#view
    const span = `the ${windowSeconds.toFixed(0)} s up to ${momentOf({ endMs: asOfMs }, this.#view)}`
    return [` ${style.dim(`by ${formatCount(samples)} samples of ${span}`)}`]
  }

  #rowLines(row: CycleRow, window: CyclesWindow): string[] {
    const { style, width } = this.#view
    const parts = [findingText(row, style), ...shapeTexts(row, style)]
    const name = style.escape(row.name)
    const hosts = row.hosts === null ? '' : `${formatCount(row.hosts.length)} hosts · `
    const found = row.periodSeconds !== null
    const samples = found ? '' : `${formatCount(row.allSamples)} sample${row.allSamples === 1 ? '' : 's'}, `
    const lines = [` ${style.strong(`${name}:`)} ${hosts}${samples}${parts.join(' · ')}`, ...this.#basis(row, window)]
    if (row.hosts !== null) lines.push(` ${style.dim(hostsText(row.hosts.map((host) => style.escape(host))))}`)
    if (row.profile !== null) {
      const { straggler } = row
      if (straggler !== null) {
        lines.push(` last to end: ${style.doubtful(style.escape(stragglerText(straggler, style)))}`)
      }
      lines.push(`${FOLDED}${style.spark(row.profile, row.profile.length)}`)
    }
    if (row.change !== null) {
      const { timeMs, fromSeconds, toSeconds } = row.change
      const at = this.#view.clock(Math.floor(timeMs / 1000), 0).replace(/\.0+$/, '')
      lines.push(` changed at ${at} from ${fromSeconds.toPrecision(4)} s to ${toSeconds.toPrecision(4)} s`)
    }
    if (!this.#options.charts) return lines
    if (row.profile !== null && row.periodSeconds !== null) {
      lines.push('', ...profileChart(row.profile, row.periodSeconds, width))
    }
    if (row.fast !== null && row.fast.value.length > 0) {
      const unit = this.#query.value === 'bytes' ? 'B/s' : '/s'
      lines.push('', ...trendChart(row.fast, width, (value) => style.si(value, unit)))
    }
    return [...lines, '']
  }
}

function hostsText(hosts: readonly string[]): string {
  const more = hosts.length - MOST_HOSTS
  return `${hosts.slice(0, MOST_HOSTS).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`
}

/** `lab.pcap · 60 s · suffix:stack:.:1=ibbt · 12,345 samples, where packets enter the fabric` */
export function headingOf(
  window: CyclesWindow,
  source: string,
  query: CyclesQuery,
  view: View,
  lostShare: number | null,
): string {
  const { style } = view
  return [
    style.escape(source),
    query.everyMs === 'end' ? style.span(window.seconds * 1000) : momentOf(window, view),
    ...(query.filter === '' ? [] : [style.escape(query.filter)]),
    `${style.count(window.counted)} sample${window.counted === 1 ? '' : 's'}${window.where === '' ? '' : `, ${window.where}`}`,
    ...(query.method === 'h' ? [] : [`method ${query.method}`]),
    ...(lostShare === null || lostShare === 0 ? [] : [lostText(lostShare, style)]),
  ].join(' · ')
}

/** `12:00:10` */
export function momentOf({ endMs }: Pick<CyclesWindow, 'endMs'>, view: View): string {
  return view.clock(Math.floor(endMs / 1000), 0).replace(/\.0+$/, '')
}
