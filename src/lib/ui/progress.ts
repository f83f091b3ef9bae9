// Owns the one line that says how far a long read is. See ui.ts for the folder.

import { formatSpan } from './times.ts'
import { displayWidth, padEnd, truncate } from './width.ts'

const barWidth = 20
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const
/** Reads that end sooner show nothing. */
const quietMs = 1000
/** Columns of the label that stay where the line is too long. */
const LEAST_LABEL = 12
const redrawMs = 100

/** A bar of `barWidth` columns; an eighth of a column is one step. */
function drawBar(share: number): string {
  const steps = Math.round(Math.min(1, Math.max(0, share)) * barWidth * 8)
  return padEnd('█'.repeat(steps >> 3) + eighths[steps & 7], barWidth)
}

export interface ProgressTerminal {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/**
 * A progress line on a terminal: shown after a second, redrawn ten times a second at most, and wiped by `clear`.
 * Where the stream is no terminal nothing is ever written. The caller clears it before writing lines of its own.
 */
export class Progress {
  readonly #terminal: ProgressTerminal
  readonly #now: () => number
  readonly #start: number
  #last = Number.NEGATIVE_INFINITY
  #shown = false

  /**
   * @param terminal mostly `process.stderr`
   * @param now milliseconds of a clock that never goes back
   */
  constructor(terminal: ProgressTerminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal
    this.#now = now
    this.#start = now()
  }

  /**
   * Tells how much is done; cheap enough for every block that is read.
   * @param label what is being read; escaped before
   * @param total undefined where the end is not known (a pipe): then only `note` is shown
   * @param note counts in words, such as `2,401 datagrams`
   */
  update(label: string, done: number, total: number | undefined, note: string): void {
    if (this.#terminal.isTTY !== true) return
    const now = this.#now()
    const elapsed = now - this.#start
    if (elapsed < quietMs || now - this.#last < redrawMs) return
    this.#last = now
    this.#shown = true
    const share = total ? done / total : undefined
    const left =
      share !== undefined && share > 0.01 ? `   ${formatSpan(Math.max(0, elapsed / share - elapsed))} left` : ''
    const room = Math.max(20, (this.#terminal.columns ?? 80) - 1)
    const percent = share === undefined ? '' : `${String(Math.floor(share * 100)).padStart(3)} %`
    const bar = share === undefined ? '' : `   ${drawBar(share)} ${percent}`
    // What is done matters more than its name, and numbers more than the bar.
    const fits = displayWidth(`${bar}   ${note}${left}`) + LEAST_LABEL <= room
    const rest = `${fits || share === undefined ? bar : `   ${percent}`}   ${note}${left}`
    const name = truncate(label, Math.max(LEAST_LABEL, room - displayWidth(rest)))
    this.#terminal.write(`\r${truncate(`${name}${rest}`, room)}\u001b[K`)
  }

  /** Wipes the line. Safe to call when nothing is shown. */
  clear(): void {
    if (this.#shown) this.#terminal.write('\r\u001b[K')
    this.#shown = false
  }
}
