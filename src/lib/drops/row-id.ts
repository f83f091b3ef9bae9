// Owns which drops are in one row. See drops.ts for the folder. Start at rowId.

import type { KeyValue } from '../flow/rows.ts'
import type { DropGrouping } from './groupings.ts'
import type { Told } from './keys.ts'
import type { Place } from './snapshot.ts'

/** The same of drops that are in one row; a text that no other row has. */
export function rowId(by: readonly DropGrouping[], { reason, victim, further }: Told, place: Place): string {
  const parts: (KeyValue | undefined)[] = []
  if (by.includes('reason')) parts.push(reason.code ?? reason.name)
  if (by.includes('place')) parts.push(place.id)
  if (by.includes('victim') && victim !== null) {
    parts.push(victim.src, victim.dst, victim.protocol, victim.port, victim.dscp)
  }
  parts.push(...further)
  return JSON.stringify(parts.map((part) => (typeof part === 'bigint' ? `${part}n` : part)))
}
