// Owns what every importer gives: devices and the cables between their ports, each with the place where it stands. Knows no
// format. See import.ts for the folder. Start at Cabling.

/** What a device is: switches are nodes, hosts are left out of links. Undefined: the source does not say. */
export type Role = 'switch' | 'host' | undefined

export interface Device {
  role: Role
  /** What made it so, in the source's words: `function=leaf`; for messages. */
  why: string | undefined
  /** Address that may be its sFlow agent's. */
  agent: string | undefined
  /** ifIndexes by port, as far as the source knows them. */
  readonly ports: Map<string, number>
}

export interface CableEnd {
  readonly node: string
  readonly port: string
}

export interface Cable {
  readonly a: CableEnd
  readonly b: CableEnd
  /** For messages: `topology.dot:41`, `lldp.json[3]`. */
  readonly where: string
  /** The device that told of it, where each tells of its own: a. Else undefined. */
  readonly toldBy: string | undefined
}

/** Something doubtful, with its place: `topology.dot:41 leaf3:swp51 is used twice`. */
export interface ImportWarning {
  readonly kind:
    | 'no ports'
    | 'self-loop'
    | 'port twice'
    | 'one-sided'
    | 'names alike'
    | 'guessed'
    | 'error of a device'
    | 'not understood'
  readonly text: string
}

/** Collects what one or several inputs say. */
export class Cabling {
  readonly devices = new Map<string, Device>()
  readonly cables: Cable[] = []
  readonly warnings: ImportWarning[] = []
  /** What was left out for a reason that needs no warning, with counts: `to management ports` → 12. */
  readonly left = new Map<string, number>()
  /** Devices that told of their own neighbours, in protocols where both ends do. */
  readonly reporters = new Set<string>()

  /** The device of this name, made where it is not known. */
  device(name: string): Device {
    const known = this.devices.get(name)
    if (known !== undefined) return known
    const device: Device = { role: undefined, why: undefined, agent: undefined, ports: new Map() }
    this.devices.set(name, device)
    return device
  }

  /** Says what a device is; the first one to say so is believed. */
  role(name: string, role: Role, why: string): void {
    const device = this.device(name)
    if (role === undefined || device.role !== undefined) return
    device.role = role
    device.why = why
  }

  /** @param toldByA the device of `a` told of it, of its own port */
  cable(a: CableEnd, b: CableEnd, where: string, toldByA = false): void {
    this.device(a.node)
    this.device(b.node)
    this.cables.push({ a, b, where, toldBy: toldByA ? a.node : undefined })
  }

  warn(kind: ImportWarning['kind'], text: string): void {
    this.warnings.push({ kind, text })
  }

  leave(why: string): void {
    this.left.set(why, (this.left.get(why) ?? 0) + 1)
  }
}

/**
 * Ports for management, whose neighbours are no part of the fabric: eth0 of Cumulus and SONiC, Management1 and Ma1 of Arista,
 * mgmt0 of Cisco, SR Linux and Mellanox, fxp0, em0, me0, re0:mgmt-0 of Juniper.
 */
export function isManagementPort(port: string): boolean {
  return /^(eth0|ma\d*(\/\d+)?|management\d*(\/\d+)?|mgmt\d*|mgmteth.*|fxp0|em0|me0|vme|re\d:mgmt-\d|oob.*)$/i.test(
    port,
  )
}

/** `0800.274f.332d`, `08:00:27:4f:33:2d`: what servers without names for their ports send as port id. */
export function isMacAddress(text: string): boolean {
  return /^([0-9a-f]{4}\.){2}[0-9a-f]{4}$/i.test(text) || /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text)
}
