// Owns live input into an engine that somebody watches and may change: the part of an analysis that runs in a thread while
// a screen has the main one. Knows no screen and no analysis. Start at watch; the thread is threads/.

import type { AgentTable } from '../agents/agents.ts'
import { IssueLog } from '../print/issue-log.ts'
import { passBatches } from '../print/pass.ts'
import type { Publishing } from '../serve/publishing.ts'
import { tickUntil } from '../source/live.ts'
import { noticesOf } from '../source/live-notices.ts'
import type { LiveReport, Source } from '../source/source.ts'
import type { Inside } from '../threads/inside.ts'
import { TextBuffer } from '../wire/text.ts'
import type { Engine } from './engine.ts'
import { openLive } from './live-input.ts'
import type { ReadingOptions } from './options.ts'
import type { Published, PublishOptions } from './publish.ts'
import { Reading } from './reading.ts'

/** What a feature brings to be watched. */
export interface Watched<Window, Command, State> {
  /** Left out: only sonde itself is told of. */
  readonly published?: Published<Window>
  /** The first engine. @throws InputError for texts that need data that is not there */
  engine(agents: AgentTable): Engine<Window>
  /** A window is over. */
  window(window: Window): void
  /** @returns another engine, where what is asked needs one; one that can't be had is told in the state */
  command(command: Command, agents: AgentTable): Engine<Window> | undefined
  /** @param live what the sockets say @param issues problems met in decoding */
  state(reading: Reading<Window>, live: LiveReport | undefined, issues: number): State
}

/** A state may cost so much of the time between two of them: where it costs more, they come less often. */
const MOST_SHARE = 0.1
/** How often it is looked whether something is due. */
const TICK_MS = 50

/**
 * Listens until it is stopped, the time is over or the limit is reached.
 * @param everyMs between two states @returns the last one
 * @throws EnvironmentError where an address can't be had; InputError as `engine`
 */
export async function watch<Window, Command, State>(
  watched: Watched<Window, Command, State>,
  options: ReadingOptions,
  { stop, report, onCommand }: Pick<Inside<Command, State>, 'stop' | 'report' | 'onCommand'>,
  everyMs: number,
): Promise<State> {
  const { input, publish } = options
  if (input.kind === 'recorded') throw new TypeError('only live input is watched')
  const issues = new IssueLog((line) => report.tell(line))
  const reading = new Reading<Window>(
    (agents) => watched.engine(agents),
    options,
    issues,
    (window) => {
      watched.window(window)
      publishing?.window(window)
    },
  )
  let publishing: Publishing<Window> | undefined
  const end = new AbortController()
  const signals = [stop, end.signal]
  if (input.durationMs !== undefined) signals.push(AbortSignal.timeout(input.durationMs))
  const over = AbortSignal.any(signals)
  // A server answers in this thread too: it must not stand still while nothing comes.
  const source = await openLive(over, input, publish === undefined)
  const out = new TextBuffer(0)
  let offered = 0
  let due = performance.now()
  const show = () => {
    const start = performance.now()
    report.state(watched.state(reading, source.report().live, issues.total))
    const cost = performance.now() - start
    due = start + Math.max(everyMs, cost / MOST_SHARE)
  }
  const tick = () => {
    if (performance.now() < due) return
    // Windows end by the time of samples, and where none come by the clock.
    if (reading.gate.offered === offered && reading.newestMs > 0) reading.advance(Date.now(), out)
    offered = reading.gate.offered
    show()
  }
  onCommand((command) => {
    const engine = watched.command(command, reading.agents)
    if (engine !== undefined) reading.engine = engine
    show()
  })
  let ticks = Promise.resolve()
  try {
    for (const line of noticesOf(source.report().live)) report.note(line)
    if (publish !== undefined)
      publishing = await publishingOf(publish, watched.published, { reading, source, issues, report })
    show()
    ticks = tickUntil(over, TICK_MS, tick)
    await passBatches(source, reading, out, nowhere)
  } finally {
    end.abort()
    await publishing?.close()
    await source.close()
    await ticks
  }
  return watched.state(reading, source.report().live, issues.total)
}

interface WatchedRun<Window> {
  readonly reading: Reading<Window>
  readonly source: Source
  readonly issues: IssueLog
  readonly report: { tell(line: string): void; note(line: string): void }
}

async function publishingOf<Window>(
  options: PublishOptions,
  published: Published<Window> | undefined,
  { reading, source, issues, report }: WatchedRun<Window>,
): Promise<Publishing<Window>> {
  const { Publishing } = await import('../serve/publishing.ts')
  return Publishing.open(options, {
    published: published ?? {},
    reading,
    live: () => source.report().live,
    issues: () => issues.total,
    report,
  })
}

/** Nothing is written: states are all that is given. */
const nowhere = { write: () => true, drain: async () => {}, close: async () => {}, closed: false }
