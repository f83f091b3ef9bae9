// Owns feeding an agent with what a drop watch hears: where each drop is in the agent's own numbers, and how many could not be told.
// Must not know how drops are heard of, sockets or the terminal. Start at DropWork.

import type { DroppedPacket, DropWatch, UntoldDrops } from '../kernel/drops/drop-watch.ts'
import { port_name } from '../sflow/records/openflow.ts'
import { tagValue } from '../wire/record.ts'
import { DropShare, KeptDrop } from './drop-share.ts'
import type { HostAgent } from './host-agent.ts'
import type { HostWork } from './host-source.ts'

/**
 * Numbers of interfaces in other network namespaces begin here: ifIndexes count in their own namespace only, so two interfaces may have
 * the same. Those of the agent's own namespace stay far below.
 */
export const FIRST_FOREIGN_PORT = 0x1000000
/** Interfaces that get a name, and of other namespaces a number: containers come and go. The others have 0, not known. */
const MOST_PORTS = 65_536
/** How long nothing more was left untold before the packet that was kept back brings the count: a burst is over then. */
const QUIET_MS = 250
const PORT_NAME = tagValue(port_name.tag)

export interface DropWorkOptions {
  /** Inode of the agent's network namespace. */
  readonly netns: number
  /**
   * Whether interfaces of other namespaces get numbers of their own, and all interfaces are told by name (0:1005) when they are met. Else
   * those of others are 0, not known: a collector has other ways to names.
   */
  readonly withNames: boolean
  /** Name of a network namespace by its inode, '' where it has none. */
  readonly netnsName: (inode: number) => string
  /** Packets told a second, shared by reason and function; undefined or 0: all. */
  readonly limit?: number | undefined
}

/** An interface that has a number. */
interface Port {
  readonly number: number
  /** As it was told. */
  name: string
}

const noPort: Port = { number: 0, name: '' }

export class DropWork implements HostWork {
  readonly #agent: HostAgent
  readonly #watch: DropWatch
  readonly #options: DropWorkOptions
  /** By namespace, then by ifIndex there. */
  readonly #ports = new Map<number, Map<number, Port>>()
  #portCount = 0
  #foreignCount = 0
  readonly #place = { input: 0, output: 0, netnsName: '' }
  readonly #share: DropShare
  /** The newest, and the one before it. */
  #kept = new KeptDrop()
  #keptBefore = new KeptDrop()
  readonly #take = (packet: DroppedPacket): void => this.#heard(packet)
  /** Heard, and not told because of the limit. */
  #suppressed = 0
  #untold = 0
  #grewAtMs = 0
  #nowMs = 0
  #isFirst = true

  constructor(agent: HostAgent, watch: DropWatch, options: DropWorkOptions) {
    this.#agent = agent
    this.#watch = watch
    this.#options = options
    this.#share = new DropShare(options.limit ?? 0)
  }

  tick(nowMs: number): void {
    this.#nowMs = nowMs
    const before = this.#untold
    // Before the drops: these then say what was lost while they waited, whether or not others follow.
    this.#count()
    this.#watch.drain(this.#take)
    if (this.#untold !== before) this.#grewAtMs = nowMs
    else if (nowMs - this.#grewAtMs >= QUIET_MS) this.#tellKept()
  }

  /** What is kept back is told now. */
  finish(): void {
    this.#count()
    this.#tellKept()
  }

  /** Drops that no sample tells, so far. */
  untold(): UntoldDrops {
    const { ringFull, limited } = this.#watch.untold()
    return { ringFull, limited: limited + this.#suppressed }
  }

  close(): void {
    this.#watch.close()
  }

  #count(): void {
    const { ringFull, limited } = this.untold()
    this.#untold = ringFull + limited
    if (!this.#isFirst) this.#agent.countLostDrops(this.#untold)
  }

  #heard(packet: DroppedPacket): void {
    if (this.#share.takes(packet, this.#nowMs)) {
      this.#drop(packet)
      return
    }
    // The newest: they tell when the burst ended.
    const oldest = this.#keptBefore
    this.#keptBefore = this.#kept
    this.#kept = oldest
    oldest.keep(packet)
    this.#suppressed++
    this.#untold++
    this.#agent.countLostDrops(this.#untold)
  }

  /**
   * A count goes with a packet only, so those that were kept back bring it when no others do. Two, where there are: a collector may
   * doubt a count that has grown by thousands until another sample has it too, as sonde's own does.
   */
  #tellKept(): void {
    const before = this.#keptBefore.release()
    const newest = this.#kept.release()
    const told = (before === undefined ? 0 : 1) + (newest === undefined ? 0 : 1)
    if (told === 0) return
    this.#suppressed -= told
    this.#untold -= told
    this.#agent.countLostDrops(this.#untold)
    if (before !== undefined) this.#drop(before)
    if (newest !== undefined) this.#drop(newest)
  }

  #drop(packet: DroppedPacket): void {
    const { netns, withNames, netnsName } = this.#options
    const place = this.#place
    const { isLeaving, interfaceIndex, inputIndex } = packet
    place.netnsName = netnsName(packet.netns)
    let at = interfaceIndex
    let from = inputIndex
    if (withNames) {
      at = this.#port(packet.netns, interfaceIndex, packet.interfaceName, place.netnsName).number
      from = inputIndex === 0 ? 0 : this.#port(packet.netns, inputIndex, '', place.netnsName).number
    } else if (packet.netns !== netns) {
      at = 0
      from = 0
    }
    place.input = isLeaving ? from : at
    place.output = isLeaving ? at : 0
    this.#agent.drop(packet, place)
    if (!this.#isFirst) return
    // Receivers take the growth of what is lost from the first sample on, so the first one has none.
    this.#isFirst = false
    this.#agent.countLostDrops(this.#untold)
  }

  /** @param name '' where this packet does not tell it */
  #port(netns: number, interfaceIndex: number, name: string, netnsName: string): Port {
    if (interfaceIndex === 0) return noPort
    let ports = this.#ports.get(netns)
    const known = ports?.get(interfaceIndex)
    if (known !== undefined && (name === '' || known.name === name)) return known
    if (known === undefined && this.#portCount >= MOST_PORTS) return noPort
    if (ports === undefined) {
      ports = new Map()
      this.#ports.set(netns, ports)
    }
    const port = known ?? this.#numbered(netns, interfaceIndex)
    ports.set(interfaceIndex, port)
    if (name !== '') {
      port.name = name
      this.#tell(port, netns === this.#options.netns ? name : `${netnsName === '' ? netns : netnsName}/${name}`)
    }
    return port
  }

  #numbered(netns: number, interfaceIndex: number): Port {
    this.#portCount++
    if (netns === this.#options.netns) return { number: interfaceIndex, name: '' }
    return { number: FIRST_FOREIGN_PORT + this.#foreignCount++, name: '' }
  }

  #tell({ number }: Port, name: string): void {
    this.#agent.interfaceCounters(number, [{ tag: PORT_NAME, name: port_name.name, fields: { name } }])
  }
}
