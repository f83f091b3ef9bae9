// Owns the lines of a trace for a person: pwru's columns. See step.ts for the folder. Start at TraceLines.

import type { View } from '../print/style.ts'
import type { TraceHead } from './head.ts'
import { isDrop } from './lifetime.ts'
import type { Timestamp } from './options.ts'
import { Packets, type PacketTrack } from './packets.ts'
import type { TraceStep } from './step.ts'
import { formatTuple } from './tuple.ts'

export interface LineOptions {
  readonly timestamp: Timestamp
  readonly tcpFlags: boolean
  readonly view: Pick<View, 'style' | 'clock'>
}

/** A column that becomes wider with what comes, so that lines stay below each other, but never wider than `most`. */
interface Column {
  readonly title: string
  width: number
  readonly most: number
}

const column = (title: string, width: number, most = 64): Column => ({
  title,
  width: Math.max(width, title.length),
  most,
})

/** Packets whose end is awaited, for --timestamp delta. */
const MOST_OPEN = 1 << 16
/** Texts of processes, interfaces and functions that are kept escaped. */
const MOST_TEXTS = 8192
const NS = 1_000_000_000n
/** `1.234567890`: seconds with nine digits, ten thousand of them before the column grows. */
const TIME_WIDTH = 14

const ascii = /^[\x20-\x7e]*$/

/** Writes lines; each with a newline. */
export class TraceLines {
  readonly #options: LineOptions
  readonly #time: Column
  readonly #skb = column('SKB', 18)
  readonly #cpu = column('CPU', 3)
  readonly #process = column('PROCESS', 14)
  readonly #netns = column('NETNS', 10)
  readonly #mark = column('MARK', 4)
  readonly #iface = column('IFACE', 7)
  readonly #proto = column('PROTO', 6)
  readonly #mtu = column('MTU', 5)
  readonly #len = column('LEN', 5)
  readonly #tuple = column('TUPLE', 41, 96)
  readonly #function = column('FUNC', 4, 96)
  readonly #caller = column('CALLER', 6, 96)
  #meta: readonly Column[] = []
  #withCaller = false
  readonly #texts = new Map<string, string>()
  readonly #packets = new Packets({ mostKept: 0, mostOfOne: 1, mostOpen: MOST_OPEN })
  readonly #lastOf = new WeakMap<PacketTrack, bigint>()
  #began: bigint | undefined

  constructor(options: LineOptions) {
    this.#options = options
    this.#time = column(options.timestamp === 'delta' ? 'DELTA' : 'TIME', TIME_WIDTH)
  }

  /** The line of titles. */
  header(head: Pick<TraceHead, 'time' | 'caller' | 'meta'> | undefined): string {
    this.#withCaller = head?.caller ?? false
    this.#meta = (head?.meta ?? []).map((field) => column(this.#escape(field), 0))
    const columns = [
      ...(this.#options.timestamp === 'none' ? [] : [this.#time]),
      this.#skb,
      this.#cpu,
      this.#process,
      this.#netns,
      this.#mark,
      this.#iface,
      this.#proto,
      this.#mtu,
      this.#len,
      this.#tuple,
      ...this.#meta,
    ]
    const behind = this.#withCaller ? [this.#function, this.#caller] : [this.#function]
    const titles = [...columns, ...behind].map((each) => this.#pad(each.title, each)).join(' ')
    return `${this.#options.view.style.strong(titles.trimEnd())}\n`
  }

  /** The line of a step, and those of its stack. */
  step(step: TraceStep): string {
    const { interfaceName, interfaceIndex, mark, tuple, caller, stack } = step
    let line = this.#options.timestamp === 'none' ? '' : `${this.#pad(this.#timeOf(step), this.#time)} `
    line += `${this.#pad(step.skb, this.#skb)} ${this.#pad(String(step.cpu), this.#cpu)} `
    line += `${this.#pad(this.#escape(`${step.process}:${step.pid}`), this.#process)} ${this.#pad(this.#netnsOf(step), this.#netns)} `
    line += `${this.#pad(mark === 0 ? '0' : `0x${mark.toString(16)}`, this.#mark)} `
    line += `${this.#pad(interfaceIndex === 0 ? '-' : this.#escape(`${interfaceName}:${interfaceIndex}`), this.#iface)} `
    line += `${this.#pad(`0x${step.ethertype.toString(16).padStart(4, '0')}`, this.#proto)} `
    line += `${this.#pad(step.mtu === 0 ? '-' : String(step.mtu), this.#mtu)} ${this.#pad(String(step.length), this.#len)} `
    line += `${this.#pad(tuple === undefined ? '-' : formatTuple(tuple, this.#options.tcpFlags), this.#tuple)} `
    for (const each of this.#meta) line += `${this.#pad(String(step.meta[each.title] ?? '-'), each)} `
    line += this.#functionOf(step, this.#withCaller)
    if (this.#withCaller) line += ` ${caller === '' ? '-' : this.#escape(caller)}`
    line += '\n'
    for (const frame of stack) line += `  ${this.#options.view.style.dim(this.#escape(frame))}\n`
    return line
  }

  /** `ip_rcv`, `kfree_skb_reason(NETFILTER_DROP)`, `kfree_skb(NO_SOCKET) in __udp4_lib_rcv+0x4bc`; what drops in colour. */
  #functionOf(step: TraceStep, isPadded: boolean): string {
    const { functionName, reason, droppedIn } = step
    const name = this.#escape(functionName)
    if (reason === '') return isPadded ? this.#pad(name, this.#function) : name
    const where = droppedIn === '' ? '' : ` in ${this.#escape(droppedIn)}`
    const text = `${name}(${this.#escape(reason)})${where}`
    const padded = isPadded ? this.#pad(text, this.#function) : text
    return isDrop(step) ? this.#options.view.style.bad(padded) : padded
  }

  #netnsOf({ netns, netnsName }: TraceStep): string {
    return netnsName === '' ? (netns === 0 ? '-' : String(netns)) : this.#escape(netnsName)
  }

  #timeOf(step: TraceStep): string {
    const { time } = step
    const { timestamp, view } = this.#options
    if (timestamp === 'absolute') return view.clock(Number(time / NS), Number(time % NS))
    if (timestamp === 'relative') {
      this.#began ??= time
      return seconds(time - this.#began)
    }
    const packet = this.#packets.add(step)
    const before = this.#lastOf.get(packet)
    this.#lastOf.set(packet, time)
    return before === undefined ? '-' : seconds(time - before)
  }

  #pad(text: string, column: Column): string {
    const columns = ascii.test(text) ? text.length : this.#options.view.style.width(text)
    if (columns > column.width) column.width = Math.min(columns, column.most)
    return columns >= column.width ? text : text + ' '.repeat(column.width - columns)
  }

  #escape(text: string): string {
    let escaped = this.#texts.get(text)
    if (escaped === undefined) {
      if (this.#texts.size >= MOST_TEXTS) this.#texts.clear()
      escaped = this.#options.view.style.escape(text)
      this.#texts.set(text, escaped)
    }
    return escaped
  }
}

/** `0.000012345`; CPUs hand on their events one after the other, so that a step may come before the one that it is behind. */
function seconds(ns: bigint): string {
  const size = ns < 0n ? -ns : ns
  return `${ns < 0n ? '-' : ''}${size / NS}.${String(size % NS).padStart(9, '0')}`
}
