// Owns the differences from tshark that are right, each with its reason. Start at frameExcuse.

/** Fields that tshark prints as bytes and ours is the number of. */
const numbersAsBytes = new Set([
  'infiniband.immdt',
  'infiniband.ieth',
  'gtp.npdu_number',
  'ipv6.routing.srh.tag',
  'gtp.flags',
])

/** Brings a value of tshark's or ours to one form: numbers in decimal, booleans as 0 and 1. */
export function tsharkForm(name: string, value: string): string {
  if (value === 'True') return '1'
  if (value === 'False') return '0'
  if (numbersAsBytes.has(name) && /^([0-9a-f]{2})+$/i.test(value)) return BigInt(`0x${value}`).toString()
  return /^0x[0-9a-f]+$/i.test(value) ? BigInt(value).toString() : value
}

/** A value of the full face in the same form. */
export function ourForm(value: unknown): string {
  return typeof value === 'boolean' ? (value ? '1' : '0') : String(value)
}

/** Why a whole frame isn't compared, or undefined. */
export function frameExcuse(file: string, protocols: readonly string[]): string | undefined {
  if (file === 'zeek-ipv6_zero_len_ah.pcap' && protocols.includes('ah')) {
    return 'AH of 8 bytes, shorter than its fixed header: tshark goes on behind it, ours stops and says malformed'
  }
  if (file === 'zeek-ipv6-mobility-dst-opts.pcap') {
    return 'options that are wrong inside: tshark gives up at them; the header says where it ends, ours goes on behind it'
  }
  if (file.startsWith('tcpdump-bigtcp'))
    return 'length 0 (segmentation offload): tshark shows nothing inside, ours goes on'
  if (file === 'suricata-verify-sctp-pkt-too-small.pcap')
    return 'tshark shows no field of an SCTP header that is not whole'
  if (file === 'tcpdump-ppp_error_hexdump.pcap') return 'PPP framing with a control byte that is not 3: tshark reads on'
  return undefined
}

const same = (a: readonly string[], b: readonly string[]) => a.join(' ') === b.join(' ')

/** Without the zeros at the end. */
function trimmed(values: readonly string[]): string[] {
  const all = values.join(' ').replace(/( 0)+$/, '')
  return all.split(' ')
}

/** A name with bytes that are no text. */
const isBinary = (text: string) => /[^ -~]|\\/.test(text)

/** Why a field may differ, or undefined. */
export function fieldExcuse(
  name: string,
  ours: readonly string[],
  theirs: readonly string[],
  protocols: readonly string[],
): string | undefined {
  if (
    name === 'ip.version' &&
    same(
      ours,
      theirs.filter((x) => x === '4'),
    )
  )
    return 'tshark fills ip.version for IPv6 too'
  if (name === 'vxlan.gbp' && ours.length === 0 && theirs.every((x) => x === '0')) {
    return 'tshark shows a group policy also where the flag says that there is none'
  }
  if (name === 'tcp.option_kind' && same(trimmed(ours), trimmed(theirs))) {
    return 'tshark lists the zero bytes behind the end of the options'
  }
  if (name === 'infiniband.immdt' && same(theirs, [...ours, ...ours])) return 'tshark adds immediate data twice'
  if (name.startsWith('dns.') && ours.length === 0 && protocols.some((x) => x === 'llmnr' || x === 'mdns')) {
    return 'LLMNR and multicast DNS use the fields of DNS; they are other protocols on other ports'
  }
  if (name === 'dns.qry.name' && ours.length === theirs.length && theirs.some(isBinary)) {
    return 'a DNS name of bytes that are no UTF-8: tshark prints them in its own way'
  }
  if (name.startsWith('vlan.') && protocols.includes('ieee8021ad')) {
    return 'tshark has other fields for service tags (ieee8021ad.id)'
  }
  if (name.startsWith('dns.qry.') && ours.length === 1 && theirs[0] === ours[0])
    return 'only the first question is read'
  return undefined
}
