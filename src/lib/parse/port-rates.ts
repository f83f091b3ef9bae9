// Owns sampling rates of interfaces that a person gives, as text. See parse.ts for the folder.

import { parseList } from './list.ts'
import { notUnderstood } from './parse.ts'
import { parseCount } from './rate.ts'

/** 1 in so many, of the interfaces that a pattern names. */
export interface PortRate {
  /** A name or a pattern of names; undefined: all others. */
  readonly pattern: string | undefined
  readonly rate: number
}

/** sFlow has 32 bits for it. */
const MOST_RATE = 0xffffffff

/**
 * `1000`, or with other rates for some interfaces `1k,eth0=100,veth*=1`.
 * @throws InputError naming `what`
 */
export function parsePortRates(text: string, what: string): PortRate[] {
  return parseList(text, what).map((item) => {
    const match = /^(?:([^=\s]+)=)?([^=]+)$/.exec(item)
    if (match === null) throw notUnderstood(what, item, 'Give N, or INTERFACE=N such as eth0=100 or veth*=1k.')
    const rate = parseCount(match[2]!, what)
    if (rate > MOST_RATE) throw notUnderstood(what, item, `The largest rate is ${MOST_RATE}.`)
    return { pattern: match[1], rate }
  })
}
