// Owns what a page of a screen is, and a dialog below one. See screen.ts for the folder.

import type { Colours } from '../colour.ts'
import type { KeyHint } from './keys.ts'

/** Where a page draws and with what. The last line of the terminal, with the keys, is not part of it. */
export interface Area {
  readonly columns: number
  readonly rows: number
  readonly colours: Colours
}

/**
 * A page opens a dialog by returning it from `press`. Until it closes all keys are its own, `q` and `?` too, except Ctrl-C;
 * the page above goes on.
 */
export interface Dialog {
  /** In place of the page's keys in the last line. */
  readonly hints: readonly KeyHint[]
  /** Once it is false the dialog is gone, with the next key or frame. */
  readonly open: boolean
  /** As many lines however it changes while it is open, `area.rows` at most: the page above must not move. */
  draw(area: Area): readonly string[]
  press(key: string): void
  /** Text that was pasted: one thing, whatever characters are in it. */
  paste(text: string): void
}

/**
 * What a key leads to: a page to go into (`⌫` comes back from it); a dialog to open; `go on`: something was asked of the engine,
 * so that a frozen screen is no longer wanted.
 */
export type Answer<S> = Page<S> | Dialog | 'go on' | undefined

/**
 * One thing that a screen shows of snapshots of type S. The screen calls `take` with each snapshot that is to be shown
 * (five times a second at most, not at all while frozen), then `draw`; `press` with each key that is not the screen's own.
 * A page that wants something of the engine calls a function that it was made with.
 */
export interface Page<S> {
  /** What this page's own keys do, most important first. */
  readonly hints: readonly KeyHint[]
  /** What columns and marks mean, for the help page; each is wrapped to the width. */
  readonly help: readonly string[]
  /** Whether there is something in the page itself to come out of: then `⌫`, Esc and ← are given to it, as `back`. */
  readonly within?: boolean
  /** ← and → are its own: ← does not go back. */
  readonly sideways?: boolean
  take(snapshot: S, nowMs: number): void
  /** At most `area.rows` lines of at most `area.columns` columns. What comes from the network has gone through `cellText`. */
  draw(area: Area): readonly string[]
  press(key: string): Answer<S>
}
