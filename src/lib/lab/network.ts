// Owns namespaces, cables, addresses and kernel settings of the lab, as lines for ip(8), and their making. No routes between
// switches: those are in routes.ts and frr.ts. See lab.ts for the folder.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EnvironmentError } from '../errors.ts'
import { NETNS_FOLDER } from '../sys/netns.ts'
import { cables, FABRIC_MTU, HOST_MTU, hosts, leafAddress, netnsOf, nodeNames, switches } from './plan.ts'
import type { Programs } from './programs.ts'

/** A host's only port, and the first of the ifIndexes that hosts have. */
const HOST_PORT = 'eth1'
const FIRST_HOST_INDEX = 51

/** Said by the loopback interface of each namespace of a lab: whose it is. */
const aliasOf = (lab: string): string => `sonde lab ${lab}`

/** A port's MAC address: locally administered, its last byte the ifIndex, which no other port of the lab has. */
const macOf = (ifIndex: number): string => `02:5f:10:00:00:${ifIndex.toString(16).padStart(2, '0')}`

/** The link-local address that the kernel makes of macOf (RFC 4291 appendix A). */
export const linkLocalOf = (ifIndex: number): string => `fe80::5f:10ff:fe00:${ifIndex.toString(16)}`

/** Before there are ports, since these take over what `default` has. */
const everyNode: readonly (readonly [string, number])[] = [
  // No packets that nobody sent: they would be sampled, and some of them dropped.
  ['net/ipv6/conf/default/accept_dad', 0],
  ['net/ipv6/conf/default/router_solicitations', 0],
  ['net/ipv6/conf/default/disable_ipv6', 0],
  ['net/ipv6/conf/default/addr_gen_mode', 0],
  // A router without addresses on its links would refuse all that comes.
  ['net/ipv4/conf/all/rp_filter', 0],
  ['net/ipv4/conf/default/rp_filter', 0],
]
const everySwitch: readonly (readonly [string, number])[] = [
  ['net/ipv4/ip_forward', 1],
  ['net/ipv6/conf/all/forwarding', 1],
  // By ports too, not by addresses alone: two flows of two hosts may take two paths.
  ['net/ipv4/fib_multipath_hash_policy', 1],
  ['net/ipv6/fib_multipath_hash_policy', 1],
]
const everyHost: readonly (readonly [string, number])[] = [['net/ipv6/conf/default/accept_ra', 0]]

/** The lab's namespaces that there are. */
export function namespacesOf(lab: string): string[] {
  return nodeNames.map((node) => netnsOf(lab, node)).filter((netns) => existsSync(join(NETNS_FOLDER, netns)))
}

/** Whether a namespace says that it is the lab's. */
export async function saysItIsOf(programs: Programs, lab: string, netns: string): Promise<boolean> {
  const { stdout } = await programs.try('ip', ['-n', netns, 'link', 'show', 'dev', 'lo'])
  return stdout.split('\n').some((line) => line.trim() === `alias ${aliasOf(lab)}`)
}

/** @throws EnvironmentError where a namespace, a veth or a setting is refused; what was made until then is left */
export async function makeNetwork(programs: Programs, lab: string): Promise<void> {
  if (!existsSync('/proc/sys/net/ipv6')) {
    throw new EnvironmentError('This kernel has no IPv6, over which the lab routes.', [
      'It may be switched off: see ipv6.disable in /proc/cmdline.',
    ])
  }
  const names = nodeNames.map((node) => netnsOf(lab, node))
  await programs.ip(
    undefined,
    names.map((netns) => `netns add ${netns}`),
  )
  for (const netns of names) await programs.ip(netns, [`link set dev lo up alias "${aliasOf(lab)}"`])
  for (const { name } of switches) await set(programs, netnsOf(lab, name), [...everyNode, ...everySwitch])
  for (const { name } of hosts) await set(programs, netnsOf(lab, name), [...everyNode, ...everyHost])
  try {
    for (const { name } of switches) await programs.ip(netnsOf(lab, name), cablesFrom(lab, name))
  } catch (error) {
    throw withoutVeth(error)
  }
  for (const { name } of switches) await programs.ip(netnsOf(lab, name), linesOfSwitch(name))
  for (const [i] of hosts.entries()) await programs.ip(netnsOf(lab, hosts[i]!.name), linesOfHost(i))
}

function withoutVeth(error: unknown): unknown {
  if (!(error instanceof EnvironmentError && /unknown device type/i.test(error.message))) return error
  return new EnvironmentError('This kernel has no veth, of which the lab’s cables are made.', ['modprobe veth'], {
    cause: error,
  })
}

async function set(programs: Programs, netns: string, settings: readonly (readonly [string, number])[]): Promise<void> {
  const lines = settings.map(([path, value]) => `echo ${value} > /proc/sys/${path}`)
  await programs.runIn(netns, 'sh', ['-e'], `${lines.join('\n')}\n`)
}

/** Cables are made by the end that the plan names first; those of hosts by the leaf. */
function cablesFrom(lab: string, name: string): string[] {
  const own = cables
    .filter(({ node1 }) => node1 === name)
    .map(({ port1, ifIndex1, node2, port2, ifIndex2 }) =>
      veth(port1, ifIndex1, FABRIC_MTU, `${end(port2, ifIndex2, FABRIC_MTU)} netns ${netnsOf(lab, node2)}`),
    )
  const access = hosts.flatMap(({ name: host, leaf, port, ifIndex }, i) => {
    if (leaf !== name) return []
    const far = `${end(HOST_PORT, FIRST_HOST_INDEX + i, HOST_MTU)} netns ${netnsOf(lab, host)}`
    return [veth(port, ifIndex, HOST_MTU, far)]
  })
  return [...own, ...access]
}

const end = (port: string, ifIndex: number, mtu: number): string =>
  `name ${port} index ${ifIndex} address ${macOf(ifIndex)} mtu ${mtu}`
const veth = (port: string, ifIndex: number, mtu: number, peer: string): string =>
  `link add ${end(port, ifIndex, mtu)} type veth peer ${peer}`

function linesOfSwitch(name: string): string[] {
  const { agent } = switches.find((each) => each.name === name)!
  const lines = [`address add ${agent}/32 dev lo`]
  for (const host of hosts.filter(({ leaf }) => leaf === name)) {
    lines.push(`address add ${leafAddress(host, false)}/24 dev ${host.port}`)
    lines.push(`address add ${leafAddress(host, true)}/64 dev ${host.port}`)
    lines.push(`link set dev ${host.port} up`)
  }
  for (const { node1, port1, node2, port2 } of cables) {
    if (node1 === name) lines.push(`link set dev ${port1} up`)
    if (node2 === name) lines.push(`link set dev ${port2} up`)
  }
  return lines
}

function linesOfHost(i: number): string[] {
  const host = hosts[i]!
  return [
    `address add ${host.ipv4}.2/24 dev ${HOST_PORT}`,
    `address add ${host.ipv6}::2/64 dev ${HOST_PORT}`,
    `link set dev ${HOST_PORT} up`,
    `route add default via ${leafAddress(host, false)}`,
    `route add default via ${leafAddress(host, true)}`,
  ]
}
