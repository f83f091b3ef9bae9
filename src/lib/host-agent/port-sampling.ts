// Owns which interfaces are tapped, as they come and go, and hands what the tap hears to the agent. Must not know which tap it
// is, sockets or the terminal. Start at PortSampling.tick.

import { EnvironmentError, InputError } from '../errors.ts'
import type { PacketTap, TapDirection, TappedPacket } from '../kernel/tap/tap.ts'
import type { CounterPolling } from './counter-polling.ts'
import type { HostAgent } from './host-agent.ts'
import type { HostInterface, InterfaceReader, LineSpeed } from './host-interface.ts'
import type { HostWork } from './host-source.ts'

/** Between two looks whether interfaces came or went, and at counts where no sample asks for them. */
const LOOK_MS = 500

/** Which interfaces are sampled, and how. */
export interface PortChoice {
  readonly has: (name: string) => boolean
  /** Names that must be there at the start. */
  readonly exact: readonly string[]
  /** N of 1 in N; undefined: this one is not sampled after all. */
  readonly rateOf: (port: HostInterface, line: LineSpeed) => number | undefined
  readonly direction: TapDirection
  readonly headerBytes: number
}

export interface PortSamplingOptions {
  readonly agent: HostAgent
  readonly tap: PacketTap
  readonly reader: InterfaceReader
  readonly choice: PortChoice
  /** Undefined: no counters are told. */
  readonly polling: CounterPolling | undefined
  /** What came, went or could not be tapped, as a line. */
  readonly tell: (line: string) => void
}

/** How an interface is sampled, and what came of it since the start. */
export interface PortState {
  readonly interfaceIndex: number
  readonly name: string
  readonly rate: number
  /** False once it is gone. */
  readonly isSampled: boolean
  /** Packets that could have been sampled. */
  readonly poolIn: number
  readonly poolOut: number
  readonly samples: number
  readonly lost: number
}

/** An interface that is or was tapped. */
class Tapped {
  port: HostInterface
  rate: number
  isSampled = true
  poolIn = 0
  poolOut = 0
  samples = 0
  lost = 0
  /** Of the tap's counts now; those above are with what it counted before it was attached anew. */
  nowIn = 0
  nowOut = 0
  nowSamples = 0
  nowLost = 0

  constructor(port: HostInterface, rate: number) {
    this.port = port
    this.rate = rate
  }

  state(): PortState {
    return {
      interfaceIndex: this.port.index,
      name: this.port.name,
      rate: this.rate,
      isSampled: this.isSampled,
      poolIn: this.poolIn + this.nowIn,
      poolOut: this.poolOut + this.nowOut,
      samples: this.samples + this.nowSamples,
      lost: this.lost + this.nowLost,
    }
  }

  /** The tap counts from 0 after this. */
  keep(): void {
    this.poolIn += this.nowIn
    this.poolOut += this.nowOut
    this.samples += this.nowSamples
    this.lost += this.nowLost
    this.nowIn = 0
    this.nowOut = 0
    this.nowSamples = 0
    this.nowLost = 0
  }
}

/** Interfaces that went, whose counts are kept for the summary. */
const MOST_GONE = 256

export class PortSampling implements HostWork {
  readonly #options: PortSamplingOptions
  readonly #tapped = new Map<number, Tapped>()
  #lookMs = Number.NEGATIVE_INFINITY
  #areCountsNew = false
  #isClosed = false
  readonly #take = (packet: TappedPacket): void => {
    // Pool and drops as they are at the first sample of a tick go with all samples of it.
    if (!this.#areCountsNew) this.#count()
    this.#options.agent.packet(packet)
  }

  constructor(options: PortSamplingOptions) {
    this.#options = options
  }

  /**
   * Taps what there is.
   * @throws InputError where a name that was given is not there, or nothing is wanted; EnvironmentError where the kernel refuses
   *   one that was given by its name
   */
  start(nowMs: number): void {
    const { reader, choice } = this.#options
    const all = reader.all()
    const missing = choice.exact.filter((name) => !all.some((port) => port.name === name))
    if (missing.length > 0) {
      throw new InputError(`There is no interface ${missing.join(', ')}.`, [
        `There are: ${all.map(({ name }) => name).join(', ')}`,
        'A pattern may fit none yet: those that come later are sampled then.',
        'A filter behind them begins with a word such as tcp, host or port.',
      ])
    }
    for (const port of all) this.#consider(port, nowMs, choice.exact.includes(port.name))
    this.#lookMs = nowMs
  }

