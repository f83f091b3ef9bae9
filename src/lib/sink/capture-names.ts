// Owns how captures are named: what an ending says, the names of rotated files, and which of them lie there already.
// Writes nothing. Start at splitCaptureName.

import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { InputError } from '../errors.ts'

export interface CaptureName {
  readonly path: string
  readonly folder: string
  /** The file's name without its ending. */
  readonly stem: string
  /** `.pcapng.gz` */
  readonly ending: string
  readonly form: 'pcap' | 'pcapng'
  readonly packed: boolean
}

/**
 * What a file's name asks for.
 * @param what the flag, for messages
 * @throws InputError where the ending is none of a capture's
 */
export function splitCaptureName(path: string, what: string): CaptureName {
  const name = basename(path)
  const match = /^(.+)(\.(pcap|pcapng)(\.gz)?)$/s.exec(name)
  if (match === null || path.endsWith('/')) {
    throw new InputError(
      `${what} "${path}" does not say which form to write. Give a name that ends in .pcap or .pcapng, with .gz behind it to pack: out.pcapng.gz.`,
    )
  }
  const [, stem = '', ending = '', form, gz] = match
  return {
    path,
    folder: dirname(path),
    stem,
    ending,
    form: form === 'pcapng' ? 'pcapng' : 'pcap',
    packed: gz !== undefined,
  }
}

/** What tells rotated files apart. */
export type Numbering = 'number' | 'time'

/** `out-000001.pcap` */
export function numberedName({ folder, stem, ending }: CaptureName, number: number): string {
  return join(folder, `${stem}-${String(number).padStart(6, '0')}${ending}`)
}

/** `out-20260801T120000Z.pcap`; where that is taken, `again` from 2 on gives `out-20260801T120000Z-2.pcap`. */
export function timedName({ folder, stem, ending }: CaptureName, sec: number, again = 1, label = ''): string {
  const suffix = again > 1 ? `-${again}` : ''
  return join(folder, `${stem}-${compactTime(sec)}${label}${suffix}${ending}`)
}

/** `20260801T120000Z`: ISO 8601 basic format, which sorts and needs no colon. */
function compactTime(sec: number): string {
  return new Date(sec * 1000).toISOString().replace(/[-:]|\.\d+/g, '')
}

export interface RotatedFile {
  readonly path: string
  /** The number; of timed names, that behind the time (1 where there is none). */
  readonly number: number
}

/** Rotated files of this name that are there, of this run or earlier ones, oldest first. */
export async function rotatedFiles(name: CaptureName, numbering: Numbering): Promise<RotatedFile[]> {
  const found: (RotatedFile & { readonly time: string })[] = []
  const pattern = numbering === 'number' ? /^-()(\d{6,})$/ : /^-(\d{8}T\d{6}Z)(?:-(\d+))?$/
  for (const entry of await readdir(name.folder, { withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.startsWith(name.stem) || !entry.name.endsWith(name.ending)) continue
    const middle = entry.name.slice(name.stem.length, -name.ending.length)
    const match = pattern.exec(middle)
    if (match === null) continue
    found.push({ path: join(name.folder, entry.name), time: match[1]!, number: Number(match[2] ?? 1) })
  }
  return found.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.number - b.number))
}
