// Owns telling switches from hosts by words: roles, operating systems, LLDP capabilities, names. Knows no format. See
// topo-import.ts for the folder. Start at classOfRole; build.ts weighs what is found.

import type { NodeClass } from './reading.ts'

export { classOfName } from '../topo/class-of-name.ts'

const managementWords = /^(oob|mgmt|management|console|ipmi|bmc|pdu|ups|netq|kvm)\d*$/
const switchWords =
  /^(super)?(leaf|leaves|leafs|spines?)\d*$|^(tor|torc|exit|border|core|routers?|switch(es)?|agg|aggregation|distribution|rr|pe|ce)\d*$/
const hostWords =
  /^(hosts?|servers?|clients?|compute|workers?|storage|gpus?|workstations?|pcs?|vms?|hypervisors?|appliances?|fake)\d*$/

const wordsOf = (text: string): string[] => text.toLowerCase().split(/[^a-z0-9]+/)

/**
 * What a role means that a person or an inventory gave: `leaf`, `Core Switch`, `oob-server`. `edge` says nothing: it is a router
 * to some and a server to others.
 */
export function classOfRole(role: string): NodeClass | undefined {
  const words = wordsOf(role)
  if (words.some((word) => managementWords.test(word))) return 'management'
  if (words.some((word) => switchWords.test(word))) return 'switch'
  if (words.some((word) => hostWords.test(word))) return 'host'
  return undefined
}

const switchSystems =
  /cumulus|sonic|\beos\b|arista|nx-?os|\bios\b|ios[- ]?xr|junos|sr ?linux|srl|sros|timos|onyx|\bfrr|frrouting|vyos|dell (emc )?networking|os10|arcos|ipinfusion|ocnos|comware|\bvrp\b|huawei|extreme|exos|edgecore|quagga|bird|gobgp|crpd|openvswitch|freertr/i
const hostSystems =
  /ubuntu|debian|centos|red ?hat|rhel|rocky|alma|fedora|suse|windows|esxi?|proxmox|generic\/|alpine|linux \d|freebsd|netq|network-multitool|iperf/i

/** What a system description or the name of an image means. SONiC and Cumulus say Debian too, so switches are looked for first. */
export function classOfSystem(system: string): NodeClass | undefined {
  if (/cumulus\/ts\b|netq/i.test(system)) return 'management'
  if (switchSystems.test(system)) return 'switch'
  return hostSystems.test(system) ? 'host' : undefined
}

/**
 * A bundle of ports by its name: Linux and Cumulus bond0, EOS Port-Channel1 or Po1, Junos ae0, SR OS lag-1, IOS XR Bundle-Ether1,
 * teamd team0, Huawei Eth-Trunk1.
 */
export function isAggregatePort(port: string): boolean {
  return /^(bond|team|port-?channel|po|ae|lag|bundle-ether|eth-trunk)[-_ ]?\d+$/i.test(port)
}

/** A MAC address in any of its spellings (`0800.274f.332d`, `08:00:27:4f:33:2d`): what network cards give as port. */
export function isMacAddress(text: string): boolean {
  return /^(?:[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4}|(?:[\da-f]{2}[:-]){5}[\da-f]{2}|[\da-f]{12})$/i.test(text)
}
