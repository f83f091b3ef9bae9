// Owns opening where a command's output goes, and refusing to write over what is being read. Knows no format.
// Start at openOutput.

import { fstatSync, type Stats, statSync } from 'node:fs'
import { InputError } from '../errors.ts'
import { FdSink, openFileSink } from './fd-sink.ts'

const STDIN = 0
const STDOUT = 1

/**
 * Opens a file for writing, or stdout.
 * @param path undefined: stdout
 * @param inputs what is being read, `-` is stdin: opening one of them would empty it, and appending to it never ends
 * @throws InputError where the output is one of the inputs, before anything is changed; else as openFileSink
 */
export function openOutput(path: string | undefined, inputs: readonly string[]): FdSink {
  const output = statOf(path ?? STDOUT)
  if (output?.isFile()) {
    for (const input of inputs) {
      const stat = statOf(input === '-' ? STDIN : input)
      if (stat?.isFile() && stat.ino === output.ino && stat.dev === output.dev) throw sameFile(path, input)
    }
  }
  return path === undefined ? new FdSink(STDOUT, 'stdout') : openFileSink(path)
}

function sameFile(path: string | undefined, input: string): InputError {
  const read = input === '-' ? 'stdin' : `'${input}'`
  const written = path === undefined ? 'stdout' : `'${path}'`
  return new InputError(
    written === read
      ? `${read} is both input and output; writing would destroy what is to be read.`
      : `${written} and ${read} are the same file; writing would destroy what is to be read.`,
    ['Write to another file.'],
  )
}

/** Undefined for what does not exist: that is told by whoever opens it. */
function statOf(target: string | number): Stats | undefined {
  try {
    return typeof target === 'number' ? fstatSync(target) : statSync(target)
  } catch {
    return undefined
  }
}
