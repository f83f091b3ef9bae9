// Owns the screen of `sonde trace`: packets at the left, the route of the chosen one at the right. Knows no kernel and no file: it is
// fed with states. Loads ink: import it with `await import()` only. Start at TracePage; list, route and pages are in trace/.

import type { Colours } from './colour.ts'
import { formatCount } from './numbers.ts'
import {
  type Answer,
  type Area,
  cellText,
  type KeyHint,
  type Page,
  Prompt,
  runScreen,
  type ScreenEnd,
  type ScreenFeed,
  TextPage,
  wrapText,
} from './screen/screen.ts'
import { doubtText, emptyLines, headLines } from './trace/lines.ts'
import { PacketFilter } from './trace/packet-filter.ts'
import { PacketList } from './trace/packet-list.ts'
import { PacketPage, packetTitle } from './trace/packet-page.ts'
import { routePane } from './trace/route-lines.ts'
import { RoutesPage } from './trace/routes-page.ts'
import type { TraceState } from './trace/state.ts'
import { displayWidth, padEnd, truncate } from './width.ts'

export interface TraceScreenOptions {
  /** Times of day in UTC. */
  readonly utc: boolean
}

/** From here on the route stands beside the list: both have what they need. */
const BESIDE = 110
/** The part of the list; more than the other columns hold is for the route. */
const LIST_SHARE = 0.52
const MOST_LIST = 130

const filterAbout =
  'words that a packet must have: an address, a port as :443, a function, a reason, an interface; !word: not'

/** The first page. */
export class TracePage implements Page<TraceState> {
  readonly hints: readonly KeyHint[] = [
    { key: '↵', label: 'packet', help: 'the whole route of the selected packet, and all of each step' },
    { key: 'f', label: 'filter', help: 'list only packets that have some words; / too' },
    { key: 'd', label: 'dropped', help: 'list only packets that were dropped, or all again' },
    { key: 'r', label: 'routes', help: 'the ways that packets went, how many each, and how long' },
    { key: 's', label: 'sort', help: 'by when they were first seen, the time they took, steps, length' },
    { key: 'n', label: 'notes', help: 'what makes the list doubtful' },
  ]
  readonly help: readonly string[] = [
    'A packet is a socket buffer from the first function that was seen with it until it is given back; with --track-skb its clones, too.',
    'The list follows the newest packet until another one is selected; End follows again.',
    'TIME: of the first step. TOOK: from the first step to the last. CAME TO: ✗ and the reason where it was dropped, else the function seen last. NETNS, IFACE: at the last step.',
    'AFTER: time since the step before; the bar is the part of the packet’s whole time. CHANGED: what is other than at the step before; network namespace and interface in brackets.',
    'Lost: steps that came faster than they could be taken from the ring; routes have gaps then. Refused: calls that filters in the kernel kept away.',
  ]
  readonly #list: PacketList
  readonly #filter = new PacketFilter()
  readonly #words: string[] = []
  readonly #utc: boolean
  #state: TraceState | undefined

  constructor({ utc }: TraceScreenOptions) {
    this.#utc = utc
    this.#list = new PacketList(utc)
  }

  take(state: TraceState): void {
    this.#state = state
    this.#choose(state)
  }

