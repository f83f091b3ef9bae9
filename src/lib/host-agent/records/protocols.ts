// Owns the counters of this network namespace's IP stack, as mib2_*_group (0:2007 to 0:2010). Start at readProtocols.

import type { DecodedRecord } from '../../sflow/datagram.ts'
import { mib2_icmp_group, mib2_ip_group, mib2_tcp_group, mib2_udp_group } from '../../sflow/records/host-ip.ts'
import type { Fields } from '../../wire/interpret.ts'
import { type RecordType, tagValue } from '../../wire/record.ts'
import { counter32 } from './counter-values.ts'
import type { SystemFiles } from './system-files.ts'

/** Where the kernel's name is not the MIB's without its prefix (net/ipv4/proc.c). */
const kernelNames: Readonly<Record<string, string>> = {
  icmpInParamProbs: 'InParmProbs',
  icmpOutParamProbs: 'OutParmProbs',
  tcpInCsumErrs: 'InCsumErrors',
}

const groups: readonly { readonly type: RecordType; readonly line: string; readonly prefix: string }[] = [
  { type: mib2_ip_group, line: 'Ip', prefix: 'ip' },
  { type: mib2_icmp_group, line: 'Icmp', prefix: 'icmp' },
  { type: mib2_tcp_group, line: 'Tcp', prefix: 'tcp' },
  { type: mib2_udp_group, line: 'Udp', prefix: 'udp' },
]

/**
 * The records that /proc/net/snmp has counters for: IPv4 only, sFlow has none for IPv6. What an old kernel lacks is all ones.
 * @see proc_pid_net(5), RFC 1213
 */
export function readProtocols(files: SystemFiles): DecodedRecord[] {
  const lines = (files.text('/proc/net/snmp') ?? '').split('\n')
  return groups.flatMap(({ type, line, prefix }) => {
    const at = lines.findIndex((text) => text.startsWith(`${line}: `))
    if (at < 0) return []
    const names = lines[at]!.split(' ')
    const values = lines[at + 1]?.split(' ') ?? []
    const fields: Fields = {}
    for (const { name } of type.fields) {
      const column = names.indexOf(kernelNames[name] ?? name.slice(prefix.length))
      fields[name] = counter32(column < 0 ? undefined : values[column])
    }
    return [{ tag: tagValue(type.tag), name: type.name, fields }]
  })
}
