// Owns running a DropsEngine over a capture, as the command does. Start at dropsOf.

import { readFileSync } from 'node:fs'
import { AgentTable, SequenceStatus } from '../../src/lib/agents/agents.ts'
import { SampleView } from '../../src/lib/attributes/context.ts'
import { DropsEngine } from '../../src/lib/drops/drops.ts'
import type { DropsPart } from '../../src/lib/drops/part.ts'
import type { DropsQuery, DropsSettings } from '../../src/lib/drops/query.ts'
import type { DropsWindow } from '../../src/lib/drops/snapshot.ts'
import { noData } from '../../src/lib/expression/expression.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { readTopology } from '../../src/lib/topo/read-topology.ts'

export interface Asked extends Partial<DropsQuery> {
  /** A file. */
  readonly topology?: string | undefined
}

export const queryOf = ({ topology: _, ...asked }: Asked): DropsQuery => ({
  by: ['reason', 'place', 'victim'],
  keys: '',
  filter: '',
  top: 20,
  windowMs: 'all',
  culprits: 10,
  exported: false,
  ...asked,
})

export const settingsOf = ({ topology }: Asked): DropsSettings => ({
  names: true,
  ignoreCase: false,
  latenessMs: 2000,
  rates: [],
  topology: topology === undefined ? undefined : readTopology(readFileSync(topology, 'utf8'), 'topology'),
  data: noData,
})

/** An engine and all that stands before it. */
export class Run {
  readonly agents = new AgentTable()
  readonly engine: DropsEngine
  readonly parts: DropsPart[] = []
  readonly #walker = new Walker(() => {})
  readonly #view = new SampleView(this.#walker)

  constructor(asked: Asked = {}) {
    this.engine = new DropsEngine(queryOf(asked), settingsOf(asked), this.agents)
  }

  take(bytes: Uint8Array, view: DataView, offset: number, length: number, sec: number, nsec: number): void {
    const w = this.#walker
    if (!w.open(bytes, view, offset, length)) return
    this.parts.push(...this.engine.advance(sec * 1000 + nsec / 1e6))
    this.#view.startDatagram(sec, nsec, new Uint32Array(4), 0)
    this.agents.datagram(w, sec, nsec)
    while (w.nextSample()) {
      this.#view.startSample()
      if (this.agents.sample(w) !== SequenceStatus.duplicate) this.engine.sample(this.#view)
    }
  }

  datagram(bytes: Uint8Array, sec: number, nsec = 0): void {
    this.take(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length, sec, nsec)
  }

  windows(): DropsWindow[] {
    return [...this.parts, ...this.engine.finish()].map((part) => this.engine.window([part]))
  }
}

/** All windows of a capture. */
export async function dropsOf(capture: string, asked: Asked = {}): Promise<DropsWindow[]> {
  const run = new Run(asked)
  const source = await openCapture(capture)
  for await (const b of source.batches()) {
    for (let i = 0; i < b.count; i++) {
      run.take(b.bytes, b.view, b.offset[i]!, b.length[i]!, b.sec[i]!, b.nsec[i]!)
    }
  }
  await source.close()
  return run.windows()
}
