// Owns the screen of `sonde path`: the picture of the busiest way, below it all hops. Knows no engine: it is fed with snapshots, and
// sends commands. Loads ink: import it with `await import()` only. Start at runPathScreen; the lines around are in path/.

import {
  compact,
  delayText,
  errorPct,
  type PathRow,
  pathRowsOf,
  perSecond,
  plusMinus,
  shareText,
  ttlText,
} from '../path/columns.ts'
import { pathPicture } from '../path/picture.ts'
import type { PathChange, PathCommand, PathSnapshot } from '../path/snapshot.ts'
import { framed } from './analysis-page.ts'
import type { Colours } from './colour.ts'
import { decodeStyle } from './decode-style.ts'
import { EngineCommands } from './engine-commands.ts'
import { FilterPrompt } from './filter-prompt.ts'
import { notesPage } from './notes.ts'
import { hopPage, rowId } from './path/hop-page.ts'
import { emptyLines, headLines } from './path/lines.ts'
import {
  type Answer,
  type Area,
  cellText,
  type KeyHint,
  type Page,
  rateCell,
  runScreen,
  type ScreenEnd,
  type ScreenFeed,
  Table,
  type TableColumn,
} from './screen/screen.ts'
import { windowPrompt } from './window-prompt.ts'

export interface PathScreenOptions {
  /** Hands a command to the engine. */
  readonly send: (command: PathCommand) => void
}

const filterAbout = 'which packets: ipsource=10.0.0.1&udpdestinationport=4791. Nothing lets all through.'

const windowAbout = 'the time over which rates are smoothed: 5s, 1m. What is new is seen at once, however long it is.'

/** Lines of the table at least, with its title. */
const LEAST_TABLE = 5

const plain = decodeStyle({
  enabled: false,
  bad: (text) => text,
  doubtful: (text) => text,
  dim: (text) => text,
  accent: (text) => text,
  strong: (text) => text,
})

const packets = ({ hop, drop }: PathRow) => hop?.traffic.packets ?? drop!.packets

/** Least widths fill 80 columns. */
const columns: readonly TableColumn<PathRow>[] = [
  {
    title: 'HOP',
    min: 3,
    priority: 0,
    align: 'right',
    cell: ({ hop, drop }) => String(hop?.hop ?? drop!.hop),
    sort: ({ place }) => -place,
  },
  {
    title: 'NODE',
    min: 8,
    max: 16,
    priority: 0,
    cell: ({ hop, shownNode }) => cellText(hop?.isSilent ? `${shownNode}?` : shownNode),
  },
  {
    title: 'IN',
    min: 6,
    max: 16,
    priority: 2,
    cell: ({ hop, drop }) => {
      const ports = hop?.inPorts ?? (drop!.inPort === null ? [] : [drop!.inPort])
      return ports.length === 0 ? '-' : cellText(ports.length > 1 ? `${ports[0]} +${ports.length - 1}` : ports[0]!)
    },
  },
  {
    title: 'OUT',
    min: 6,
    max: 16,
    priority: 1,
    cell: ({ hop }) => (hop === null ? '✗ drop' : cellText(hop.outPort ?? '-')),
    paint: ({ hop }, { bad }) => (hop === null ? bad : undefined),
  },
  { title: 'TO', min: 11, max: 30, priority: 1, cell: ({ shownTo }) => cellText(shownTo) },
  { title: 'TTL', min: 3, max: 4, priority: 6, align: 'right', cell: ({ hop }) => (hop?.ttl ? ttlText(hop.ttl) : '') },
  {
    title: 'PKT/s',
    min: 5,
    max: 7,
    priority: 1,
    align: 'right',
    cell: (row) => rateCell(perSecond(packets(row), row.window)),
    sort: (row) => perSecond(packets(row), row.window),
  },
  { title: '±', min: 5, priority: 3, align: 'right', cell: (row) => plusMinus(errorPct(packets(row))) },
  {
    title: 'SHARE',
    min: 6,
    priority: 1,
    align: 'right',
    cell: ({ hop }) => (hop === null ? '' : shareText(hop.share?.value ?? null)),
    paint: ({ hop }, { doubtful }) => (hop?.state === 'unused' ? doubtful : undefined),
  },
  {
    title: 'DELAY',
    min: 6,
    priority: 4,
    align: 'right',
    cell: ({ hop }) => delayText(hop?.delay?.mean ?? null),
    sort: ({ hop }) => hop?.delay?.mean ?? null,
  },
  {
    title: 'QUEUE',
    min: 5,
    priority: 5,
    align: 'right',
    cell: ({ hop }) => compact(hop?.depth?.mean ?? null, plain),
    sort: ({ hop }) => hop?.depth?.mean ?? null,
  },
  {
    title: 'STATE',
    min: 9,
    priority: 7,
    cell: ({ hop }) => hop?.state ?? '',
  },
]

