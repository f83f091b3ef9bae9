// Owns foreign descriptions of networks as topologies, one file a format: text in, cables out, by the same rules into a Topology. Must
// not know where texts come from: files and servers are its callers'. Start at importCabling, then dot.ts as the pattern of the
// formats, and build.ts for what becomes of cables.

import { InputError } from '../../errors.ts'
import { Cabling } from './cabling.ts'
import type { ImportInput } from './input.ts'

export { type BuildOptions, buildDefaults, buildTopology, type ImportResult } from './build.ts'
export type { Cable, CableEnd, Cabling, Device, ImportWarning } from './cabling.ts'
export type { ImportInput } from './input.ts'

export const importKinds = ['dot', 'netq', 'eapi', 'netbox', 'containerlab', 'lldp', 'batfish', 'sflow-rt'] as const
export type ImportKind = (typeof importKinds)[number]

type Importer = (input: ImportInput, cabling: Cabling) => Cabling

/** Each loads its own module: YAML is nothing for who reads JSON. */
const importers: Readonly<Record<ImportKind, () => Promise<Importer>>> = {
  dot: async () => (await import('./dot.ts')).importDot,
  netq: async () => (await import('./netq.ts')).importNetq,
  eapi: async () => (await import('./eapi.ts')).importEapi,
  netbox: async () => (await import('./netbox.ts')).importNetbox,
  containerlab: async () => (await import('./containerlab.ts')).importContainerlab,
  lldp: async () => (await import('./lldp.ts')).importLldp,
  batfish: async () => (await import('./batfish.ts')).importBatfish,
  'sflow-rt': async () => (await import('./sflow-rt.ts')).importSflowRt,
}

/**
 * Cables of all inputs together, files of one kind.
 * @param kind undefined: guessed from each text
 * @throws InputError for a text that is not of this kind, or of none
 */
export async function importCabling(kind: ImportKind | undefined, inputs: readonly ImportInput[]): Promise<Cabling> {
  const cabling = new Cabling()
  for (const input of inputs) {
    const one = kind ?? guessKind(input)
    if (one === undefined) {
      throw new InputError(`${input.name}: it is not clear of what kind this is.`, [
        `Name the kind: ${importKinds.join(', ')}.`,
      ])
    }
    const importer = await importers[one]()
    importer(input, cabling)
  }
  return cabling
}

/** What only one format has, near the beginning of a text; a number of characters, since some are very long. */
const BEGINNING = 65_536

const signs: readonly (readonly [ImportKind, RegExp])[] = [
  ['eapi', /"lldpNeighbors"|^[ \t]*Port[ \t]+Neighbor Device ID/m],
  ['batfish', /"interfaceName"/],
  ['netbox', /"[ab]_terminations"|"termination_a(_type)?"|"device_type"|"connected_(endpoint|interface)/],
  ['netq', /"peer_?hostname"|^[ \t]*Hostname[ \t]+Interface[ \t]+Peer Hostname/im],
  ['lldp', /"lldp"|"iface_obj"/],
  ['sflow-rt', /"node1"|"links"\s{0,9}:\s{0,9}\{/],
  ['containerlab', /"ssh-pub-keys"|"endpoints"|"clab"|^topology:/m],
  ['dot', /\b(di)?graph\b[^{\n]{0,99}\s{0,9}\{/i],
]

/** The kind that the text can only be; undefined where that is not clear. */
export function guessKind({ text }: ImportInput): ImportKind | undefined {
  const beginning = text.slice(0, BEGINNING)
  return signs.find(([, sign]) => sign.test(beginning))?.[0]
}
