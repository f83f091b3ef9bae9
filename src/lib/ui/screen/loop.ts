// Owns what happens when on a screen: pages on top of each other, freezing, the pace of frames, the last line.
// Knows no terminal: time and the frame's size are given. See screen.ts for the folder.

import type { Colours } from '../colour.ts'
import { formatSpan } from '../times.ts'
import type { ScreenFeed } from './feed.ts'
import { helpLines } from './help.ts'
import { backKey, commonKeys, type KeyHint } from './keys.ts'
import { fitSlots } from './layout.ts'
import { cellText, clipLine, fitText } from './line.ts'
import type { Area, Dialog, Page } from './page.ts'
import { TextPage } from './text-page.ts'

/** Why a screen ended: `q` or Ctrl-C; the signal; the work is done. */
export type EndReason = 'quit' | 'stopped' | 'ended'

export interface LoopOptions<S> {
  /** What runs here, for the help page: `sonde listen`. */
  readonly name: string
  readonly page: Page<S>
  readonly feed: ScreenFeed<S>
  readonly colours: Colours
  /** Frames that snapshots cause, a second at most; keys and resizing are answered at once. */
  readonly framesPerSecond?: number
  /** Whether there is a keyboard. */
  readonly keys: boolean
}

/** A line that was told stands in place of the keys for so long. */
const lineMs = 6000
/** Without a snapshot for so long the screen says so: numbers that stand still must not look alive. */
const silentMs = 3000
/** A dialog has half of the screen, or so many lines where half is less. */
const dialogRows = 5

const isBack = (key: string, { sideways }: { readonly sideways?: boolean }) =>
  key === 'back' || key === 'escape' || (key === 'left' && sideways !== true)

/** The state of a screen. `subscribe` and `version` are for React; `start` and `close` bound the time that timers run. */
export class ScreenLoop<S> {
  readonly end: Promise<EndReason>
  #resolveEnd: (reason: EndReason) => void = () => {}
  readonly #options: LoopOptions<S>
  readonly #intervalMs: number
  readonly #pages: Page<S>[]
  /** What has the keyboard, below the page. */
  #dialog: Dialog | undefined
  readonly #listeners = new Set<() => void>()
  #version = 0
  /** What the page shows; while frozen not the newest. */
  #shown: S | undefined
  #newest: S | undefined
  #newestAt = 0
  #takenAt = Number.NEGATIVE_INFINITY
  #frozenAt: number | undefined
  #line: { readonly text: string; readonly until: number } | undefined
  #frameTimer: NodeJS.Timeout | undefined
  #clock: NodeJS.Timeout | undefined

  constructor(options: LoopOptions<S>) {
    this.#options = options
    this.#intervalMs = 1000 / (options.framesPerSecond ?? 5)
    this.#pages = [options.page]
    this.end = new Promise((resolve) => {
      this.#resolveEnd = resolve
    })
  }

