// Owns counting what a replay will send, before it begins, for its progress line. Start at survey.

import { TimeWindow } from '../print/time-window.ts'
import type { Inputs } from '../source/inputs.ts'
import type { ReplayOptions } from './options.ts'

/** Larger inputs are not read twice: that would be felt. */
const MOST_BYTES = 64 << 20

/**
 * Reads the inputs once.
 * @returns datagrams of all loops, Infinity where loops have no end; undefined where stdin or much is to be read
 */
export async function survey(open: () => Promise<Inputs>, options: ReplayOptions): Promise<number | undefined> {
  const { since, until, limit = Number.POSITIVE_INFINITY, loops, stop } = options
  if (options.inputs.includes('-')) return undefined
  const inputs = await open()
  try {
    const { bytesTotal } = inputs.source.report()
    if (bytesTotal === undefined || bytesTotal > MOST_BYTES) return undefined
    const window = new TimeWindow(since, until)
    let datagrams = 0
    for await (const { count, sec, nsec } of inputs.source.batches()) {
      if (stop.aborted) return undefined
      for (let i = 0; i < count; i++) if (window.contains(sec[i]!, nsec[i]!)) datagrams++
    }
    return Math.min(limit, datagrams * loops)
  } finally {
    await inputs.close()
  }
}
