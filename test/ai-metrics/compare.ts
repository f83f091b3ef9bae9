// Owns comparing a window with what is true of a generated fabric. Start at comparisons.

import type { AiWindow, Measure } from '../../src/lib/ai-metrics/rows.ts'
import type { Fabric } from '../helpers/fabric/fabric.ts'

/** An estimate of a whole run, with its bounds, and the truth. */
export interface Comparison {
  readonly metric: string
  readonly value: number
  readonly low: number
  readonly high: number
  readonly truth: number
}

/** Opcodes of packets that begin a message, by hand: SEND First and Only, WRITE First and Only, READ request. */
const starts = [0x00, 0x04, 0x06, 0x0a, 0x0c]

/** Every number of a window that has an interval, of all of a recording that was sampled where packets leave too. */
export function comparisons(fabric: Fabric, window: AiWindow): Comparison[] {
  const { whole } = fabric.truth
  const found: Comparison[] = []
  /** @param times by which the window's number is a total */
  const add = (metric: string, { value, low, high }: Measure, truth: number, times = window.seconds): void => {
    if (value === null || low === null || high === null) throw new Error(`${metric} has no interval`)
    found.push({ metric, value: value * times, low: low * times, high: high * times, truth })
  }
  add('bps', window.bps, whole.octets * 8)
  add('roce_pps', window.rocePps, whole.rocePackets)
  for (const { code, rate } of window.operations.top) add(`opcode ${code}`, rate, whole.opcodes.get(code!) ?? 0)
  add(
    'messages',
    window.messages,
    starts.reduce((sum, opcode) => sum + (whole.opcodes.get(opcode) ?? 0), 0),
  )
  add('rdma_ops', window.rdmaOps, whole.reth.packets)
  add('rdma_bytes', window.rdmaBytes, whole.reth.bytes / whole.reth.packets, 1)
  add('rdma_bytes_per_s', window.rdmaBytesPerSecond, whole.reth.bytes)
  add('credits', window.credits.avg, whole.credits.sum / whole.credits.counted, 1)
  add('nak', window.nak.rate, whole.naks)
  add('rnr', window.rnr.rate, whole.rnrs)
  add('cnp', window.cnp, whole.cnps)
  add('ecn', window.ecn, whole.ce.received)
  add('trim', window.trim, whole.trimmed.received)
  return found
}

/** Inside the interval, that of 95 %, or one `times` as wide. */
export function isInside({ value, low, high, truth }: Comparison, times = 1): boolean {
  const rounding = 1e-9 * Math.abs(truth)
  return truth >= value - times * (value - low) - rounding && truth <= value + times * (high - value) + rounding
}

/** 4 standard deviations, of which 1.96 are half of the interval. */
export const FOUR_SIGMA = 4 / 1.959964
