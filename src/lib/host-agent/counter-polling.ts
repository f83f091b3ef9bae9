// Owns when counters are told: each data source once an interval, all of them spread over it. Must not know how counters are
// read. Start at CounterPolling.

import type { HostAgent } from './host-agent.ts'
import type { HostInterface, InterfaceReader } from './host-interface.ts'
import type { HostWork } from './host-source.ts'
import { hostRecords } from './records/host-records.ts'
import { interfaceRecords } from './records/interface-records.ts'
import type { SystemFiles } from './records/system-files.ts'

/** All sources are told of within so long of the start: a collector learns names and speeds from counters. */
const FIRST_ROUND_MS = 1000
/** The fraction of the golden ratio: its multiples, modulo 1, are spread evenly however many there are. */
const GOLDEN = 0.618_033_988_749_895

/** A data source whose counters are told. */
interface Polled {
  /** Undefined: the host itself. */
  readonly port: HostInterface | undefined
  dueMs: number
  /** Of the interval, from 0 to 1: when the source has its turn after the first. */
  readonly phase: number
  /** ifInOctets and ifOutOctets of the last time. */
  inOctets: bigint
  outOctets: bigint
}

export interface CounterPollingOptions {
  readonly agent: HostAgent
  readonly reader: InterfaceReader
  readonly files: SystemFiles
  readonly intervalMs: number
  /** As process.arch has it. */
  readonly arch: string
}

/** Tells the counters of the host and of its interfaces. A source that is added later has its first turn within a second. */
export class CounterPolling implements HostWork {
  readonly #options: CounterPollingOptions
  /** By ifIndex; the host is 0, which no interface is. */
  readonly #polled = new Map<number, Polled>()
  #made = 0
  #nextMs = Number.POSITIVE_INFINITY

  constructor(options: CounterPollingOptions, nowMs: number) {
    this.#options = options
    this.#add(HOST, undefined, nowMs)
  }

  /** @param port as it is now; anew where its name, speed or state have changed */
  addPort(port: HostInterface, nowMs: number): void {
    const known = this.#polled.get(port.index)
    if (known === undefined) this.#add(port.index, port, nowMs)
    else this.#polled.set(port.index, { ...known, port })
  }

  removePort(index: number): void {
    this.#polled.delete(index)
  }

  tick(nowMs: number): void {
    if (nowMs < this.#nextMs) return
    let next = Number.POSITIVE_INFINITY
    for (const polled of this.#polled.values()) {
      if (polled.dueMs <= nowMs) {
        this.#tell(polled)
        polled.dueMs = this.#dueAfter(polled, nowMs)
      }
      if (polled.dueMs < next) next = polled.dueMs
    }
    this.#nextMs = next
  }

  close(): void {
    this.#polled.clear()
  }

  #add(key: number, port: HostInterface | undefined, nowMs: number): void {
    const phase = (this.#made++ * GOLDEN) % 1
    const { intervalMs } = this.#options
    const dueMs = nowMs + phase * Math.min(FIRST_ROUND_MS, intervalMs)
    this.#polled.set(key, { port, dueMs, phase, inOctets: 0n, outOctets: 0n })
    this.#nextMs = Math.min(this.#nextMs, dueMs)
  }

  /** The next moment of this source's phase that is at least half an interval away. */
  #dueAfter({ phase }: Polled, nowMs: number): number {
    const { intervalMs } = this.#options
    const offset = phase * intervalMs
    return (Math.floor((nowMs - offset) / intervalMs + 0.5) + 1) * intervalMs + offset
  }

  #tell(polled: Polled): void {
    const { agent, reader, files, arch } = this.#options
    const { port } = polled
    if (port === undefined) {
      agent.hostCounters(hostRecords(files, reader, arch))
      return
    }
    const counters = reader.counters(port.index)
    if (counters === undefined) return
    // A driver that was loaded again counts from 0: no difference is to be taken across that.
    if (counters.rxBytes < polled.inOctets || counters.txBytes < polled.outOctets) agent.resetCounters(port.index)
    polled.inOctets = counters.rxBytes
    polled.outOctets = counters.txBytes
    agent.interfaceCounters(port.index, interfaceRecords(port, reader.line(port), counters))
  }
}

const HOST = 0
