// Owns what an analysis publishes while it runs live: to a server beside it, and to those who push it on. Knows neither. Start at
// Published; serve/publishing.ts is what becomes of it.

import type { AgentTable } from '../agents/agents.ts'
import type { LanguageData } from '../expression/data.ts'
import type { MetricTable } from '../metrics/metrics.ts'
import type { PushSettings } from '../push/settings.ts'
import type { AiPoints } from '../serve/ai-points.ts'
import type { ServeOptions } from '../serve/serve.ts'
import type { Topology } from '../topo/topology.ts'
import type { Engine } from './engine.ts'

/** Where to; can go to a thread. */
export interface PublishOptions {
  /** `topo status`: what runs, for headings. */
  readonly command: string
  /** Of sonde. */
  readonly version: string
  readonly serve: ServeOptions | undefined
  readonly push: PushSettings | undefined
}

/** Names and places, for what is asked beside the analysis. */
export interface Places {
  readonly topology: Topology | undefined
  /** False: what agents tell of their names is not used. */
  readonly names: boolean
  readonly ignoreCase: boolean
  /** What the flow language looks things up in; ports and hosts are added. */
  readonly data: LanguageData
}

/**
 * What came so long ago is of now still. As long as agents may take from one counter sample to the next: an analysis that has
 * windows only where something came is not without numbers between two of them.
 */
export const NOW_MS = 30_000

/** What of the windows is published. */
export interface Published<Window> {
  metrics(window: Window, into: MetricTable): void
  /** A window is over, before anything is asked of it; those that are not published too. The same one may come twice in a row. */
  over?(window: Window): void
  /** Samples began or ended inside the window: such a one is not published. Left out: not known. */
  isPartial?(window: Window): boolean
  /**
   * For how long a window is the newest one, milliseconds: its length. Without another one for that long and NOW_MS it is not
   * published any more: what stopped is not known. Left out, or Infinity: it always is.
   */
  lengthMs?(window: Window): number
  /** The moment that the numbers are of, milliseconds since 1970. Left out: now. */
  timeMs?(window: Window): number
  /**
   * The numbers of now, where they need not wait for the end of a window: published instead of windows. Left out, or undefined:
   * the newest window is published.
   */
  peek?(engine: Engine<Window>): Window | undefined
  /**
   * What is known before the first window is over, for who asks then. Left out, or undefined: nothing.
   * @param nowMs by the clock of samples
   */
  soFar?(engine: Engine<Window>, nowMs: number): Window | undefined
  /** Left out: there is no topology, and names are what agents tell. */
  readonly places?: Places
  /**
   * Uses another topology from now on; left out: it has no use for one.
   * @param engine the one that counts now
   * @returns the same, or another one that starts from nothing
   */
  setTopology?(topology: Topology, engine: Engine<Window>, agents: AgentTable): Engine<Window>
  /** For the paths of AI Metrics. */
  readonly ai?: AiPoints
}
