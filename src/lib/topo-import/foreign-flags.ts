// Owns refusing flags that nothing of an import takes: ignored, they would look as if they had been obeyed. See topo-import.ts
// for the folder.

import { InputError } from '../errors.ts'
import type { SourceSpec } from './load.ts'
import type { ImportOptions } from './options.ts'
import type { Reading } from './reading.ts'

/**
 * Of flags for servers (--ca, --credentials, --timeout, --retries), and, where the kind is named, those of NetBox.
 * @throws InputError that says which kind or flag takes it
 */
export function refuseFlagsOfServers(options: ImportOptions, sources: readonly SourceSpec[]): void {
  const { kind, serverFlags, push } = options
  if (kind !== undefined && kind !== 'netbox') refuseFilter(options, `these sources are of kind ${kind}`)
  const flag = serverFlags[0]
  if (flag === undefined || push !== undefined || sources.some(({ type }) => type === 'url')) return
  throw new InputError(`${flag} is for servers that are asked, and these sources are files.`, [
    'netq, netbox and eapi take a URL (eapi also a host) in place of a file; --push has one, too.',
  ])
}

/**
 * Of --site, --role and --tag where kinds were told from the sources.
 * @throws InputError that says what the sources are
 */
export function refuseFlagsOfNetbox(options: ImportOptions, readings: readonly Reading[]): void {
  if (readings.length === 0 || readings.some(({ kind }) => kind === 'netbox')) return
  const kinds = [...new Set(readings.map(({ kind }) => kind))].join(', ')
  refuseFilter(
    options,
    readings.length === 1 ? `this source is of kind ${kinds}` : `these sources are of kind ${kinds}`,
  )
}

function refuseFilter({ netbox }: ImportOptions, but: string): void {
  const given = (['site', 'role', 'tag'] as const).filter((name) => netbox[name].length > 0)
  if (given.length === 0) return
  const flags = given.map((name) => `--${name}`).join(', ')
  throw new InputError(`${flags} ${given.length === 1 ? 'chooses' : 'choose'} devices of netbox, and ${but}.`, [
    '--switches PATTERN says for every kind which nodes are switches.',
  ])
}
