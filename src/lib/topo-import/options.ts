// Owns what `sonde topo import` can be asked for, so that the command knows it without loading the readers. See topo-import.ts
// for the folder.

import type { InputTrouble } from '../source/inputs.ts'
import type { BuildOptions } from './build.ts'
import type { Environment } from './credentials.ts'
import type { NetboxFilter } from './netbox.ts'

export const importKinds = ['dot', 'netq', 'eapi', 'netbox', 'containerlab', 'lldp', 'batfish', 'sflow-rt'] as const
export type ImportKind = (typeof importKinds)[number]

export interface ImportOptions extends BuildOptions {
  /** Undefined: told from each source. */
  readonly kind: ImportKind | undefined
  /** Files, - for stdin, NAME=FILE, URLs; hosts for eapi. */
  readonly sources: readonly string[]
  readonly netbox: NetboxFilter
  /** Captures, or udp:// addresses, in which names, agents and ifindexes are looked for, and the UDP ports that carry sFlow. */
  readonly learn: readonly string[]
  readonly ports: readonly number[]
  /** How long is listened at udp:// addresses; undefined: the usual time. */
  readonly learnMs: number | undefined
  /** A topology that the import is compared with, or added to. */
  readonly diff: string | undefined
  readonly merge: string | undefined
  /** Where the topology is PUT to. */
  readonly push: string | undefined
  /** Compare and push although a source failed or is cut short. */
  readonly allowIncomplete: boolean
  /** Also without --output, the topology is written. False with --diff and --push. */
  readonly write: boolean
  readonly live: LiveOptions
  /** Flags for servers that a person typed, such as `--ca`: wrong where no server is asked. */
  readonly serverFlags: readonly string[]
  readonly stop: AbortSignal
}

export interface LiveOptions {
  /** PEM file of certification authorities, beside the usual ones. */
  readonly ca: string | undefined
  /** For one request, from connecting to the last byte. */
  readonly timeoutMs: number
  /** How often a request is tried again. */
  readonly retries: number
  /** First pause before a retry; see HttpOptions. */
  readonly pauseMs?: number
  /** File of credentials, and the variables that may hold them. */
  readonly credentials: string | undefined
  readonly environment: Environment
}

/** Where an import tells what it does. */
export interface ImportReport extends InputTrouble {
  readonly verbose: boolean
  note(line: string): void
  detail(line: string): void
  progress(label: string, done: number, total: number | undefined, note: string): void
}
