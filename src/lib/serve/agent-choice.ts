// Owns the part `{agents}` of sFlow-RT's paths: ALL, TOPOLOGY, EDGE, CORE, or addresses and names with commas between them. See
// serve.ts for the folder. Start at parseAgentChoice.

import { type AddressWords, parseAddress } from '../parse/address.ts'
import type { PortRow } from '../port-rates/port-row.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'
import { HttpError } from './route.ts'

/** Ports, or data sources, of which something is asked. */
export type AgentChoice =
  | { readonly kind: 'all' | 'topology' | 'edge' | 'core' }
  | { readonly kind: 'some'; readonly addresses: readonly AddressWords[]; readonly names: ReadonlySet<string> }

const groups = { ALL: 'all', TOPOLOGY: 'topology', EDGE: 'edge', CORE: 'core' } as const
const MOST = 1000

/** @throws HttpError for an empty list, or one that is too long */
export function parseAgentChoice(text: string): AgentChoice {
  const group = Object.entries(groups).find(([name]) => name === text)?.[1]
  if (group !== undefined) return { kind: group }
  const items = text.split(',').map((item) => item.trim())
  if (items.includes('') || items.length > MOST) {
    throw new HttpError(400, 'Agents are ALL, TOPOLOGY, EDGE, CORE, or addresses and names with commas between them.')
  }
  const parsed = items.map((item) => [item, parseAddress(item)] as const)
  return {
    kind: 'some',
    addresses: parsed.flatMap(([, words]) => (words === undefined ? [] : [words])),
    names: new Set(parsed.filter(([, words]) => words === undefined).map(([item]) => item)),
  }
}

/** @param words the agent's address, from `at` on @param ifIndex of the port */
export function choosesPort(
  choice: AgentChoice,
  index: TopologyIndex,
  words: ArrayLike<number>,
  ifIndex: number,
  at = 0,
): boolean {
  switch (choice.kind) {
    case 'all':
      return true
    case 'topology':
      return index.isNode(words, at)
    case 'edge':
      return index.isEdge(words, ifIndex, at)
    case 'core':
      return index.isCore(words, ifIndex, at)
    case 'some':
      return (
        choice.addresses.some((one) => one.every((word, i) => word === words[at + i])) ||
        (choice.names.size > 0 && choice.names.has(index.node(words, ifIndex, at) ?? ''))
      )
  }
}

export function choosesRow(choice: AgentChoice, row: PortRow): boolean {
  switch (choice.kind) {
    case 'all':
      return true
    case 'topology':
      return row.place !== null
    case 'edge':
    case 'core':
      return row.place === choice.kind
    case 'some': {
      const words = parseAddress(row.agent)
      const isOne = choice.addresses.some((one) => one.every((word, i) => word === words?.[i]))
      return isOne || choice.names.has(row.node)
    }
  }
}
