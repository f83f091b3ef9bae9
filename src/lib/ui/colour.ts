// Owns when colour is used and what each colour means. See ui.ts for the folder.

import { Chalk, supportsColor, supportsColorStderr } from 'chalk'

/** Colour by meaning, never by taste. With colour off each gives its text back. */
export interface Colours {
  readonly enabled: boolean
  /** Loss, drops, errors. */
  readonly bad: (text: string) => string
  /** Doubtful: few samples, off a recommendation, still learning. */
  readonly doubtful: (text: string) => string
  /** Context that may be overlooked. */
  readonly dim: (text: string) => string
  /** The one accent: selection, layer names. */
  readonly accent: (text: string) => string
  readonly strong: (text: string) => string
}

/** What decides about colour; `process.stdout` or `process.stderr` and `process.env`, or stand-ins in tests. */
export interface ColourSetting {
  readonly stream: 'stdout' | 'stderr'
  readonly isTTY: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** --no-color was given. */
  readonly refused: boolean
}

/**
 * How many colours to use: 0 none, 1 16, 2 256, 3 all. The first of these rules that applies decides:
 * --no-color; FORCE_COLOR (0 to 3, `true`, `false`, as Node and chalk read it); NO_COLOR that is not empty
 * (https://no-color.org; chalk 6 does not look at it); TERM=dumb; no terminal; what chalk finds for that stream.
 */
export function colourLevel({ stream, isTTY, env, refused }: ColourSetting): 0 | 1 | 2 | 3 {
  if (refused) return 0
  const force = env.FORCE_COLOR
  if (force !== undefined) {
    if (force === 'false' || force === '0') return 0
    return force === '2' ? 2 : force === '3' ? 3 : 1
  }
  if (env.NO_COLOR || env.TERM === 'dumb' || !isTTY) return 0
  const found = stream === 'stdout' ? supportsColor : supportsColorStderr
  return found === false ? 0 : found.level
}

// Of the 256 colours those that stand out from black and from white alike: a contrast of 3.9 or more to either (WCAG 2.2, relative
// luminance; 4.58 is the most that is possible). Which background a terminal has it does not say, and what it calls yellow
// is often unreadable on white (1.6). With 16 colours the terminal's theme decides.
const steadyRed = 196
const steadyYellow = 130
const steadyCyan = 30
const steadyGrey = 243

/** The colours of one level; used directly by tests, else through `createColours`. */
export function coloursOfLevel(level: 0 | 1 | 2 | 3): Colours {
  const chalk = new Chalk({ level })
  const steady = level >= 2
  const [red, yellow] = steady ? [chalk.ansi256(steadyRed), chalk.ansi256(steadyYellow)] : [chalk.red, chalk.yellow]
  const [grey, cyan] = steady ? [chalk.ansi256(steadyGrey), chalk.ansi256(steadyCyan)] : [chalk.dim, chalk.cyan]
  return Object.freeze({
    enabled: level > 0,
    bad: (text: string) => red(text),
    doubtful: (text: string) => yellow(text),
    dim: (text: string) => grey(text),
    accent: (text: string) => cyan(text),
    strong: (text: string) => chalk.bold(text),
  })
}

/**
 * The colours for one of the process's streams: stderr may be a terminal where stdout is a pipe.
 * @param refused --no-color was given
 */
export function createColours(stream: 'stdout' | 'stderr', refused: boolean): Colours {
  const isTTY = process[stream].isTTY === true
  return coloursOfLevel(colourLevel({ stream, isTTY, env: process.env, refused }))
}