  #choose({ rows, recording }: TraceState): void {
    this.#list.take(this.#filter.choose(rows), recording === undefined)
  }

  draw(area: Area): readonly string[] {
    const s = this.#state
    if (s === undefined) return []
    const head = headLines(s, area)
    const rows = Math.max(1, area.rows - head.length - 1)
    const middle = s.rows.length === 0 ? emptyLines(s, area) : this.#middle({ ...area, rows })
    const lines = [...head, ...middle.slice(0, rows)]
    while (lines.length < area.rows - 1) lines.push('')
    return [...lines, this.#foot(s, area)]
  }

  #middle(area: Area): readonly string[] {
    const { columns, rows, colours } = area
    if (columns < BESIDE) return this.#list.draw(area)
    const wide = Math.min(MOST_LIST, Math.floor(columns * LIST_SHARE))
    const left = this.#list.draw({ ...area, columns: wide })
    const right = this.#route({ ...area, columns: columns - wide - 3 })
    return Array.from({ length: rows }, (_, n) => `${padEnd(left[n] ?? '', wide)} ${colours.dim('│')}${right[n] ?? ''}`)
  }

  #route(area: Area): string[] {
    const { selected } = this.#list
    if (selected === undefined) return []
    return [packetTitle(selected, area), ...routePane(selected, { ...area, rows: area.rows - 1 })]
  }

  /** Which packets are in sight, what is doubtful, which are not listed: always one line. */
  #foot(s: TraceState, { columns, colours }: Area): string {
    if (s.rows.length === 0) return ''
    const parts: string[] = []
    if (this.#filter.onlyDropped) parts.push('only dropped ones')
    if (this.#filter.text !== '') parts.push(`with “${cellText(this.#filter.text)}”`)
    if (parts.length > 0) parts.push(`of ${formatCount(s.rows.length)} packets`)
    if (s.letGo > 0) parts.push(`the oldest ${formatCount(s.letGo)} of ${formatCount(s.packets)} were let go`)
    const where = truncate([` ${this.#list.where}`, ...parts].join(' · '), columns)
    const doubt = doubtText(s)
    const room = columns - displayWidth(where) - 3
    if (doubt === undefined || room < 1) return colours.dim(where)
    return `${colours.dim(where)} · ${colours.doubtful(truncate(cellText(doubt), room))}`
  }

  press(key: string): Answer<TraceState> {
    const s = this.#state
    if (s === undefined) return undefined
    if (key === 'f' || key === '/') return this.#prompt()
    if (key === 'd') {
      this.#filter.onlyDropped = !this.#filter.onlyDropped
      this.#choose(s)
    } else if (key === 's') this.#list.nextOrder(this.#filter.choose(s.rows))
    else if (key === 'r') return new RoutesPage()
    else if (key === 'n') return notesOf()
    else if (key === 'enter') {
      const { selected } = this.#list
      return selected === undefined ? undefined : new PacketPage(selected, this.#utc)
    } else this.#list.press(key)
    return undefined
  }

  #prompt(): Prompt {
    return new Prompt({
      label: 'filter',
      text: this.#filter.text,
      about: filterAbout,
      history: this.#words,
      apply: (text) => {
        this.#filter.text = text
        if (text !== '') this.#words.push(text)
        if (this.#state !== undefined) this.#choose(this.#state)
        return 'done'
      },
    })
  }
}

/** All that makes the list doubtful, whole. */
function notesOf(): TextPage<TraceState> {
  return new TextPage({
    head: headLines,
    body: (s, { columns, colours }) => {
      const why = s.head?.why.map((clause) => `not ${clause}`) ?? []
      const doubt = doubtText({ ...s, notes: [] })
      const notes = [...(doubt === undefined ? [] : [doubt]), ...s.notes, ...why]
      if (notes.length === 0) return ['', ' No note: nothing is known that makes this list doubtful.']
      return [
        '',
        colours.strong(' What makes this list doubtful'),
        ...notes.flatMap((note) => wrapText(`- ${cellText(note)}`, columns - 2, 2).map((line) => ` ${line}`)),
      ]
    },
  })
}

/**
 * Shows a trace on stdout, which must be a terminal, until it is quit, `signal` is aborted or the feed ends. The terminal is as
 * before when this resolves.
 * @throws what runScreen throws
 */
export function runTraceScreen(
  feed: ScreenFeed<TraceState>,
  options: TraceScreenOptions,
  colours: Colours,
  signal: AbortSignal,
): Promise<ScreenEnd> {
  return runScreen({ name: 'sonde trace', page: new TracePage(options), feed, colours, signal })
}
