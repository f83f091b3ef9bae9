// Owns what is said of Node, the processors and the terminal. Finds nothing out itself. See doctor.ts for the folder.

import type { Finding } from './finding.ts'

/** What the command knows of the terminal; colours of stdout: 0 none, 1 16, 2 256, 3 all. */
export interface TerminalFacts {
  readonly isTTY: boolean
  readonly columns: number
  readonly colourLevel: 0 | 1 | 2 | 3
  /** LC_ALL, LC_CTYPE or LANG, the first that is set; empty where none is. */
  readonly locale: string
}

export interface ProgramFacts {
  /** `v24.21.0` */
  readonly nodeVersion: string
  /** `linux x64` */
  readonly platform: string
  readonly cpus: number
  readonly zstd: boolean
  readonly terminal: TerminalFacts
}

export function judgeProgram(facts: ProgramFacts): Finding[] {
  return [node(facts), zstd(facts), cpus(facts), terminal(facts.terminal)]
}

function node({ nodeVersion, platform }: ProgramFacts): Finding {
  // An older Node than package.json's `engines` does not come this far: bin/run.js says so.
  return {
    what: 'Node.js',
    state: 'ok',
    found: `${nodeVersion}, ${platform}`,
    means: 'sonde needs 22.12 or newer.',
    advice: [],
  }
}

function zstd({ zstd: there }: ProgramFacts): Finding {
  return there
    ? {
        what: 'zstd',
        state: 'ok',
        found: 'unpacks',
        means: 'Captures packed with zstd can be read; gzip always can.',
        advice: [],
      }
    : {
        what: 'zstd',
        state: 'limited',
        found: 'not in this Node',
        means: "Captures packed with zstd can't be read; gzip can.",
        advice: ['Use Node.js 22.15 or newer, or unpack first: zstd -dc FILE | sonde decode -'],
      }
}

function cpus({ cpus: count }: ProgramFacts): Finding {
  return count > 1
    ? {
        what: 'processors',
        state: 'ok',
        found: `${count}`,
        means: 'Receiving and what else runs here do not wait for each other.',
        advice: [],
      }
    : {
        what: 'processors',
        state: 'limited',
        found: '1',
        means: 'Receiving waits for all else that runs here: a larger receive buffer has to make up for it.',
        advice: ['Give it a second processor, or see the receive buffer.'],
      }
}

const colours = ['no colour', '16 colours', '256 colours', 'all colours'] as const

function terminal({ isTTY, columns, colourLevel, locale }: TerminalFacts): Finding {
  const what = 'terminal'
  if (!isTTY) {
    return {
      what,
      state: 'ok',
      found: 'none: output goes into a file or pipe',
      means: 'No screen, no colour.',
      advice: [],
    }
  }
  const utf8 = /utf-?8/i.test(locale)
  const found = `${columns} columns, ${colours[colourLevel]}, ${utf8 ? 'UTF-8' : `not UTF-8 (${locale || 'no locale'})`}`
  if (!utf8) {
    return {
      what,
      state: 'limited',
      found,
      means: 'Rules, arrows and bars may show as other characters.',
      advice: ['export LANG=C.UTF-8'],
    }
  }
  if (columns < 80) {
    return {
      what,
      state: 'limited',
      found,
      means: 'Screens are made for 80 columns and more.',
      advice: ['Make it wider.'],
    }
  }
  return { what, state: 'ok', found, means: 'Screens and cards show as they are meant.', advice: [] }
}
