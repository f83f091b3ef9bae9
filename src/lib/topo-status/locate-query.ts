// Owns what `sonde topo locate` is asked: an address in any spelling, a name, or all. See fabric.ts for the folder. Start at
// parseLocateQuery.

import { lookup } from 'node:dns/promises'
import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { InputError } from '../errors.ts'
import { type AddressWords, parseAddress } from '../parse/address.ts'
import { shortName } from '../topo/check-topology.ts'

/** A name as hosts tell it of themselves, or a topology that keeps hosts has it: with or without domain, in any case. */
export interface Named {
  readonly name: string
  /** DNS was asked for it. */
  readonly resolved: boolean
  readonly matches: (name: string) => boolean
}

export type LocateQuery =
  | { readonly kind: 'all'; readonly text: string }
  /** First 32 bits, and last 16. */
  | { readonly kind: 'mac'; readonly text: string; readonly high: number; readonly low: number }
  /** One of IPv4, one of IPv6, or both where a name has both; such a name may also be told by a host that sends from others. */
  | {
      readonly kind: 'ip'
      readonly text: string
      readonly addresses: readonly AddressWords[]
      readonly named?: Named
    }
  | { readonly kind: 'host'; readonly text: string; readonly named: Named }

/** The name that was asked for, if it was one. */
export function namedOf(query: LocateQuery): Named | undefined {
  return query.kind === 'host' || query.kind === 'ip' ? query.named : undefined
}

/** Gives all addresses of a name; rejects where it has none. */
export type Resolve = (name: string) => Promise<readonly { readonly address: string; readonly family: number }[]>

const TIMEOUT_MS = 3000

/** The system's resolver, /etc/hosts too. */
export const resolveBySystem: Resolve = async (name) => {
  const end = new AbortController()
  const late = wait(TIMEOUT_MS, undefined, { signal: end.signal }).then(() => {
    throw new Error(`no answer in ${TIMEOUT_MS / 1000} s`)
  })
  // Whichever is later is nobody's business.
  late.catch(() => {})
  try {
    return await Promise.race([lookup(name, { all: true }), late])
  } finally {
    end.abort()
  }
}

/**
 * MAC addresses with `:`, `-`, `.` or bare; IPv4, IPv6; `all`; else a name: of DNS, where it has one address of a kind, else one
 * that a host tells of itself in sFlow.
 * @param resolve undefined: DNS is not asked
 * @throws InputError for a name that has several addresses of a kind, or that can be no name
 */
export async function parseLocateQuery(text: string, resolve: Resolve | undefined): Promise<LocateQuery> {
  if (text === 'all') return { kind: 'all', text }
  const digits = macDigits(text)
  if (digits !== undefined) {
    return {
      kind: 'mac',
      text,
      high: Number.parseInt(digits.slice(0, 8), 16),
      low: Number.parseInt(digits.slice(8), 16),
    }
  }
  // As URLs and ssh have it: [2001:db8::1], fe80::1%eth0.
  const address = parseAddress(text.replace(/^\[(.*)\]$/, '$1').replace(/%[\w.-]+$/, ''))
  if (address !== undefined) return { kind: 'ip', text, addresses: [address] }
  if (existsSync(text)) {
    throw new InputError(`"${text}" is a file; what to locate stands before it: an address, a host's name, or all.`, [
      `sonde topo locate all ${text} --topology topology.json`,
    ])
  }
  if (!/^[A-Za-z0-9_]([\w.-]{0,251}\w)?\.?$/.test(text) || /^[\d.]+$/.test(text)) {
    throw new InputError(`"${text}" is neither an address nor a name.`, [
      'Give a MAC address such as 00:00:5e:00:53:01, an IPv4 or IPv6 address, the name of a host, or all.',
    ])
  }
  return (await addressesOf(text, resolve)) ?? { kind: 'host', text, named: namedAs(text, resolve !== undefined) }
}

function macDigits(text: string): string | undefined {
  const [, pairs, triplets, bare] =
    /^(?:((?:[\da-f]{2}([:-]))(?:[\da-f]{2}\2){4}[\da-f]{2})|([\da-f]{4}\.[\da-f]{4}\.[\da-f]{4})|([\da-f]{12}))$/i
      .exec(text)
      ?.filter((_, i) => i !== 2) ?? []
  return (pairs ?? triplets ?? bare)?.replace(/[:.-]/g, '')
}

async function addressesOf(name: string, resolve: Resolve | undefined): Promise<LocateQuery | undefined> {
  if (resolve === undefined) return undefined
  let answers: Awaited<ReturnType<Resolve>>
  try {
    answers = await resolve(name)
  } catch {
    return undefined
  }
  const addresses = [...new Set(answers.map(({ address }) => address))]
  for (const family of [4, 6]) {
    const ofFamily = addresses.filter((address) => address.includes(':') === (family === 6))
    if (ofFamily.length > 1) {
      throw new InputError(`${name} has several addresses: ${ofFamily.slice(0, 8).join(', ')}.`, [
        'Locate one of them, or use --no-names to look for a host that calls itself so.',
      ])
    }
  }
  const words = addresses.flatMap((address) => {
    const parsed = parseAddress(address.replace(/%.*$/, ''))
    return parsed === undefined ? [] : [parsed]
  })
  const text = `${name} (${addresses.join(', ')})`
  return words.length === 0 ? undefined : { kind: 'ip', text, addresses: words, named: namedAs(name, true) }
}

function namedAs(text: string, resolved: boolean): Named {
  const wanted = text.replace(/\.$/, '').toLowerCase()
  const matches = (name: string): boolean => {
    const host = name.toLowerCase()
    return host === wanted || (!wanted.includes('.') && shortName(host) === wanted)
  }
  return { name: text, resolved, matches }
}
