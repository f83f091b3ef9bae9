// Owns random filters of the whole grammar, most of them right. Deterministic: the same numbers give the same filters.

/** Whole numbers from 0 to below `below`. */
export type Draw = (below: number) => number

/** @see Marsaglia, "Xorshift RNGs" (2003) */
export function drawFrom(seed: number): Draw {
  let state = seed | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const addresses = ['192.0.2.1', '10.1.2.3', '192.168.1.1', '127.0.0.1', '224.0.0.251']
const networks = ['10', '192.168', '10.0.0.0/8', '192.168.0.0/16', '127', '0.0.0.0/0', '224.0.0.0/4']
const addresses6 = ['2001:db8::1', 'fe80::1', '::1', 'ff02::fb']
const networks6 = ['2001:db8::/32', 'fe80::/10', '::/0', 'ff02::/16']
const ports = ['80', '53', '443', 'http', 'domain', 'ssh', '2152', '1', '65535']
const protocols = ['ip', 'ip6', 'arp', 'rarp', 'tcp', 'udp', 'icmp', 'icmp6', 'sctp', 'igmp', 'pim', 'ah', 'esp']
const rare = ['atalk', 'aarp', 'decnet', 'iso', 'stp', 'ipx', 'netbeui', 'isis', 'l1', 'vrrp', 'clnp', 'lat']
const readable = ['ip', 'ip6', 'tcp', 'udp', 'icmp', 'icmp6', 'arp', 'ether', 'sctp', 'link']
const numbers = ['0', '1', '2', '5', '6', '0x45', '17', '0xff', '64', '255', '0x0800', '1500', '0xffffffff', '07']

/** One filter. @param depth parentheses and arithmetic within each other, at most */
export function randomFilter(draw: Draw, depth = 3): string {
  const one = (from: readonly string[]): string => from[draw(from.length)]!
  const maybe = (text: string): string => (draw(3) === 0 ? text : '')
  const direction = () => one(['', '', 'src ', 'dst ', 'src or dst ', 'src and dst '])

  const arithmetic = (left: number): string => {
    switch (left <= 0 ? draw(2) : draw(6)) {
      case 0:
        return one(numbers)
      case 1:
        return one(['len', 'ip[0]', 'ip[8]', 'ip[9]', 'ip[2:2]', 'ether[0]', 'tcp[13]', 'ip6[6]', 'udp[4:2]'])
      case 2:
        return `${one(readable)}[${arithmetic(left - 1)}${one(['', '', ':1', ':2', ':4'])}]`
      case 3:
        return `(${arithmetic(left - 1)})`
      default:
        return `${arithmetic(left - 1)} ${one(['+', '-', '*', '&', '|', '^', '/', '%', '<<', '>>'])} ${arithmetic(left - 1)}`
    }
  }

  const primitive = (): string => {
    switch (draw(16)) {
      case 0:
        return `${one(['', '', 'ip ', 'arp '])}${direction()}host ${one(addresses)}`
      case 1:
        return `${direction()}net ${one(networks)}`
      case 2:
        return `${one(['', 'ip6 '])}${direction()}${one([`host ${one(addresses6)}`, `net ${one(networks6)}`])}`
      case 3:
      case 4:
        return `${one(['', '', 'tcp ', 'udp ', 'sctp '])}${direction()}port ${one(ports)}`
      case 5:
        return `${one(['', 'tcp ', 'udp '])}${direction()}portrange ${one(['1-1023', '80-90', '6000-6008', '53-53', '9-3'])}`
      case 6:
      case 7:
        return one(protocols)
      case 8:
        return one([...rare, 'multicast', 'broadcast', 'ip multicast', 'ip6 multicast'])
      case 9:
        return `${one(['', 'ip ', 'ip6 ', 'ether '])}proto ${one(numbers)}`
      case 10:
        return `ether ${direction()}host ${one(['00:00:5e:00:53:01', 'ff:ff:ff:ff:ff:ff'])}`
      case 11:
        return `${one(['less', 'greater'])} ${one(numbers)}`
      case 12:
        return one([
          `vlan${maybe(' 7')}`,
          `mpls${maybe(' 16')}`,
          `pppoes${maybe(' 1')}`,
          `geneve${maybe(' 11')}`,
          'pppoed',
        ])
      default:
        return `${arithmetic(2)} ${one(['=', '!=', '<', '>', '<=', '>=', '=='])} ${arithmetic(1)}`
    }
  }

  const term = (left: number): string => {
    const inner = left > 0 && draw(3) === 0 ? `(${chain(left - 1)})` : primitive()
    return draw(5) === 0 ? `${one(['not ', '!'])}${inner}` : inner
  }

  const chain = (left: number): string => {
    let text = term(left)
    for (let more = draw(3); more > 0; more--) {
      const next = draw(8) === 0 ? one([...ports, ...addresses]) : term(left)
      text += ` ${one(['and', 'or', '&&', '||'])} ${next}`
    }
    return text
  }
  return chain(depth)
}

/** A frame with a part of its bytes overwritten, or cut short. */
export function damaged(draw: Draw, frame: Uint8Array): Uint8Array {
  const bytes = frame.slice(0, draw(2) === 0 ? frame.length : draw(frame.length + 1))
  for (let count = draw(4); count > 0 && bytes.length > 0; count--) bytes[draw(bytes.length)] = draw(256)
  return bytes
}
