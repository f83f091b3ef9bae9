// Owns what is said of a name that was located nowhere: a switch, a host that did not send, or nobody that is known. See fabric.ts
// for the folder. Start at explainName.

import { formatCount } from '../errors.ts'
import { didYouMean } from '../parse/nearest.ts'
import { shortName } from '../topo/check-topology.ts'
import { naturalOrder } from '../topo/natural-order.ts'
import { nodeNames, type Topology } from '../topo/topology.ts'
import { cabledHosts } from './cabled-hosts.ts'
import type { Named } from './locate-query.ts'

/** Of hosts, in a message. */
const NAMES_SHOWN = 8

/**
 * @param hosts names that hosts tell of themselves in what was read
 * @returns sentences; undefined where a host is called so, which then has only not been seen
 */
export function explainName(
  { name, resolved, matches }: Named,
  topology: Topology | undefined,
  hosts: readonly string[],
): string | undefined {
  const nodes = topology === undefined ? [] : nodeNames(topology)
  const node = nodes.find(matches)
  if (node !== undefined) {
    return `${node} is a switch of the topology, and no host at one of its ports. sonde topo show --topology FILE shows what it is connected to, sonde topo locate all what is at its ports.`
  }
  if (hosts.some(matches)) return undefined
  const cabled = cabledHosts(topology)
  const places = cabled.filter((host) => matches(host.name))
  if (places.length > 0) {
    const where = places.map(({ node, port }) => `${node} ${port}`).join(', ')
    return `The topology has ${places[0]!.name} at ${where}; nothing was seen as it entered there.`
  }
  const known = [...new Set([...hosts, ...cabled.map((host) => host.name)])].sort(naturalOrder)
  const meant = didYouMean(shortName(name), [...known, ...nodes].map(shortName))
  const where = resolved
    ? 'neither to DNS nor by what hosts tell of themselves'
    : 'none tells it of itself, and DNS is not asked with --no-names'
  const unknown = `No host is known as ${name}: ${where}.${meant === undefined ? '' : ` ${meant}`}`
  if (known.length === 0) {
    return `${unknown} Here no host tells its name (hsflowd on it would, docs/agents.md), so ask for its address, or for all.`
  }
  const more = known.length > NAMES_SHOWN ? ` and ${formatCount(known.length - NAMES_SHOWN)} more` : ''
  return `${unknown} Hosts here are called ${known.slice(0, NAMES_SHOWN).join(', ')}${more}.`
}
