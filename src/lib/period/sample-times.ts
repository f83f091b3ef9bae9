// Owns which time a sample counts with, and how long agents hold those whose times are not their own. Knows numbers only, no
// sample. See period.ts for the folder. Start at SampleTimes.

import { SendingTimes } from './event-time.ts'
import { type Hold, HoldEstimate, holdOf, noHold } from './hold.ts'

/** What is known fades: its weight falls to 1/e in so many samples. */
const MEMORY = 2000
const FADE = Math.exp(-1 / MEMORY)

/** What is known of one agent. */
interface AgentTimes {
  readonly sending: SendingTimes
  readonly hold: HoldEstimate
}

/**
 * Times of samples that come by datagram, of all agents. A sample with a time of its own (record 0:1043) counts with that: say so
 * by `stamped`. Others count with when their datagram left its agent. Memory: a few hundred bytes an agent.
 */
export class SampleTimes {
  readonly #agents: AgentTimes[] = []
  /** Samples with and without a time of their own, faded. */
  #stamped = 0
  #unstamped = 0
  /** The datagram that samples come from now. */
  #agent = -1
  #sequence = -1
  #sentMs = Number.NaN
  #samples = 0

  /** A sample has a time of its own. */
  stamped(): void {
    this.#stamped = this.#stamped * FADE + 1
    this.#unstamped *= FADE
  }

  /**
   * A sample has none.
   * @param agent a small number, as a slot of AgentTable
   * @param sequence of its datagram: samples of one datagram come one after another
   * @param arrivalMs milliseconds since 1970
   * @param uptimeMs of its datagram
   * @returns when it left its agent, milliseconds since 1970, never later than its arrival
   */
  sent(agent: number, sequence: number, arrivalMs: number, uptimeMs: number): number {
    this.#stamped *= FADE
    this.#unstamped = this.#unstamped * FADE + 1
    if (agent !== this.#agent || sequence !== this.#sequence) {
      this.#close()
      this.#agent = agent
      this.#sequence = sequence
      this.#sentMs = this.#of(agent).sending.map(arrivalMs, uptimeMs)
    }
    this.#samples++
    return this.#sentMs
  }

  /** What holding may hide, over all samples. Not for each sample: it looks at every agent. */
  hold(): Hold {
    if (!(this.#unstamped > 0)) return noHold
    const { share, seconds } = holdOf(this.#agents.flatMap((agent) => agent?.hold ?? []))
    const held = (share * this.#unstamped) / (this.#unstamped + this.#stamped)
    return held > 0 ? { share: held, seconds } : noHold
  }

  #close(): void {
    if (this.#samples > 0) this.#of(this.#agent).hold.datagram(this.#sentMs, this.#samples)
    this.#samples = 0
  }

  #of(agent: number): AgentTimes {
    const known = this.#agents[agent]
    if (known !== undefined) return known
    const made = { sending: new SendingTimes(), hold: new HoldEstimate() }
    this.#agents[agent] = made
    return made
  }
}
