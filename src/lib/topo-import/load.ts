// Owns what a source is, and reading its text from a file or a pipe. Knows no format. See topo-import.ts for the folder.

import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { formatCount, InputError } from '../errors.ts'
import { openInput } from '../source/byte-input.ts'
import { filesIn, nearFile } from '../topo/near-file.ts'
import type { ImportKind } from './options.ts'

export interface FileSource {
  readonly type: 'file'
  readonly path: string
  /** The switch that speaks in it, where a person says so: NAME=FILE. */
  readonly name: string | undefined
}

export interface UrlSource {
  readonly type: 'url'
  readonly url: string
}

export type SourceSpec = FileSource | UrlSource

/** NetBox tells 20,000 interfaces in 40 MB. */
const LARGEST = 64 << 20
const BLOCK = 1 << 20

/**
 * What a person means by SOURCE: `-`, a URL, `NAME=FILE`, a file; with kind eapi also a host.
 * @throws InputError for an empty one
 */
export function parseSource(text: string, kind: ImportKind | undefined): SourceSpec {
  if (text === '') throw new InputError('A source is empty.', ['Give a file, - for stdin, or a URL.'])
  if (/^https?:\/\//i.test(text)) return { type: 'url', url: text }
  if (text === '-' || existsSync(text)) return { type: 'file', path: text, name: undefined }
  const named = /^([\w.-]+)=(.+)$/s.exec(text)
  if (named !== null) return { type: 'file', path: named[2]!, name: named[1]! }
  // leaf1.example.net, 10.0.0.1:8443, [2001:db8::1]; what looks like a file is a file that is missing.
  const isHost =
    /^(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(text) && !/\.(json|txt|raw|log)$/i.test(text)
  if (kind === 'eapi' && isHost) return { type: 'url', url: text }
  return { type: 'file', path: text, name: undefined }
}

/** Who speaks in a file that does not say so: NAME of NAME=FILE, else the file's name without its extensions. */
export function speakerOf({ path, name }: FileSource): { name: string; guessed: boolean } {
  if (name !== undefined) return { name, guessed: false }
  return { name: path === '-' ? 'stdin' : basename(path).replace(/(\.(json|txt|raw|log|out))+$/i, ''), guessed: true }
}

/**
 * The text of a file or of stdin.
 * @param instead sentences on what else could be done, where there is no such file
 * @throws InputError where it can't be read, is larger than 64 MiB or is no text
 */
export async function loadText(path: string, instead: readonly string[] = []): Promise<string> {
  if (path !== '-' && !existsSync(path)) throw missing(path, instead)
  if (path !== '-' && statSync(path).isDirectory()) throw folder(path)
  const input = openInput(path)
  const source = nameOf(path)
  try {
    refuseLarge(source, input.bytesTotal ?? 0)
    // One more than a file has, so that its end shows without growing.
    let bytes = new Uint8Array((input.bytesTotal ?? BLOCK) + 1)
    let length = 0
    for (;;) {
      if (length === bytes.length) {
        const grown = new Uint8Array(length * 2)
        grown.set(bytes)
        bytes = grown
      }
      const n = await input.read(bytes, length, bytes.length)
      if (n === 0) break
      length += n
      refuseLarge(source, length)
    }
    return decodeText(bytes.subarray(0, length), source)
  } finally {
    await input.close()
  }
}

/** What a person may have meant by a name that is no file: one beside it, or what `instead` says. */
function missing(path: string, instead: readonly string[]): InputError {
  const check = 'Check the name; - reads from stdin.'
  if (!existsSync(dirname(path))) {
    return new InputError(`There is no file '${path}', and no folder '${dirname(path)}'.`, [check])
  }
  const meant = nearFile(path)
  return new InputError(`There is no file '${path}'.${meant === undefined ? '' : ` ${meant}`}`, [check, ...instead])
}

/** A lab's folder has one file that is wanted; in others a person has to say which. */
function folder(path: string): InputError {
  const files = filesIn(path) ?? []
  const data = files.find((name) => name === 'topology-data.json') ?? files.find((name) => /\.clab\.ya?ml$/.test(name))
  const named =
    data === undefined ? `Name the files in it, such as ${join(path, '*.json')}` : `It has ${join(path, data)}.`
  return new InputError(`${path} is a folder, needed is a file.`, [named])
}

/** What a source of this kind may be that looks like a file and is none: a switch, or the server of NetBox or NetQ. */
export function serverInstead(path: string, kind: ImportKind | undefined): string[] {
  if (!/^[\w-]+(\.[\w-]+)*(:\d+)?$/.test(path) || /\.(json|ya?ml|dot|gv|txt)$/i.test(path)) return []
  if (kind === 'netbox' || kind === 'netq')
    return [`A server is given by its URL: sonde topo import ${kind} https://${path}`]
  return kind === undefined ? [`A switch that is to be asked needs the kind first: sonde topo import eapi ${path}`] : []
}

/** UTF-8, or UTF-16 with its byte order mark, as PowerShell writes what it redirects. */
function decodeText(bytes: Uint8Array, source: string): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8'
  const text = new TextDecoder(encoding).decode(bytes)
  if (!text.includes('\0')) return text
  throw new InputError(`${source} is no text: it has bytes of value 0.`, ['A capture is read by --learn FILE.'])
}

/** For messages. */
export const nameOf = (path: string): string => (path === '-' ? 'stdin' : path)

function refuseLarge(source: string, length: number): void {
  if (length <= LARGEST) return
  throw new InputError(`${source} has more than ${formatCount(LARGEST >> 20)} MiB, which no fabric needs.`, [
    'Several sources are merged, so it can be imported in parts.',
  ])
}
