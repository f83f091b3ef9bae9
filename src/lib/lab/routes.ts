// Owns routes between switches without a routing daemon: one of several next hops for each host's network. See lab.ts for the folder.

import { linkLocalOf } from './network.ts'
import { cables, hosts, leaves, netnsOf, spines } from './plan.ts'
import type { Programs } from './programs.ts'

/** What a node's neighbours are: its port to each, and the ifIndex at the far end. */
function neighboursOf(node: string): { readonly name: string; readonly port: string; readonly farIndex: number }[] {
  return cables.flatMap(({ node1, port1, ifIndex1, node2, port2, ifIndex2 }) => {
    if (node1 === node) return [{ name: node2, port: port1, farIndex: ifIndex2 }]
    if (node2 === node) return [{ name: node1, port: port2, farIndex: ifIndex1 }]
    return []
  })
}

/** As BGP unnumbered would have them: next hops are link-local IPv6 addresses, for IPv4 too (RFC 8950). */
export function staticRoutesOf(node: string): string[] {
  const isSpine = spines.some(({ name }) => name === node)
  return hosts
    .filter(({ leaf }) => leaf !== node)
    .flatMap(({ leaf, ipv4, ipv6 }) => {
      const hops = neighboursOf(node)
        .filter(({ name }) => !isSpine || name === leaf)
        .map(({ port, farIndex }) => ({ port, via: linkLocalOf(farIndex) }))
      return [
        `route add ${ipv4}.0/24${hops.map(({ via, port }) => ` nexthop via inet6 ${via} dev ${port}`).join('')}`,
        `route add ${ipv6}::/64${hops.map(({ via, port }) => ` nexthop via ${via} dev ${port}`).join('')}`,
      ]
    })
}

export async function addStaticRoutes(programs: Programs, lab: string): Promise<void> {
  for (const { name } of [...leaves, ...spines]) await programs.ip(netnsOf(lab, name), staticRoutesOf(name))
}

/** Whether both leaves reach the networks of the other's hosts over both spines, and spines know all of them. */
export async function isRouted(programs: Programs, lab: string): Promise<boolean> {
  for (const { name } of [...leaves, ...spines]) {
    const far = hosts.filter(({ leaf }) => leaf !== name)
    const hops = leaves.some((leaf) => leaf.name === name) ? spines.length : 1
    for (const { ipv4, ipv6 } of far) {
      if ((await hopsOf(programs, netnsOf(lab, name), `${ipv4}.0/24`, '-4')) < hops) return false
      if ((await hopsOf(programs, netnsOf(lab, name), `${ipv6}::/64`, '-6')) < hops) return false
    }
  }
  return true
}

/** One route is a line with `via`, several next hops a line each below it. */
async function hopsOf(programs: Programs, netns: string, to: string, family: string): Promise<number> {
  const { stdout } = await programs.try('ip', ['-n', netns, family, 'route', 'show', to])
  return stdout.split('\n').filter((line) => line.includes(' via ')).length
}