  /** What is sampled now, or was; in order of coming. */
  states(): PortState[] {
    this.#count()
    return [...this.#tapped.values()].map((each) => each.state())
  }

  tick(nowMs: number): void {
    this.#areCountsNew = false
    this.#options.tap.drain(this.#take)
    if (nowMs - this.#lookMs < LOOK_MS) return
    this.#lookMs = nowMs
    // Behind the drain: the last samples of an interface that went are told as its own.
    this.#look(nowMs)
    this.#count()
  }

  close(): void {
    this.#count()
    this.#isClosed = true
    this.#options.tap.close()
  }

  #look(nowMs: number): void {
    const { tell } = this.#options
    for (const change of this.#options.reader.changes()) {
      if (change.kind === 'gone') {
        if (this.#remove(change.before)) tell(`${change.before.name} is gone.`)
      } else if (change.kind === 'come') {
        if (this.#consider(change.now, nowMs, false)) tell(`${change.now.name} came and is sampled.`)
      } else this.#change(change.before, change.now, nowMs)
    }
  }

  /** A name that changed may be wanted now, or no more; one that could not be tapped while it was down is tried again. */
  #change(before: HostInterface, now: HostInterface, nowMs: number): void {
    const { choice, polling, tell } = this.#options
    const known = this.#tapped.get(now.index)
    if (known?.isSampled !== true) {
      if (this.#consider(now, nowMs, false)) tell(`${now.name} is sampled now.`)
      return
    }
    if (!choice.has(now.name)) {
      this.#remove(before)
      tell(`${before.name} is ${now.name} now and is sampled no more.`)
      return
    }
    if (before.name !== now.name) tell(`${before.name} is ${now.name} now, and is sampled on.`)
    known.port = now
    polling?.addPort(now, nowMs)
  }

  /** @returns whether it is sampled now */
  #consider(port: HostInterface, nowMs: number, isGiven: boolean): boolean {
    const { agent, tap, reader, choice, polling, tell } = this.#options
    if (!choice.has(port.name)) return false
    const rate = choice.rateOf(port, reader.line(port))
    if (rate === undefined) return false
    const { index: interfaceIndex, name, hasEthernet } = port
    try {
      tap.attach({ interfaceIndex, name, rate, direction: choice.direction, headerBytes: choice.headerBytes })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (isGiven)
        throw error instanceof EnvironmentError ? error : new EnvironmentError(`${name} can't be sampled: ${reason}.`)
      tell(`${name} can't be sampled: ${reason}.`)
      return false
    }
    if (!agent.addPort({ interfaceIndex, rate, hasEthernet })) {
      tap.detach(interfaceIndex)
      tell(
        `${name} can't be sampled: its ifIndex ${interfaceIndex} came too late for this agent's compact samples. Start anew.`,
      )
      return false
    }
    const known = this.#tapped.get(interfaceIndex)
    if (known === undefined) this.#tapped.set(interfaceIndex, new Tapped(port, rate))
    else Object.assign(known, { port, rate, isSampled: true })
    polling?.addPort(port, nowMs)
    return true
  }

  /** @returns whether it was sampled */
  #remove({ index }: HostInterface): boolean {
    const { agent, tap, polling } = this.#options
    const known = this.#tapped.get(index)
    if (known?.isSampled !== true) return false
    this.#count()
    known.keep()
    known.isSampled = false
    tap.detach(index)
    agent.removePort(index)
    polling?.removePort(index)
    this.#forgetOldest()
    return true
  }

  #forgetOldest(): void {
    const gone = [...this.#tapped.values()].filter(({ isSampled }) => !isSampled)
    if (gone.length > MOST_GONE) this.#tapped.delete(gone[0]!.port.index)
  }

  #count(): void {
    if (this.#isClosed) return
    const { agent, tap } = this.#options
    this.#areCountsNew = true
    for (const each of this.#tapped.values()) {
      each.nowSamples = 0
      each.nowLost = 0
    }
    for (const { interfaceIndex, direction, pool, samples, lost } of tap.counts()) {
      const each = this.#tapped.get(interfaceIndex)
      if (each?.isSampled !== true) continue
      if (direction === 'ingress') each.nowIn = pool
      else each.nowOut = pool
      each.nowSamples += samples
      each.nowLost += lost
    }
    for (const { isSampled, port, nowIn, nowOut, nowLost } of this.#tapped.values()) {
      if (isSampled) agent.count(port.index, tap.measuresPool ? nowIn + nowOut : undefined, nowLost)
    }
  }
}
