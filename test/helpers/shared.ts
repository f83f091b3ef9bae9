// Owns finding the folder `shared` beside the repository: specifications, vectors, real captures. It is not part of the
// repository; tests that need it skip with a printed line where it is absent.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Why a test that needs the folder is skipped where it is absent. */
export const sharedAbsent = '../shared, with captures of others, is not there'

const root = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), '..', 'shared')

/** Full path of a file or folder in it, or undefined where it is not there (and a line says so). */
export function sharedPath(relative: string): string | undefined {
  const path = join(root, relative)
  if (existsSync(path)) return path
  process.stdout.write(`skipped: ../shared/${relative} is not there\n`)
  return undefined
}

/** Parsed JSON of a file in it, or undefined where it is not there. */
export function sharedJson<T>(relative: string): T | undefined {
  const path = sharedPath(relative)
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as T)
}
