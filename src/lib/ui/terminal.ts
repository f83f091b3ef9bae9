// Owns the process's two output streams as a person sees them. See ui.ts for the folder.

import type { EnvironmentError, InputError } from '../errors.ts'
import type { Colours } from './colour.ts'
import { createColours } from './colour.ts'
import { escapeText } from './escape-text.ts'
import { formatFailure } from './failure.ts'
import { Progress } from './progress.ts'

export interface TerminalOptions {
  readonly noColour: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** Lines beside the records go through here, to stderr, so that they and a progress line don't run into each other. */
export class Terminal {
  /** Whether a person reads stdout. */
  readonly isTTY: boolean
  /** Columns of stdout, 80 where it is no terminal. */
  readonly columns: number
  /** For stdout. */
  readonly colours: Colours
  /** For stderr. */
  readonly errorColours: Colours
  readonly #quiet: boolean
  readonly #verbose: boolean
  #progress: Progress | undefined

  constructor({ noColour, quiet, verbose }: TerminalOptions) {
    this.isTTY = process.stdout.isTTY === true
    this.columns = process.stdout.columns ?? 80
    this.colours = createColours('stdout', noColour)
    this.errorColours = createColours('stderr', noColour)
    this.#quiet = quiet
    this.#verbose = verbose
  }

  /** A line that is always told, --quiet or not: damage, loss. Without colour and newline; it may name what came from outside. */
  tell(line: string): void {
    this.#write(escapeText(line))
  }

  /** A failure that is not the end. */
  failure(error: InputError | EnvironmentError): void {
    this.#write(formatFailure(error, this.errorColours, '').text)
  }

  #write(text: string): void {
    this.#progress?.clear()
    process.stderr.write(`${text}\n`)
  }

  /** A line that --quiet hides: summaries, what was chosen and why. */
  note(line: string): void {
    if (!this.#quiet) this.tell(line)
  }

  /** A line that only --verbose shows, unless there is --quiet too. */
  detail(line: string): void {
    if (this.verbose) this.tell(line)
  }

  /** Whether detail() shows anything. */
  get verbose(): boolean {
    return this.#verbose && !this.#quiet
  }

  /** Tells how far a read is; see Progress.update. Shows nothing with --quiet or where stderr is no terminal. */
  progress(label: string, done: number, total: number | undefined, note: string): void {
    if (this.#quiet) return
    this.#progress ??= new Progress(process.stderr)
    this.#progress.update(escapeText(label), done, total, note)
  }

  /** Wipes the progress line; call it before the process ends. */
  close(): void {
    this.#progress?.clear()
  }
}
