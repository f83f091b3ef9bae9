// Owns what a node is by its name alone. See topology.ts for the folder. Start at classOfName.

import { shortName } from './check-topology.ts'

const hostNames =
  /^(hosts?|servers?|srv|svr|clients?|gpu|dgx|hgx|compute|worker|storage|esxi?|workstation)([-_]?\d|[-_]|$)|^(h|pc|vm)[-_]?\d+$/
const managementNames = /^(oob|mgmt|management|console|ipmi|bmc|pdu|ups)([-_\d]|$)/

/** `h1`, `server01`, `gpu-7` are hosts, `oob-mgmt-switch` belongs to management; of most names nothing is known. */
export function classOfName(name: string): 'host' | 'management' | undefined {
  const label = shortName(name).toLowerCase()
  if (managementNames.test(label)) return 'management'
  return hostNames.test(label) ? 'host' : undefined
}
