// Owns what the engines of drops have of a stretch of time. See drops.ts for the folder. Start at DropsPart.

import type { FlowWindow } from '../flow/rows.ts'
import type { PortsWindow } from '../port-rates/port-rates.ts'
import type { Slice } from './timeline.ts'
import type { ToldAt } from './told-ports.ts'

/** What the engines have of one stretch of time; several make a window. */
export interface DropsPart {
  readonly startMs: number
  readonly endMs: number
  readonly seconds: number
  readonly told: FlowWindow | undefined
  readonly sampled: FlowWindow | undefined
  readonly culprits: FlowWindow | undefined
  readonly exported: FlowWindow | undefined
  readonly slices: readonly Slice[]
  readonly ports: PortsWindow | undefined
  readonly toldAt: ReadonlyMap<string, ToldAt>
  /** Flow and counter samples. */
  readonly otherSamples: number
  /** It goes on: its newest slice is not whole. */
  readonly isRunning: boolean
}
