// Owns what traffic can be made to run into: a slow port, a firewall. Both are taken away behind it. See lab.ts for the folder.

import { hostAddress, netnsOf, receivingHost, sendingHosts } from './plan.ts'
import type { Programs } from './programs.ts'
import { ROCE_PORT } from './roce-messages.ts'

/** Less than the senders of an incast send; a queue of 20 ms. */
const SLOW_PORT = ['rate', '100mbit', 'burst', '32kb', 'limit', '256kb']
/** The firewall's table, ours alone. */
const TABLE = 'sonde_lab'

/** Makes the port to the receiving host slow, with a queue that overflows: a token bucket filter (tc-tbf(8)). */
export async function slowDown(programs: Programs, lab: string): Promise<void> {
  const { leaf, port } = receivingHost
  await programs.runIn(netnsOf(lab, leaf), 'tc', ['qdisc', 'replace', 'dev', port, 'root', 'tbf', ...SLOW_PORT])
}

/** Lets the receiving host's leaf drop what the first sender sends to it. */
export async function blockSender(programs: Programs, lab: string, isIpv6: boolean): Promise<void> {
  const source = hostAddress(sendingHosts[0]!, isIpv6)
  const rule = `${isIpv6 ? 'ip6' : 'ip'} saddr ${source} udp dport ${ROCE_PORT} drop`
  const lines = [
    `add table inet ${TABLE}`,
    `add chain inet ${TABLE} forward { type filter hook forward priority 0 ; }`,
    `add rule inet ${TABLE} forward ${rule}`,
  ]
  await programs.runIn(netnsOf(lab, receivingHost.leaf), 'nft', ['-f', '-'], `${lines.join('\n')}\n`)
}

/** Takes both away, also those of a run that was killed; nothing to take away is no error. */
export async function clearTheWay(programs: Programs, lab: string): Promise<void> {
  const netns = netnsOf(lab, receivingHost.leaf)
  await programs.tryIn(netns, 'tc', ['qdisc', 'del', 'dev', receivingHost.port, 'root'])
  await programs.tryIn(netns, 'nft', ['delete', 'table', 'inet', TABLE])
}
