// Runs an import without a terminal: what it writes, what it tells, how it ends.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputError } from '../../src/lib/errors.ts'
import { type ImportKind, type ImportOptions, runImport } from '../../src/lib/topo-import/topo-import.ts'

export interface Imported {
  readonly code: number
  readonly out: string
  /** Warnings and other lines, summaries and failures, in order. */
  readonly lines: readonly string[]
}

export type Options = Omit<Partial<ImportOptions>, 'live'> & { readonly live?: Partial<ImportOptions['live']> }

/** Runs runImport on sources; what it throws becomes a last line with exit code 2 or 5, as the command does. */
export async function importTopology(
  kind: ImportKind | undefined,
  sources: readonly string[],
  options: Options = {},
): Promise<Imported> {
  const lines: string[] = []
  const out: Uint8Array[] = []
  const tell = (line: string): void => void lines.push(line)
  const report = {
    verbose: false,
    tell,
    note: tell,
    detail() {},
    progress() {},
    failure: (error: Error & { nextSteps: readonly string[] }) =>
      void lines.push([error.message, ...error.nextSteps].join(' | ')),
  }
  const all: ImportOptions = {
    kind,
    sources,
    switches: undefined,
    keepHosts: false,
    stripDomain: false,
    lower: false,
    nameLinks: false,
    agents: true,
    learn: [],
    ports: [6343],
    learnMs: undefined,
    serverFlags: [],
    netbox: { site: [], role: [], tag: [] },
    diff: undefined,
    merge: undefined,
    push: undefined,
    allowIncomplete: false,
    write: options.diff === undefined && options.push === undefined,
    stop: new AbortController().signal,
    ...options,
    live: { ca: undefined, timeoutMs: 5000, retries: 0, credentials: undefined, environment: {}, ...options.live },
  }
  const sink = {
    closed: false,
    write: (bytes: Uint8Array) => out.push(bytes.slice()) > 0,
    drain: async () => {},
    close: async () => {},
  }
  let code: number
  try {
    code = await runImport(all, report, () => sink)
  } catch (error) {
    if (!(error instanceof Error && 'nextSteps' in error)) throw error
    report.failure(error as InputError)
    code = error instanceof InputError ? 2 : 5
  }
  return { code, out: Buffer.concat(out).toString(), lines }
}

/** `leaf1:swp1 - spine1:swp1`, in the order of the links' names. */
export function linksOf(out: string): string[] {
  const { links } = JSON.parse(out) as { links: Record<string, Record<'node1' | 'port1' | 'node2' | 'port2', string>> }
  return Object.values(links).map(({ node1, port1, node2, port2 }) => `${node1}:${port1} - ${node2}:${port2}`)
}

/** Runs `use` with files of these texts in a folder of their own; their paths are in the order of the texts. */
export async function withFiles<T>(
  texts: Readonly<Record<string, string>>,
  use: (...paths: string[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-topo-'))
  try {
    const paths = Object.entries(texts).map(([name, text]) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    })
    return await use(...paths)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