const help: readonly string[] = [
  'The picture is the busiest way from where packets enter: at each node the way with most packets. └ are the others that leave it.',
  '?: the node sampled none of these packets; ┄▷ and inferred: no sample at either end, but the shortest way between what was seen.',
  'SHARE: of what leaves the node. Of equal-cost ways that have less than half of an even share, it is told how many samples that would be.',
  'DELAY, QUEUE: transit delay (0:1039) and bytes in the queue (0:1040), means of the samples that have them.',
  '±: of the sampling, at 95 %. TTL: as packets come in.',
  '✗: packets that the node dropped: told one by one (0:5), or estimated by flow samples (~).',
]

/** The only page: picture and table. */
export class PathPage implements Page<PathSnapshot> {
  readonly hints: readonly KeyHint[] = [
    { key: '↵', label: 'details', help: 'all that is known of the selected hop or drop' },
    { key: 'f', label: 'filter', help: 'change which packets are looked for' },
    { key: 's', label: 'sort', help: 'sort the hops by the next column; S the other way round' },
    { key: 'w', label: 'window', help: 'change the time over which rates are smoothed' },
    { key: 'n', label: 'notes', help: 'what makes the numbers doubtful' },
  ]
  readonly help = help
  readonly #commands: EngineCommands<PathChange>
  readonly #filter: FilterPrompt
  readonly #table = new Table(columns, rowId, 'HOP', 'hops')
  #snapshot: PathSnapshot | undefined

  constructor(options: PathScreenOptions) {
    this.#commands = new EngineCommands<PathChange>(options.send)
    this.#filter = new FilterPrompt(filterAbout, this.#commands)
  }

  take(snapshot: PathSnapshot, nowMs: number): void {
    this.#snapshot = snapshot
    this.#commands.take(snapshot)
    // Cells are cut by the table itself.
    this.#table.take(snapshot.window === null ? [] : pathRowsOf(snapshot.window, 400), nowMs)
  }

  draw(area: Area): readonly string[] {
    const s = this.#snapshot
    if (s === undefined) return []
    const frame = { head: headLines(s, area), notes: s.notes, refused: this.#commands.refused }
    return framed(frame, area, (middle) => this.#middle(s, middle))
  }

  #middle(s: PathSnapshot, area: Area): readonly string[] {
    const { window } = s
    if (window === null || (window.hops.length === 0 && window.drops.length === 0)) return emptyLines(s, area)
    const picture = pathPicture(window, area.columns - 2, decodeStyle(area.colours)).map((line) => ` ${line}`)
    const most = Math.max(2, area.rows - LEAST_TABLE - 2)
    const shown = picture.length <= most ? picture : [...picture.slice(0, most - 1), area.colours.dim(' …')]
    const rows = Math.max(1, area.rows - shown.length - 2)
    return ['', ...shown, '', ...this.#table.draw({ ...area, rows })]
  }

  press(key: string): Answer<PathSnapshot> {
    const s = this.#snapshot
    if (s === undefined) return undefined
    if (key === 'f') return this.#filter.open(s.filter)
    if (key === 'w') return windowPrompt(s.windowMs, windowAbout, this.#commands)
    if (key === 'n') return notesPage(headLines)
    if (key === 'enter') {
      const { selected } = this.#table
      return selected === undefined ? undefined : hopPage(selected)
    }
    this.#table.press(key)
    return undefined
  }
}

/**
 * Shows a path on stdout, which must be a terminal, until it is quit, `signal` is aborted or the feed ends. The terminal is as
 * before when this resolves: stop the engine, then print `feed.told`.
 * @throws what runScreen throws
 */
export function runPathScreen(
  feed: ScreenFeed<PathSnapshot>,
  options: PathScreenOptions,
  colours: Colours,
  signal: AbortSignal,
): Promise<ScreenEnd> {
  return runScreen({ name: 'sonde path', page: new PathPage(options), feed, colours, signal })
}
