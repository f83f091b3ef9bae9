// Owns which ports are no part of the fabric by their names. See topology.ts for the folder.

/** Ports that switches have for management only: Cumulus and SONiC eth0, EOS Management1 or Ma1, Cisco mgmt0, Junos fxp0, em0, me0. */
export function isManagementPort(port: string): boolean {
  return /^(eth0|ma(nagement)?\d+(\/\d+)*|mgmt[-_]?\d*|fxp\d+|em\d+|me\d+|vme|bmc|ipmi|oob)$/i.test(port)
}
