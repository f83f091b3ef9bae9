// Owns what a page of a screen is. See screen.ts for the folder.

import type { Colours } from '../colour.ts'
import type { KeyHint } from './keys.ts'

/** Where a page draws and with what. The last line of the terminal, with the keys, is not part of it. */
export interface Area {
  readonly columns: number
  readonly rows: number
  readonly colours: Colours
}

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
  take(snapshot: S, nowMs: number): void
  /** At most `area.rows` lines of at most `area.columns` columns. What comes from the network has gone through `cellText`. */
  draw(area: Area): readonly string[]
  /** @returns a page to go into; `⌫` comes back from it */
  press(key: string): Page<S> | undefined
}
