// Owns the cabling of a generated leaf-spine fabric: switches, ports, hosts, addresses, the way of a packet, and the topology
// as sFlow-RT's JSON. Knows no packet and no sFlow. Start at Layout.

export interface LayoutOptions {
  readonly leaves: number
  readonly spines: number
  readonly hostsPerLeaf: number
  /** Gbit/s of host ports and of cables between switches. */
  readonly edgeGbps: number
  readonly coreGbps: number
}

export interface Port {
  /** Index in `Layout.ports`. */
  readonly id: number
  readonly switchId: number
  readonly name: string
  readonly ifIndex: number
  /** bit/s */
  readonly speed: number
  /** A cable to another switch, not to a host. */
  readonly isCore: boolean
}

export interface Switch {
  readonly id: number
  readonly name: string
  /** As a 32-bit number, and as text. */
  readonly address: number
  readonly agent: string
  readonly ports: readonly Port[]
}

/** A switch that a packet passes: through which of `Layout.ports` it comes and by which it leaves. */
export interface Hop {
  readonly switchId: number
  readonly input: number
  readonly output: number
}

/** Linux has lo and eth0 first, so swp1 is ifIndex 3. */
const FIRST_IF_INDEX = 3
/** 192.0.2.0/24 and 198.51.100.0/24 (RFC 5737); leaves are .1 and on, spines .201 and on. */
const AGENTS = 0xc0000200
const HOSTS = 0xc6336400
const FIRST_SPINE = 200
/** Hosts that a /24 holds; beyond it they are 10.0.0.0/8 (RFC 1918). */
const FEW_HOSTS = 254

export const addressText = (address: number): string =>
  [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')

/** A fabric in which each leaf has one cable to each spine. Host `h` is at port `h % hostsPerLeaf` of leaf `h / hostsPerLeaf`. */
export class Layout {
  readonly options: LayoutOptions
  readonly switches: readonly Switch[]
  /** All ports of all switches. */
  readonly ports: readonly Port[]
  readonly hosts: number

  constructor(options: LayoutOptions) {
    this.options = options
    const { leaves, spines, hostsPerLeaf, edgeGbps, coreGbps } = options
    if (leaves > FIRST_SPINE || spines > 50) throw new RangeError('more switches than addresses')
    this.hosts = leaves * hostsPerLeaf
    const ports: Port[] = []
    const make = (id: number, name: string, address: number, core: readonly boolean[]): Switch => {
      const own = core.map((isCore, i) => ({
        id: ports.length + i,
        switchId: id,
        name: `swp${i + 1}`,
        ifIndex: FIRST_IF_INDEX + i,
        speed: (isCore ? coreGbps : edgeGbps) * 1e9,
        isCore,
      }))
      ports.push(...own)
      return { id, name, address, agent: addressText(address), ports: own }
    }
    const times = (count: number) => Array.from({ length: count }, (_, i) => i)
    const ofLeaf = [...times(hostsPerLeaf).map(() => false), ...times(spines).map(() => true)]
    this.switches = [
      ...times(leaves).map((i) => make(i, `leaf${i + 1}`, AGENTS + 1 + i, ofLeaf)),
      ...times(spines).map((i) =>
        make(
          leaves + i,
          `spine${i + 1}`,
          AGENTS + FIRST_SPINE + 1 + i,
          times(leaves).map(() => true),
        ),
      ),
    ]
    this.ports = ports
  }

  leafOf(host: number): number {
    return Math.floor(host / this.options.hostsPerLeaf)
  }

  /** The port to which a host is cabled. */
  hostPort(host: number): Port {
    return this.switches[this.leafOf(host)]!.ports[host % this.options.hostsPerLeaf]!
  }

  /** IPv4 address as a number. */
  hostAddress(host: number): number {
    if (this.hosts <= FEW_HOSTS) return HOSTS + 1 + host
    return (10 << 24) + (this.leafOf(host) << 8) + 1 + (host % this.options.hostsPerLeaf)
  }

  hostText(host: number): string {
    return addressText(this.hostAddress(host))
  }

  /** The spine that all switches choose for packets of one flow. */
  spineOf(src: number, dst: number, sourcePort: number): number {
    let x = Math.imul(src + 1, 0x9e3779b1) ^ Math.imul(dst + 1, 0x85ebca77) ^ Math.imul(sourcePort, 0xc2b2ae3d)
    x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d)
    return ((x ^ (x >>> 13)) >>> 0) % this.options.spines
  }

  /** From host to host, by the spine of this number (not used below one leaf). */
  route(src: number, dst: number, spine: number): readonly Hop[] {
    const { leaves, hostsPerLeaf } = this.options
    const from = this.leafOf(src)
    const to = this.leafOf(dst)
    const input = this.hostPort(src).id
    const output = this.hostPort(dst).id
    if (from === to) return [{ switchId: from, input, output }]
    const up = this.switches[leaves + spine]!
    return [
      { switchId: from, input, output: this.switches[from]!.ports[hostsPerLeaf + spine]!.id },
      { switchId: up.id, input: up.ports[from]!.id, output: up.ports[to]!.id },
      { switchId: to, input: this.switches[to]!.ports[hostsPerLeaf + spine]!.id, output },
    ]
  }

  /** `leaf1 swp3` */
  portText(id: number): string {
    const { switchId, name } = this.ports[id]!
    return `${this.switches[switchId]!.name} ${name}`
  }

  /** As sFlow-RT has it: nodes with agents and ports, links between switches. */
  topology(): Topology {
    const { leaves, spines, hostsPerLeaf } = this.options
    const nodes: Record<string, TopologyNode> = {}
    for (const { name, agent, ports } of this.switches) {
      const entries = ports.map((port) => [port.name, { ifindex: String(port.ifIndex) }] as const)
      nodes[name] = { agent, ports: Object.fromEntries(entries) }
    }
    const links: Record<string, TopologyLink> = {}
    for (let leaf = 0; leaf < leaves; leaf++) {
      for (let spine = 0; spine < spines; spine++) {
        links[`leaf${leaf + 1}-spine${spine + 1}`] = {
          node1: `leaf${leaf + 1}`,
          port1: `swp${hostsPerLeaf + spine + 1}`,
          node2: `spine${spine + 1}`,
          port2: `swp${leaf + 1}`,
        }
      }
    }
    return { nodes, links }
  }
}

export interface TopologyNode {
  readonly agent: string
  readonly ports: Readonly<Record<string, { readonly ifindex: string }>>
}

export interface TopologyLink {
  readonly node1: string
  readonly port1: string
  readonly node2: string
  readonly port2: string
}

export interface Topology {
  readonly nodes: Readonly<Record<string, TopologyNode>>
  readonly links: Readonly<Record<string, TopologyLink>>
}
