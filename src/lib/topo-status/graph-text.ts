// Owns a fabric for other programs: Graphviz, Mermaid, JSON. See fabric.ts for the folder. Start at fabricDot.

import type { Datum } from '../analysis/column.ts'
import { isoOf } from '../analysis/iso-time.ts'
import { jsonOf } from '../analysis/json.ts'
import type { Style } from '../print/style.ts'
import { type FabricState, type LinkSight, loadOf } from './fabric.ts'
import { loadText } from './picture.ts'
import { rounded } from './status-report.ts'
import { tiersOf } from './tiers.ts'

const colours = { up: 'black', down: 'red', unmonitored: 'gray' } as const

/** A quoted ID of the DOT language: what is no plain text was made visible before. */
function quoted(text: string, style: Style): string {
  return `"${style.escape(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** One rank a tier; ports are labels at the ends, as `sonde topo import dot` reads them. */
export function fabricDot({ topology, links }: FabricState, style: Style, heard: boolean): string {
  const ranks = tiersOf(topology).map(
    (names) => `  { rank=same; ${names.map((name) => `${quoted(name, style)};`).join(' ')} }`,
  )
  const edges = links.map((sight) => {
    const { node1, port1, node2, port2 } = sight.link
    const attributes = [`taillabel=${quoted(port1, style)}`, `headlabel=${quoted(port2, style)}`]
    if (heard) attributes.push(`color=${colours[sight.state]}`)
    const load = loadOf(sight)
    if (heard && load !== null) attributes.push(`label="${loadText(load)}"`)
    return `  ${quoted(node1, style)} -- ${quoted(node2, style)} [${attributes.join(', ')}];`
  })
  return `graph fabric {\n  rankdir=BT;\n  node [shape=box];\n${[...ranks, ...edges].join('\n')}\n}\n`
}

/** Text of a label: characters that Mermaid reads are given by number. */
function label(text: string, style: Style): string {
  return style.escape(text).replace(/["#&;<>\\|[\]{}()`]/g, (character) => `#${character.charCodeAt(0)};`)
}

/** @see Mermaid, "Flowcharts": entity codes as #35; */
export function fabricMermaid({ topology, links }: FabricState, style: Style, heard: boolean): string {
  const ids = new Map(
    tiersOf(topology)
      .flat()
      .map((name, i) => [name, `n${i}`]),
  )
  const nodes = [...ids].map(([name, id]) => `  ${id}["${label(name, style)}"]`)
  const edges = links.map((sight) => {
    const { node1, port1, node2, port2 } = sight.link
    const load = heard ? loadOf(sight) : null
    const text = `${label(port1, style)} - ${label(port2, style)}${load === null ? '' : ` ${label(loadText(load), style)}`}`
    return `  ${ids.get(node1)} ---|"${text}"| ${ids.get(node2)}`
  })
  const painted = !heard
    ? []
    : links.flatMap(({ state }, i) => (state === 'up' ? [] : [`  linkStyle ${i} stroke:${colours[state]}`]))
  return `graph BT\n${[...nodes, ...edges, ...painted].join('\n')}\n`
}

/** Tiers, nodes and links; what is not known is null. */
export function fabricJson({ nowMs, topology, nodes, links }: FabricState, heard: boolean): string {
  const tiers = tiersOf(topology)
  const tierOf = new Map(tiers.flatMap((names, tier) => names.map((name) => [name, tier])))
  const object: Datum = {
    kind: 'fabric',
    time: isoOf(nowMs),
    tiers,
    nodes: nodes.map(({ name, monitored, flowSamples }) => ({
      name,
      tier: tierOf.get(name)!,
      agent: topology.nodes.get(name)?.agent ?? null,
      monitored: heard ? monitored : null,
      flow_samples: heard ? flowSamples : null,
    })),
    links: links.map((sight) => linkDatum(sight, heard)),
  }
  return `${jsonOf(object)}\n`
}

function linkDatum(sight: LinkSight, heard: boolean): Datum {
  const [a, b] = sight.ends
  const { node1, port1, node2, port2 } = sight.link
  return {
    name: sight.name,
    node1,
    port1,
    node2,
    port2,
    state: heard ? sight.state : null,
    load: rounded(loadOf(sight)),
    speed_bits_per_s: a.row?.speed ?? b.row?.speed ?? null,
    // Each direction as its sender counts it, else as its receiver does.
    bits_per_s_1_to_2: rounded(a.row?.out.bitsPerSecond ?? b.row?.in.bitsPerSecond ?? null),
    bits_per_s_2_to_1: rounded(b.row?.out.bitsPerSecond ?? a.row?.in.bitsPerSecond ?? null),
  }
}
