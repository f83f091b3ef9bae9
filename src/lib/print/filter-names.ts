// Owns the names of services, protocols, hosts and networks that this machine's files give to pcap-filter expressions. Start at
// readFilterNames.

import { readFile } from 'node:fs/promises'
import { type FilterNames, filterNames } from '../pcap-filter/compile.ts'

/** Names as tcpdump finds them in files; for a file that is not there, or can't be read, there are the built-in tables. */
export async function readFilterNames(): Promise<FilterNames> {
  const [services, protocols, hosts, networks, ethers] = await Promise.all(
    ['services', 'protocols', 'hosts', 'networks', 'ethers'].map(textOf),
  )
  return filterNames({
    ...(services !== undefined && { services }),
    ...(protocols !== undefined && { protocols }),
    ...(hosts !== undefined && { hosts }),
    ...(networks !== undefined && { networks }),
    ...(ethers !== undefined && { ethers }),
  })
}

function textOf(name: string): Promise<string | undefined> {
  return readFile(`/etc/${name}`, 'utf8').catch(() => undefined)
}
