// Owns --filter of the commands that print samples: the language's condition on the sample at hand. Knows no flag; the
// language is loaded only where a filter is asked for. Start at openSampleFilter.

import { SampleView } from '../attributes/context.ts'
import type { LanguageFiles } from '../expression/data/load.ts'
import type { PortDirectory } from '../expression/data.ts'
import type { Walker } from '../sflow/walker.ts'
import type { Batch } from '../source/source.ts'

/** A filter as it can be handed to a thread: text, and the files it looks things up in. */
export interface FilterChoice {
  readonly text: string
  readonly files: LanguageFiles
  /** A file; without it nodes, ports and links have no names. */
  readonly topology: string | undefined
}

/** @throws InputError for a filter that is wrong, with its place, or a file that can't be used */
export async function openSampleFilter(choice: FilterChoice | undefined): Promise<SampleFilter | undefined> {
  if (choice === undefined) return undefined
  const { compileFilter, loadLanguageData, parseFilter } = await import('../expression/open.ts')
  const filter = parseFilter(choice.text, '--filter')
  const ports = choice.topology === undefined ? undefined : await portsOf(choice.topology)
  return new SampleFilter(compileFilter(filter, await loadLanguageData(choice.files, { ports })))
}

async function portsOf(path: string): Promise<PortDirectory> {
  const { readTopology, TopologyIndex } = await import('../topo/open.ts')
  const { readUserFile } = await import('../expression/open.ts')
  const text = new TextDecoder().decode(await readUserFile(path, '--topology'))
  return new TopologyIndex(readTopology(text, `--topology ${path}`))
}

/** Says of the sample that a walker stands on whether it passes. Allocates nothing. */
export class SampleFilter {
  readonly #passes: (view: SampleView) => boolean
  #view: SampleView | undefined

  constructor(passes: (view: SampleView) => boolean) {
    this.#passes = passes
  }

  /** Call for each datagram that is opened, always with the same walker. */
  datagram(w: Walker, batch: Batch, i: number): void {
    this.#view ??= new SampleView(w)
    this.#view.startDatagram(batch.sec[i]!, batch.nsec[i]!, batch.sender, i)
  }

  /** Call once for each sample. */
  passes(): boolean {
    const view = this.#view!
    view.startSample()
    return this.#passes(view)
  }
}
