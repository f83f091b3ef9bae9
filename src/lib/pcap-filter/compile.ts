// Owns filters from text to program. See classic.ts for the folder. Start at compileFilter.

import { assemble } from './assemble.ts'
import { type ClassicProgram, linkTypes } from './classic.ts'
import { yes } from './condition.ts'
import { factor } from './factor.ts'
import { conditionOf } from './generate.ts'
import { graphOf } from './graph.ts'
import { Layers } from './layers.ts'
import { links } from './links.ts'
import { type FilterNames, filterNames } from './names.ts'
import { parseFilter } from './parser.ts'
import { FilterText } from './problem.ts'
import { behindPrefix } from './wlan.ts'

/** Longer programs are of filters that no one wrote; a kernel takes 4,096 (BPF_MAXINSNS). */
const MOST_INSTRUCTIONS = 1 << 16

/**
 * A filter as pcap-filter(7) describes it, as tcpdump takes it for recorded packets.
 * Names are those of `names`; without them only the built-in names of services and protocols are known, and nothing is
 * asked of the network.
 * @param text empty takes every packet
 * @param linkType LINKTYPE number of what the packets begin with
 * @throws InputError that shows the place: for what is no filter, for what the link does not have, for a filter that
 * takes no packet
 * @see pcap-filter(7) of libpcap 1.10.3
 */
export function compileFilter(text: string, linkType: number, names: FilterNames = filterNames()): ClassicProgram {
  const source = new FilterText(text)
  const expression = parseFilter(text)
  if (expression === undefined) return assemble(graphOf(yes))
  const layers = new Layers(linkType, (place, message, next) => {
    throw source.problem(place, message, next)
  })
  const condition = behindPrefix(layers, conditionOf(layers, expression, names))
  // What sets variables stays in order.
  const root = graphOf(layers.unproven || layers.used.size > 0 ? condition : factor(condition))
  if (layers.doubt !== undefined && !layers.unproven) throw source.problem(layers.doubt.place, layers.doubt.message)
  if (root.kind === 'return' && !root.takes && !layers.unproven) {
    throw source.problem(expression, 'no packet can be all of this.', [
      'Between things that exclude each other belongs or: port 80 or port 443.',
    ])
  }
  const program = assemble(root)
  if (program.code.length > MOST_INSTRUCTIONS) {
    throw source.problem(
      expression,
      `it is too long: ${program.code.length} instructions; ${MOST_INSTRUCTIONS} are the most.`,
    )
  }
  return program
}

/** How the link of packets is called; undefined for links that are not known. @param linkType LINKTYPE number */
export function linkName(linkType: number): string | undefined {
  return links.get(linkType)?.name
}

export type { FilterNames }
export { filterNames, linkTypes }
