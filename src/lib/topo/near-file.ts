// Owns which file beside it a person may have meant by the name of one that is not there. See topology.ts for the folder.

import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { didYouMean } from '../parse/nearest.ts'

/** Names of the files in a folder; undefined where there is none, or it can't be read. */
export function filesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []))
  } catch {
    return undefined
  }
}

/** `Did you mean x/topology.json?`, or undefined where nothing is near. */
export function nearFile(path: string): string | undefined {
  return didYouMean(basename(path), filesIn(dirname(path)) ?? [], (name) => join(dirname(path), name))
}
