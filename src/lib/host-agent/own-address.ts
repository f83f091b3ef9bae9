// Owns which address this host has as an agent. Start at ownAddress.

import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { InputError } from '../errors.ts'
import { type AddressWords, type Prefix, parseAddress, prefixContains } from '../parse/address.ts'
import type { Address } from '../wire/kinds.ts'

/** TEST-NET-1 (RFC 5737): leads where everything leads that has no route of its own. Nothing is sent there. */
const SOMEWHERE = '192.0.2.1'
const DISCARD_PORT = 9

export interface OwnAddressWishes {
  /** An address, or an interface that has one. */
  readonly given: string | undefined
  /** The first address of this host in it; after `given`. */
  readonly within: Prefix | undefined
  /** An address of the first collector: the agent is the one from which datagrams go there. */
  readonly towards: string | undefined
}

/**
 * The agent's address. It need not be this host's where it was given: collectors know devices by it.
 * @throws InputError where an interface has no address, or there is none within
 */
export async function ownAddress({ given, within, towards }: OwnAddressWishes): Promise<Address> {
  if (given !== undefined) return addressOf(parseAddress(given) ?? addressOfInterface(given))
  if (within !== undefined) return addressOf(addressWithin(within))
  const routed = await sourceTowards(towards ?? SOMEWHERE)
  return addressOf(routed ?? firstAddress() ?? [0, 0, MAPPED, LOOPBACK])
}

const MAPPED = 0xffff
const LOOPBACK = 0x7f000001

/** As a datagram has it: IPv4 in four bytes. */
export function addressOf(words: AddressWords): Address {
  const isV4 = words[0] === 0 && words[1] === 0 && words[2] === MAPPED
  const bytes = new Uint8Array(isV4 ? 4 : 16)
  const view = new DataView(bytes.buffer)
  if (isV4) view.setUint32(0, words[3])
  else for (let i = 0; i < 4; i++) view.setUint32(4 * i, words[i]!)
  return { type: isV4 ? 1 : 2, bytes }
}

/** Addresses of this host: IPv4 before IPv6, link-local ones last, as they mean nothing elsewhere. */
function addresses(name?: string): AddressWords[] {
  const all = Object.entries(networkInterfaces())
    .filter(([key]) => name === undefined || key === name)
    .flatMap(([, list]) => list ?? [])
    .filter(({ internal }) => name !== undefined || !internal)
  const rank = (address: string): number => (/^fe80:/i.test(address) ? 2 : isIPv6(address) ? 1 : 0)
  return all
    .map(({ address }) => address)
    .sort((a, b) => rank(a) - rank(b))
    .map((address) => parseAddress(address.replace(/%.*$/, '')))
    .filter((words) => words !== undefined)
}

function firstAddress(): AddressWords | undefined {
  return addresses()[0]
}

function addressOfInterface(name: string): AddressWords {
  const [first] = addresses(name)
  if (first !== undefined) return first
  throw new InputError(`--agent ${name} is no address, and no interface that has one.`, [
    'Give an address, or see: ip address',
  ])
}

function addressWithin(prefix: Prefix): AddressWords {
  const found = addresses().find(([a, b, c, d]) => prefixContains(prefix, a, b, c, d))
  if (found !== undefined) return found
  throw new InputError('No address of this host is within agent.cidr.', ['Give --agent ADDRESS, or see: ip address'])
}

/** The source address that the kernel would choose; undefined without a route. No datagram is sent. */
async function sourceTowards(host: string): Promise<AddressWords | undefined> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      // Node calls it with what failed, too, which its types do not say.
      socket.connect(DISCARD_PORT, host, (error?: Error) => (error === undefined ? resolve() : reject(error)))
    })
    return parseAddress(socket.address().address.replace(/%.*$/, ''))
  } catch {
    return undefined
  } finally {
    socket.close()
  }
}
