// Owns which datagrams of an input are looked at, and counts the others: time, version, agent. Knows no sample.
// Start at DatagramGate.open.

import { type Prefix, prefixContains } from '../parse/address.ts'
import type { TimeBound } from '../parse/time.ts'
import { Walker } from '../sflow/walker.ts'
import type { Batch } from '../source/source.ts'
import { formatIp } from '../wire/json.ts'
import type { IssueLog } from './issue-log.ts'
import { TimeWindow } from './time-window.ts'

/** Which datagrams are wanted. */
export interface DatagramSelection {
  /** Empty: all agents. */
  readonly agents: readonly Prefix[]
  readonly since: TimeBound | undefined
  readonly until: TimeBound | undefined
}

/** Opens the datagrams that are wanted in one Walker, whose issues go to a log with the datagram's place. */
export class DatagramGate {
  /** Stands in the datagram that `open` gave true for. */
  readonly walker: Walker
  /** Datagrams offered, of any version. */
  offered = 0
  /** Of them, those outside --since and --until. */
  outside = 0
  /** Of those inside, the ones that are version 5. */
  opened = 0
  /** Of those, the ones of agents that are not wanted. */
  ofOthers = 0
  readonly #agents: readonly Prefix[]
  readonly #window: TimeWindow
  readonly #agent = new Uint32Array(4)
  #batch: Batch | undefined
  #index = 0

  /** @throws InputError for bounds of time that contradict each other */
  constructor({ agents, since, until }: DatagramSelection, issues: IssueLog) {
    this.#agents = agents
    this.#window = new TimeWindow(since, until)
    this.walker = new Walker((issue) => issues.add(issue, () => datagramPlace(this.#batch!, this.#index, this.offered)))
  }

  /** Whether datagram `i` of the batch is wanted; it is open in the walker then. */
  open(batch: Batch, i: number): boolean {
    const w = this.walker
    this.offered++
    this.#batch = batch
    this.#index = i
    if (!this.#window.contains(batch.sec[i]!, batch.nsec[i]!)) {
      this.outside++
      return false
    }
    if (!w.open(batch.bytes, batch.view, batch.offset[i]!, batch.length[i]!)) return false
    this.opened++
    if (this.#agents.length > 0 && !this.#agentWanted(w)) {
      this.ofOthers++
      return false
    }
    return true
  }

  #agentWanted(w: Walker): boolean {
    const words = this.#agent
    w.agentWords(words)
    return this.#agents.some((x) => prefixContains(x, words[0]!, words[1]!, words[2]!, words[3]!))
  }
}

/** Datagram `i` of the batch as a person finds it again: its number, and of several inputs which, time and sender. */
export function datagramPlace(batch: Batch, i: number, number: number): string {
  const { sec, nsec, sender } = batch
  const second = new Date(sec[i]! * 1000).toISOString().slice(0, 19)
  const time = `${second}.${String(nsec[i]!).padStart(9, '0')}Z`
  const words = sender.subarray(i * 4, i * 4 + 4)
  const origin = batch.origin?.(i)
  const which = origin === undefined ? `datagram ${number}` : `${origin.name} datagram ${origin.number}`
  return `${which} (${time}${words.some((x) => x !== 0) ? ` from ${senderText(words)}` : ''})`
}

/** An address in four words, IPv4-mapped as IPv4. */
function senderText(words: Uint32Array): string {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  for (let k = 0; k < 4; k++) view.setUint32(k * 4, words[k]!)
  const mapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff
  return formatIp(mapped ? bytes.subarray(12) : bytes)
}
