// Owns joining what several sources have under `hosts`. See topo-import.ts for the folder.

import type { JsonValue } from '../topo/topology.ts'
import { isObject, type JsonObject } from './json-text.ts'

/**
 * All hosts of both, of a host all ports of both; where both tell of a port, the second counts. What is no object in the first is given
 * up for the second.
 */
export function mergeHosts(first: JsonValue | undefined, second: JsonValue): JsonValue {
  if (!isObject(first) || !isObject(second)) return second
  return joined(first, second, (host, other) =>
    isObject(host) && isObject(other)
      ? joined(host, other, (ports, more) =>
          isObject(ports) && isObject(more) ? joined(ports, more, (_, last) => last) : more,
        )
      : other,
  )
}

/** Object.fromEntries, since a host may be called __proto__. */
function joined(
  a: JsonObject,
  b: JsonObject,
  both: (ofA: JsonValue, ofB: JsonValue) => JsonValue,
): { readonly [name: string]: JsonValue } {
  const members = new Map(Object.entries(a))
  for (const [name, value] of Object.entries(b)) {
    const known = members.get(name)
    members.set(name, known === undefined ? value : both(known, value))
  }
  return Object.fromEntries(members)
}
