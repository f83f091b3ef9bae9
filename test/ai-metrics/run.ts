// Owns running `sonde ai-metrics` on a capture within a test: its windows as plain values, what it says beside them, its text.

import { readFileSync } from 'node:fs'
import { aiAnalysis } from '../../src/lib/ai-metrics/ai-metrics.ts'
import { type AiQuery, type AiSettings, aiEngine } from '../../src/lib/ai-metrics/query.ts'
import type { AiWindow } from '../../src/lib/ai-metrics/rows.ts'
import type { AnalysisFormat } from '../../src/lib/analysis/options.ts'
import { runAnalysis } from '../../src/lib/analysis/run.ts'
import { noPeriod, type PeriodMethod } from '../../src/lib/period/period.ts'
import { readTopology } from '../../src/lib/topo/read-topology.ts'
import { plain } from '../helpers/cards.ts'

export const usualQuery: AiQuery = {
  windowMs: 'all',
  latenessMs: 2000,
  agg: undefined,
  rates: [],
  compat: false,
  by: undefined,
  top: 10,
  trimDscp: 11,
}

export const noSettings: AiSettings = { names: true, ignoreCase: false, topology: undefined, groups: [] }

export interface Asked extends Partial<AiQuery> {
  /** Path of the topology. */
  readonly topology?: string | undefined
  readonly groups?: AiSettings['groups']
  readonly format?: AnalysisFormat
  readonly failIf?: readonly string[]
  readonly period?: PeriodMethod
}

export interface Ran {
  readonly windows: readonly AiWindow[]
  readonly text: string
  readonly notes: readonly string[]
  readonly code: number
}

/** All of a capture. */
export async function ran(capture: string, asked: Asked = {}): Promise<Ran> {
  const { topology, groups, format = 'ndjson', failIf = [], period = noPeriod, ...query } = asked
  const settings: AiSettings = {
    ...noSettings,
    topology: topology === undefined ? undefined : readTopology(readFileSync(topology, 'utf8'), topology),
    groups: groups ?? [],
  }
  const windows: AiWindow[] = []
  const notes: string[] = []
  let text = ''
  const whole = { ...usualQuery, ...query }
  const analysis = aiAnalysis(whole, settings, 'capture.pcap', () => period)
  const kept = {
    ...analysis,
    engine: (agents: Parameters<typeof analysis.engine>[0]) => {
      const engine = aiEngine(whole, settings, agents, period)
      const keep = (some: readonly AiWindow[]): readonly AiWindow[] => {
        windows.push(...some)
        return some
      }
      return {
        sample: (view: Parameters<typeof engine.sample>[0]) => engine.sample(view),
        advance: (toMs: number) => keep(engine.advance(toMs)),
        finish: () => keep(engine.finish()),
      }
    },
  }
  const say = (line: string): void => {
    notes.push(line)
  }
  const report = {
    ...{ verbose: false, tell: say, note: say, detail: () => {}, progress: () => {} },
    failure: (error: Error) => say(error.message),
  }
  const code = await runAnalysis(
    kept,
    {
      input: { kind: 'recorded', paths: [capture], ports: [6343] },
      agents: [],
      since: undefined,
      until: undefined,
      limit: undefined,
      format,
      view: { style: plain, width: 100, time: () => '', day: () => '', clock: () => '12:00:00' },
      failIf,
      stop: new AbortController().signal,
    },
    report,
    () => ({
      write: (bytes: Uint8Array) => {
        text += new TextDecoder().decode(bytes)
        return true
      },
      drain: async () => {},
      close: async () => {},
      closed: false,
    }),
  )
  return { windows, text, notes, code }
}

/** The one window of a whole capture. */
export async function whole(capture: string, asked: Asked = {}): Promise<AiWindow> {
  const { windows } = await ran(capture, asked)
  if (windows.length !== 1) throw new Error(`${windows.length} windows`)
  return windows[0]!
}