  start(): void {
    this.#newestAt = performance.now()
    this.#options.feed.connect({
      snapshot: (snapshot) => this.#receive(snapshot),
      line: (line) => this.#tell(line),
      end: () => this.stop('ended'),
    })
    this.#clock = setInterval(() => this.#tick(), 1000)
  }

  close(): void {
    this.#options.feed.disconnect()
    clearInterval(this.#clock)
    clearTimeout(this.#frameTimer)
  }

  stop(reason: EndReason): void {
    this.#resolveEnd(reason)
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Another number for each frame. */
  readonly version = (): number => this.#version

  readonly redraw = (): void => {
    this.#version++
    for (const listener of this.#listeners) listener()
  }

  #receive(snapshot: S): void {
    this.#newest = snapshot
    this.#newestAt = performance.now()
    if (this.#frozenAt !== undefined || this.#frameTimer !== undefined) return
    const wait = this.#takenAt + this.#intervalMs - this.#newestAt
    if (wait <= 0) this.#show()
    else this.#frameTimer = setTimeout(() => this.#show(), wait)
  }

  #show(): void {
    clearTimeout(this.#frameTimer)
    this.#frameTimer = undefined
    if (this.#frozenAt !== undefined || this.#newest === undefined) return
    this.#takenAt = performance.now()
    this.#shown = this.#newest
    this.#page.take(this.#shown, this.#takenAt)
    this.redraw()
  }

  #tell(line: string): void {
    this.#line = { text: line, until: performance.now() + lineMs }
    this.redraw()
  }

  /** What changes without a snapshot: how long it is frozen or silent, a line that is over. */
  #tick(): void {
    const now = performance.now()
    const over = this.#line !== undefined && now >= this.#line.until
    if (over) this.#line = undefined
    if (over || this.#frozenAt !== undefined || now - this.#newestAt >= silentMs) this.redraw()
  }

  get #page(): Page<S> {
    return this.#pages.at(-1)!
  }

  #enter(page: Page<S>): void {
    this.#pages.push(page)
    if (this.#shown !== undefined) page.take(this.#shown, performance.now())
  }

  #back(): void {
    if (this.#pages.length === 1) return
    this.#pages.pop()
    if (this.#shown !== undefined) this.#page.take(this.#shown, performance.now())
  }

  /** @param key a name of keys.ts */
  press(key: string): void {
    if (key === 'ctrl-c') this.stop('quit')
    else if (this.#dialog?.open) {
      this.#dialog.press(key)
      // What is applied is to be seen.
      if (key === 'enter') this.#goOn()
    } else if (key === 'q') this.stop('quit')
    else if (key === 'space') this.#freeze()
    else if (key === '?') this.#help()
    else if (isBack(key, this.#page) && this.#page.within !== true) this.#back()
    else {
      const next = this.#page.press(isBack(key, this.#page) ? 'back' : key)
      if (next === 'go on') this.#goOn()
      else if (next !== undefined && 'take' in next) this.#enter(next)
      else if (next !== undefined) this.#dialog = next
    }
    this.redraw()
  }

  /** Text that was pasted. Where nothing is typed it is no keys: a `q` in it would end the screen. */
  paste(text: string): void {
    if (this.#dialog?.open) this.#dialog.paste(text)
    this.redraw()
  }

  #freeze(): void {
    if (this.#frozenAt === undefined) {
      this.#frozenAt = performance.now()
      return
    }
    this.#goOn()
  }

  #goOn(): void {
    if (this.#frozenAt === undefined) return
    this.#frozenAt = undefined
    this.#show()
  }

  /** Help on the page that is shown; on the help page it goes back. */
  #help(): void {
    const page = this.#page
    if (page instanceof HelpPage) this.#back()
    else this.#enter(new HelpPage(this.#options.name, page, this.#pages.length > 1))
  }

  /** The frame: exactly `rows` lines, each of at most `columns` columns. */
  draw(columns: number, rows: number): readonly string[] {
    const area = { columns, rows: Math.max(1, rows - 1), colours: this.#options.colours }
    if (this.#dialog?.open === false) this.#dialog = undefined
    const most = rows > 1 ? Math.min(area.rows, Math.max(dialogRows, area.rows >> 1)) : 0
    const below = this.#dialog?.draw({ ...area, rows: most }).slice(0, most) ?? []
    const room = rows - 1 - below.length
    const lines = room > 0 ? this.#page.draw({ ...area, rows: room }).slice(0, room) : []
    while (lines.length < room) lines.push('')
    lines.push(...below)
    lines.push(this.#lastLine(columns, performance.now()))
    // Pages are made for 60 columns; on a terminal that is narrower still the right of them is missing.
    return lines.map((line) => clipLine(line, columns))
  }

  #lastLine(columns: number, now: number): string {
    const { colours, keys } = this.#options
    if (this.#line !== undefined) return colours.doubtful(fitText(` ${cellText(this.#line.text)}`, columns))
    const frozen = this.#frozenAt
    const silent = now - this.#newestAt
    const span = (ms: number) => formatSpan(Math.floor(ms / 1000) * 1000)
    let state = ''
    if (frozen !== undefined)
      state = colours.strong(now - frozen < 1000 ? 'frozen' : `frozen for ${span(now - frozen)}`)
    else if (silent >= silentMs) state = colours.doubtful(`no news for ${span(silent)}`)
    const room = state === '' ? columns : columns - 26
    const hints = keys ? this.#hints() : [{ key: 'Ctrl-C', label: 'ends', help: '' }]
    const line = drawHints(hints, room, colours, frozen !== undefined)
    return state === '' ? line : `${line}  ${state}`
  }

  #hints(): readonly KeyHint[] {
    if (this.#dialog !== undefined) return this.#dialog.hints
    const [space, ...rest] = commonKeys
    const freeze = this.#frozenAt === undefined ? space! : { ...space!, label: 'go on' }
    const back = this.#pages.length > 1 ? [backKey] : []
    return [...this.#page.hints, ...back, freeze, ...rest]
  }
}

/** So many of a page's own keys come before freezing where there is no room for all. */
const ownKeys = 6

/** The keys side by side: the last ones, help and quit, stay longest, then the first ones. */
function drawHints(hints: readonly KeyHint[], columns: number, colours: Colours, isFrozen: boolean): string {
  const priority = (at: number) => {
    const fromEnd = hints.length - 1 - at
    if (fromEnd < 2) return fromEnd
    // While it is frozen, how it goes on stays.
    if (fromEnd === 2) return isFrozen ? 1.5 : ownKeys + 2
    return at < ownKeys ? at + 2 : at + 3
  }
  const slots = hints.map(({ key, label }, at) => ({ min: key.length + 1 + label.length, priority: priority(at) }))
  const { widths, gap } = fitSlots(slots, columns - 1)
  const shown = hints.filter((_, at) => widths[at]! > 0)
  return ` ${shown.map(({ key, label }) => `${colours.accent(key)} ${label}`).join(' '.repeat(gap))}`
}

class HelpPage<S> extends TextPage<S> {
  constructor(name: string, about: Page<S>, within: boolean) {
    super({
      head: (_, { columns, colours }) => [colours.strong(fitText(` ${name}: keys and columns`, columns)), ''],
      body: (_, area: Area) => helpLines(about, within, area),
    })
  }
}
