// Owns sampling rates that a person gives, as text. See parse.ts for the folder.

import { type AddressWords, parseAddress } from './address.ts'
import { parseList } from './list.ts'
import { notUnderstood } from './parse.ts'
import { parseCount } from './rate.ts'

export interface GivenRate {
  readonly agent: AddressWords
  /** Undefined: all data sources of the agent. */
  readonly source: { readonly type: number; readonly index: number } | undefined
  /** 1 in so many. */
  readonly rate: number
}

const needed = 'Give AGENT=N or AGENT:SOURCE=N, such as 192.0.2.1=1000, 192.0.2.1:3=1k or [2001:db8::1]:0:3=1000.'

/** Data sources are 24 bits of index (sflow_version_5.txt, "sFlowDataSource"), 30 in the expanded form. */
const MOST_INDEX = 0x3fffffff

/**
 * `192.0.2.1=1000,192.0.2.2:3=1k`: an agent, or a port of it. A data source that is no port has its type before it,
 * `192.0.2.1:2:7=1000`; IPv6 stands in brackets where a data source follows.
 * @throws InputError naming `what`
 */
export function parseGivenRates(text: string, what: string): GivenRate[] {
  return parseList(text, what).map((item) => {
    const match = /^(?:\[([^\]]+)\]|([0-9.]+(?=[:=])|[^[\]=]+))(?::(?:(\d{1,3}):)?(\d{1,10}))?=(.+)$/.exec(item)
    const agent = match === null ? undefined : parseAddress(match[1] ?? match[2]!)
    const index = match?.[4] === undefined ? undefined : Number(match[4])
    if (match === null || agent === undefined || (index ?? 0) > MOST_INDEX) throw notUnderstood(what, item, needed)
    const rate = parseCount(match[5]!, what)
    if (rate < 1) throw notUnderstood(what, item, needed)
    return { agent, source: index === undefined ? undefined : { type: Number(match[3] ?? 0), index }, rate }
  })
}
