// Owns running a PathEngine over a capture, as the command does. Start at pathsOf.

import { readFileSync } from 'node:fs'
import { AgentTable, SequenceStatus } from '../../src/lib/agents/agents.ts'
import { SampleView } from '../../src/lib/attributes/context.ts'
import { noData } from '../../src/lib/expression/expression.ts'
import { pathEngine } from '../../src/lib/path/analysis.ts'
import type { PathEngine } from '../../src/lib/path/path.ts'
import type { PathQuery } from '../../src/lib/path/query.ts'
import type { PathHop, PathWindow } from '../../src/lib/path/snapshot.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { readTopology } from '../../src/lib/topo/read-topology.ts'

export interface RunOptions extends Partial<PathQuery> {
  /** A file. */
  readonly topology?: string | undefined
  readonly smoothMs?: number
}

/** An engine and all that stands before it. */
export class Run {
  readonly agents = new AgentTable()
  readonly engine: PathEngine
  readonly #walker = new Walker(() => {})
  readonly #view = new SampleView(this.#walker)

  constructor({ topology, smoothMs, filter = '', windowMs = 'all' }: RunOptions = {}) {
    const settings = {
      names: true,
      ignoreCase: false,
      latenessMs: 2000,
      rates: [],
      topology: topology === undefined ? undefined : readTopology(readFileSync(topology, 'utf8'), 'topology'),
      data: noData,
    }
    this.engine = pathEngine({ filter, windowMs }, settings, this.agents, smoothMs)
  }

  take(bytes: Uint8Array, view: DataView, offset: number, length: number, sec: number, nsec: number): void {
    const w = this.#walker
    if (!w.open(bytes, view, offset, length)) return
    this.#view.startDatagram(sec, nsec, new Uint32Array(4), 0)
    this.agents.datagram(w, sec, nsec)
    while (w.nextSample()) {
      this.#view.startSample()
      if (this.agents.sample(w) !== SequenceStatus.duplicate) this.engine.sample(this.#view)
    }
  }

  datagram(bytes: Uint8Array, sec: number, nsec = 0): void {
    this.take(bytes, new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length, sec, nsec)
  }
}

/** All windows of a capture. */
export async function pathsOf(capture: string, options: RunOptions = {}): Promise<PathWindow[]> {
  const run = new Run(options)
  const source = await openCapture(capture)
  const windows: PathWindow[] = []
  for await (const b of source.batches()) {
    for (let i = 0; i < b.count; i++) {
      windows.push(...run.engine.advance(b.sec[i]! * 1000 + b.nsec[i]! / 1e6))
      run.take(b.bytes, b.view, b.offset[i]!, b.length[i]!, b.sec[i]!, b.nsec[i]!)
    }
  }
  await source.close()
  return [...windows, ...run.engine.finish()]
}

/** The one window of all of a capture. */
export async function pathOf(capture: string, options: RunOptions = {}): Promise<PathWindow> {
  const windows = await pathsOf(capture, options)
  if (windows.length !== 1) throw new Error(`${windows.length} windows`)
  return windows[0]!
}

/** `leaf1 eth1 > spine1 measured`, a line a hop. */
export const linesOf = ({ hops }: PathWindow): string[] =>
  hops.map(
    (x) =>
      `${x.hop} ${x.node} ${x.outPort ?? '-'} > ${x.to ?? x.hosts?.names[0] ?? '-'} ${x.state}${x.isSilent ? ' ?' : ''}`,
  )

export function hopAt({ hops }: PathWindow, node: string, outPort: string): PathHop {
  const hop = hops.find((one) => one.node === node && one.outPort === outPort)
  if (hop === undefined) throw new Error(`no hop ${node} ${outPort}`)
  return hop
}
