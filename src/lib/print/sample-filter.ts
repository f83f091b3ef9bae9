// Owns which samples the commands that print them let through: --filter, the flow language's condition on the sample at hand, and
// a pcap-filter expression on its header; both must hold. Knows no flag; what is not asked for is not loaded. Start at
// openSampleFilter.

import { SampleView } from '../attributes/context.ts'
import type { LanguageFiles } from '../expression/data/load.ts'
import type { PortDirectory } from '../expression/data.ts'
import type { Walker } from '../sflow/walker.ts'
import type { Batch } from '../source/source.ts'
import type { PacketChoice, PacketFilter } from './packet-filter.ts'

/** A filter as it can be handed to a thread: text, and the files it looks things up in. */
export interface FilterChoice {
  readonly text: string
  readonly files: LanguageFiles
  /** A file; without it nodes, ports and links have no names. */
  readonly topology: string | undefined
}

/** Which samples are wanted: undefined is all. */
interface SampleChoices {
  readonly filter?: FilterChoice | undefined
  readonly packets?: PacketChoice | undefined
}

/** @throws InputError for a filter that is wrong, with its place, or a file that can't be used */
export async function openSampleFilter({ filter, packets }: SampleChoices): Promise<SampleFilter | undefined> {
  if (filter === undefined && packets === undefined) return undefined
  const passes = filter && (await openCondition(filter))
  const packetFilter = packets && (await import('./packet-filter.ts')).openPacketFilter(packets)
  return new SampleFilter(passes, packetFilter)
}

async function openCondition(choice: FilterChoice): Promise<(view: SampleView) => boolean> {
  const { compileFilter, loadLanguageData, parseFilter } = await import('../expression/open.ts')
  const filter = parseFilter(choice.text, '--filter')
  const ports = choice.topology === undefined ? undefined : await portsOf(choice.topology)
  return compileFilter(filter, await loadLanguageData(choice.files, { ports }))
}

async function portsOf(path: string): Promise<PortDirectory> {
  const { readTopology, TopologyIndex } = await import('../topo/open.ts')
  const { readUserFile } = await import('../expression/open.ts')
  const text = new TextDecoder().decode(await readUserFile(path, '--topology'))
  return new TopologyIndex(readTopology(text, `--topology ${path}`))
}

/** Says of the sample that a walker stands on whether it passes. Allocates nothing. */
export class SampleFilter {
  /** Undefined: no expression was given. */
  readonly packets: PacketFilter | undefined
  readonly #passes: ((view: SampleView) => boolean) | undefined
  #walker: Walker | undefined
  #view: SampleView | undefined

  constructor(passes: ((view: SampleView) => boolean) | undefined, packets?: PacketFilter) {
    this.#passes = passes
    this.packets = packets
  }

  /** Call for each datagram that is opened, always with the same walker. */
  datagram(w: Walker, batch: Batch, i: number): void {
    this.#walker = w
    if (this.#passes === undefined) return
    this.#view ??= new SampleView(w)
    this.#view.startDatagram(batch.sec[i]!, batch.nsec[i]!, batch.sender, i)
  }

  /** Call once for each sample. */
  passes(): boolean {
    if (this.packets !== undefined && !this.packets.passes(this.#walker!)) return false
    if (this.#passes === undefined) return true
    const view = this.#view!
    view.startSample()
    return this.#passes(view)
  }
}
