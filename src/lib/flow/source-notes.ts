// Owns what is said of data sources whose scale is doubtful. Knows no flow. Start at noteSources.

import { addressText } from '../wire/address-text.ts'
import { STRETCH_SUMS, Stretch } from './places.ts'
import type { SourceNote } from './rows.ts'
import type { Scale } from './scale.ts'
import { isMeasured } from './scale.ts'
import type { OpenWindow } from './window.ts'

/** Samples from which on a rate that is 20 % off is no chance: 2 standard deviations of the pool between them (1/√n). */
const LEAST_FOR_RATE_OFF = 100
const MOST_OFF = 0.2
/** More than anyone reads; the rest are of the same kinds. */
const MOST_NOTES = 256

/** Notes by data source, in order of address and index. */
export function noteSources(
  window: Pick<OpenWindow, 'places' | 'sampleWeight'>,
  effective: readonly Scale[],
): SourceNote[] {
  const { places } = window
  const { keys } = places.sources
  const stretches = new Map<number, number>()
  for (let s = 0; s < places.stretches.count; s++) {
    const source = places.stretches.keys[s * 2]!
    stretches.set(source, (stretches.get(source) ?? 0) + 1)
  }
  const found: { readonly at: number; readonly note: SourceNote }[] = []
  for (let s = 0; s < places.stretches.count; s++) {
    const source = places.stretches.keys[s * 2]!
    const at = source * 6
    const sums = s * STRETCH_SUMS
    const configuredRate = places.rates[s]!
    const { rate } = effective[s]!
    const base = {
      agent: addressText(keys, at) ?? 'unknown',
      dataSource: `${keys[at + 4]}:${keys[at + 5]}`,
      samples: places.sums[sums + Stretch.received]! / window.sampleWeight,
      configuredRate,
      effectiveRate: Number.isNaN(rate) ? null : rate,
    }
    const say = (kind: SourceNote['kind']) => found.push({ at, note: { kind, ...base } })
    if (configuredRate === 0) say('no rate')
    else if (base.samples >= LEAST_FOR_RATE_OFF && Math.abs(rate - configuredRate) > MOST_OFF * configuredRate) {
      say('rate off')
    }
    const isPool = configuredRate > 1 && places.sums[sums + Stretch.pool]! > 0 && places.overridden[s] === 0
    if (isPool && !isMeasured(places.sums, sums)) say('pool not measured')
    if (stretches.get(source)! > 1) say('rate changed')
  }
  const compare = (a: number, b: number): number => {
    for (let k = 0; k < 6; k++) if (keys[a + k] !== keys[b + k]) return keys[a + k]! - keys[b + k]!
    return 0
  }
  return found
    .sort((a, b) => compare(a.at, b.at))
    .slice(0, MOST_NOTES)
    .map((x) => x.note)
}
