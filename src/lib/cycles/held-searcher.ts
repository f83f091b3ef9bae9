// Owns searches among samples that agents may hold: what may be the alias of a shorter cycle is no answer. See cycles.ts for the
// folder. Start at HeldSearcher.find.

import type { Finding, SearchOptions } from '../period/find.ts'
import { type Hold, isHidden, noHold, shortestBehind } from '../period/hold.ts'
import type { Events } from '../period/spectrum.ts'
import { Searcher } from '../period/stream.ts'

/** For findJobs, which knows no agents. */
export class HeldSearcher extends Searcher {
  /** Of all samples that are searched. */
  hold: Hold = noHold

  override find(events: Events, from: number, seconds: number, options: SearchOptions): Finding {
    const least = shortestBehind(this.hold)
    const asked = least > options.minSeconds ? { ...options, minSeconds: Math.min(least, options.maxSeconds) } : options
    const finding = super.find(events, from, seconds, asked)
    if (finding.periodSeconds === null || !isHidden(this.hold, finding.periodSeconds, finding.depth)) return finding
    const { p, samples, windowSeconds } = finding
    return { periodSeconds: null, reason: 'held', p, samples, windowSeconds }
  }
}
