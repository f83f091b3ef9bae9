// Owns running a CyclesEngine over a capture, as the command does. Start at cyclesOf.

import { readFileSync } from 'node:fs'
import { Reading } from '../../src/lib/analysis/reading.ts'
import { CyclesEngine } from '../../src/lib/cycles/cycles.ts'
import type { CyclesQuery, CyclesSettings } from '../../src/lib/cycles/query.ts'
import type { CycleRow, CyclesWindow } from '../../src/lib/cycles/snapshot.ts'
import { noData } from '../../src/lib/expression/expression.ts'
import { IssueLog } from '../../src/lib/print/issue-log.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { readTopology } from '../../src/lib/topo/read-topology.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { type FabricOptions, generateFabric } from '../helpers/fabric/fabric.ts'
import { fabricFiles } from '../helpers/fabric/files.ts'

export interface Asked extends Partial<CyclesQuery> {
  /** A file. */
  readonly topology?: string | undefined
  /** Seconds since 1970: what comes at this time or later is left out. */
  readonly until?: number
}

export const queryOf = ({ topology: _, until: __, ...asked }: Asked): CyclesQuery => ({
  ...{ by: '', filter: '', value: 'frames', method: 'h', windowMs: 'auto', minSeconds: 0.2, maxSeconds: 60 },
  ...{ top: undefined, everyMs: 'end', isRecorded: true, agg: undefined },
  ...asked,
})

export const settingsOf = ({ topology }: Asked): CyclesSettings => ({
  ...{ names: true, ignoreCase: false, rates: [], data: noData },
  topology: topology === undefined ? undefined : readTopology(readFileSync(topology, 'utf8'), 'topology'),
})

const anything = { limit: undefined, agents: [], since: undefined, until: undefined }

/** A reading of recorded input, and its windows. */
export function readingOf(asked: Asked): { reading: Reading<CyclesWindow>; windows: CyclesWindow[] } {
  const windows: CyclesWindow[] = []
  const reading = new Reading<CyclesWindow>(
    (agents) => new CyclesEngine(queryOf(asked), settingsOf(asked), agents),
    { input: { kind: 'recorded', paths: [], ports: [6343] }, ...anything },
    new IssueLog(() => {}),
    (window) => windows.push(window),
  )
  return { reading, windows }
}

/** All results of a capture; the last one is of its end. */
export async function cyclesOf(capture: string, asked: Asked = {}): Promise<CyclesWindow[]> {
  const { reading, windows } = readingOf(asked)
  const { until = Number.POSITIVE_INFINITY } = asked
  const out = new TextBuffer(0)
  const source = await openCapture(capture)
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      if (batch.sec[i]! + batch.nsec[i]! / 1e9 < until) reading.take(batch, i, out)
    }
  }
  await source.close()
  reading.finish(out)
  return windows
}

/** The rows at the end of a generated fabric. */
export async function fabricRows(options: FabricOptions, asked: Asked = {}): Promise<readonly CycleRow[]> {
  return (await fabricWindow(options, asked)).rows
}

export async function fabricWindow(options: FabricOptions, asked: Asked = {}): Promise<CyclesWindow> {
  const { capture, topology } = fabricFiles(generateFabric(options))
  return (await cyclesOf(capture, { topology, ...asked })).at(-1)!
}
