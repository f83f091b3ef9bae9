// Owns how fast each interface goes, from states that come some times a second. Knows no tap and no terminal. Start at PortRows.

import type { PortState } from '../host-agent/port-sampling.ts'
import type { SampleState } from './report.ts'

/** Rates are taken over so long: samples of a slow interface are seldom. */
const SPAN_SECONDS = 5

/** An interface with its rates a second; null where it is not known yet. */
export interface PortRow extends PortState {
  readonly inPerSecond: number | null
  readonly outPerSecond: number | null
  readonly samplesPerSecond: number | null
  readonly lostPerSecond: number | null
}

/** Keeps the states of the last seconds. */
export class PortRows {
  readonly #states: SampleState[] = []

  /** The rows of the newest state; states must come in order of time. */
  take(state: SampleState): PortRow[] {
    this.#states.push(state)
    while (this.#states.length > 2 && state.seconds - this.#states[1]!.seconds >= SPAN_SECONDS) this.#states.shift()
    return state.ports.map((port) => this.#row(port, state.seconds))
  }

  #row(port: PortState, now: number): PortRow {
    const before = this.#oldest(port.interfaceIndex)
    const seconds = before === undefined ? 0 : now - before.seconds
    const rate = (of: (x: PortState) => number): number | null =>
      before === undefined || seconds <= 0 || !port.isSampled ? null : (of(port) - of(before.port)) / seconds
    return {
      ...port,
      inPerSecond: rate((x) => x.poolIn),
      outPerSecond: rate((x) => x.poolOut),
      samplesPerSecond: rate((x) => x.samples),
      lostPerSecond: rate((x) => x.lost),
    }
  }

  /** The interface as it was in the oldest state that has it. */
  #oldest(interfaceIndex: number): { readonly seconds: number; readonly port: PortState } | undefined {
    for (const { seconds, ports } of this.#states) {
      const port = ports.find((x) => x.interfaceIndex === interfaceIndex)
      if (port !== undefined) return { seconds, port }
    }
    return undefined
  }
}
