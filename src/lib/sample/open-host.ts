// Owns bringing a sampling host together: interfaces, tap, agent, counters, collectors. Must not know what becomes of the
// datagrams otherwise, or the terminal. Start at openHost.

import { EnvironmentError } from '../errors.ts'
import { Collector, type CollectorState } from '../exporter/collector.ts'
import { CounterPolling } from '../host-agent/counter-polling.ts'
import type { HostAgentCounts } from '../host-agent/host-agent.ts'
import type { InterfaceReader } from '../host-agent/host-interface.ts'
import { HostSource, type HostWork } from '../host-agent/host-source.ts'
import { ownAddress } from '../host-agent/own-address.ts'
import { PortSampling, type PortState } from '../host-agent/port-sampling.ts'
import type { SystemFiles } from '../host-agent/records/system-files.ts'
import type { PacketTap } from '../kernel/tap/tap.ts'
import { parsePrefix } from '../parse/address.ts'
import { addressText } from '../wire/address-text.ts'
import type { Address } from '../wire/kinds.ts'
import { choosePorts } from './choice.ts'
import { type DropsOpener, type DropsOptions, type DropsState, openDrops, wishOf } from './drops.ts'
import type { DropsWish, SampleOptions, TapMethod } from './options.ts'

/** hsflowd's, and what collectors expect. */
const POLLING_MS = 30_000
const LOOK_MS = 1000

/** Interfaces of this network namespace; close it. */
export interface HostInterfaces extends InterfaceReader {
  close(): void
}

/** What a host stands on, in place of the kernel in tests. */
export interface HostGround {
  /** @param method undefined: the best there is */
  readonly openTap: (method: TapMethod | undefined) => Promise<PacketTap>
  readonly openInterfaces: () => Promise<HostInterfaces>
  readonly openDrops: DropsOpener
  /** /proc and the like. */
  readonly openFiles: () => Promise<SystemFiles>
}

/** A host that samples. */
export interface SamplingHost {
  readonly source: HostSource
  /** Undefined where nothing is sampled: drops alone are told. */
  readonly tap: PacketTap | undefined
  readonly agent: Address
  /** What is sampled, as of now. */
  ports(): PortState[]
  /** Undefined where drops are not told. */
  drops(): DropsState | undefined
  counts(): HostAgentCounts
  collectors(): CollectorState[]
  close(): Promise<void>
}

/** Lines about what happens. */
export interface HostReport {
  /** Trouble: always told. */
  tell(line: string): void
  /** What was chosen and why, what came and went. */
  note(line: string): void
}

/**
 * Opens everything and begins to sample.
 * @throws InputError for interfaces, names and addresses that are not there; EnvironmentError for what the kernel or the network
 *   does not permit. Nothing stays open then
 */
export async function openHost(options: SampleOptions, report: HostReport, ground: HostGround): Promise<SamplingHost> {
  const wish = wishOf(options.drops, options.config)
  const choice = onlyDrops(options, wish) ? undefined : choosePorts(options)
  const opened: { close(): void | Promise<void> }[] = []
  try {
    const tap = choice && (await ground.openTap(options.method))
    if (tap !== undefined) opened.push({ close: () => tap.close() })
    const reader = await ground.openInterfaces()
    opened.push(reader)
    const collectors: Collector[] = []
    for (const to of [...options.collectors, ...collectorsOfConfig(options)]) {
      const collector = await Collector.open({ to, tell: (line) => report.tell(line) })
      collectors.push(collector)
      opened.push(collector)
    }
    const agent = await agentOf(options, collectors[0])
    const { config } = options
    const source = new HostSource({
      name: 'this host',
      prompt: options.prints,
      agent,
      subAgent: options.subAgent ?? config?.subAgent,
      largestIndex: Math.max(0, ...reader.all().map(({ index }) => index)),
      maxDatagram: options.datagramBytes ?? config?.datagramBytes,
      withLinuxDrop: wish?.withProcess === true || collectors.length === 0,
      taker: (bytes, length) => {
        for (const collector of collectors) collector.send(bytes, 0, length)
      },
    })
    const now = performance.now()
    const files = await ground.openFiles()
    const intervalMs = pollingOf(options)
    const polling =
      intervalMs === 0
        ? undefined
        : new CounterPolling({ agent: source.agent, reader, files, intervalMs, arch: process.arch }, now)
    const { agent: host } = source
    const tell = (line: string) => report.note(line)
    const sampling = tap && choice ? new PortSampling({ agent: host, tap, reader, choice, polling, tell }) : undefined
    if (sampling !== undefined) {
      sampling.start(now)
      source.add(sampling)
    }
    const heardDrops = async (what: DropsOptions) => {
      try {
        return await openDrops(host, what, ground.openDrops)
      } catch (error) {
        // A configuration says what is told where it can be; hsflowd goes on, too.
        if (options.drops !== undefined || !(error instanceof EnvironmentError)) throw error
        report.tell(`Drops are not told, though dropmon is in the configuration: ${error.message}`)
        return undefined
      }
    }
    const sends = collectors.length > 0
    const headerBytes = options.headerBytes ?? config?.headerBytes
    const drops = wish && (await heardDrops({ wish, sends, headerBytes }))
    if (drops !== undefined) source.add(drops.work)
    if (polling !== undefined) source.add(polling)
    if (collectors.length > 0) source.add(new Sending(collectors))
    return {
      source,
      tap,
      agent,
      ports: () => sampling?.states() ?? [],
      drops: () => drops?.state(),
      counts: () => host.counts(),
      collectors: () => collectors.map((collector) => collector.state()),
      close: async () => {
        await source.close()
        reader.close()
        await Promise.all(collectors.map((collector) => collector.close()))
      },
    }
  } catch (error) {
    for (const each of opened.reverse()) await each.close()
    throw error
  }
}

/** Drops were asked for and no interface was named: nothing is sampled then. */
function onlyDrops({ interfaces, config, drops }: SampleOptions, wish: DropsWish | undefined): boolean {
  const named = interfaces.length + (config?.taps.length ?? 0)
  return named === 0 && wish !== undefined && drops !== undefined
}

/** Hands over to the kernel what the other works made in a tick: it is the last of them. */
class Sending implements HostWork {
  readonly #collectors: readonly Collector[]
  #lookMs = 0

  constructor(collectors: readonly Collector[]) {
    this.#collectors = collectors
  }

  tick(nowMs: number): void {
    const isLook = nowMs - this.#lookMs >= LOOK_MS
    if (isLook) this.#lookMs = nowMs
    for (const collector of this.#collectors) {
      if (isLook) collector.tick()
      else collector.flush()
    }
  }

  /** They are closed behind the source, which may still have a datagram for them. */
  close(): void {}
}

/** Collectors that were given by hand stand for those of the configuration. */
function collectorsOfConfig({ collectors, config }: SampleOptions) {
  return collectors.length > 0 ? [] : (config?.collectors ?? [])
}

/** Counters are for collectors: who looks at samples gets them when asked for. */
function pollingOf(options: SampleOptions): number {
  const sends = options.collectors.length + collectorsOfConfig(options).length > 0
  return options.pollingMs ?? options.config?.pollingMs ?? (sends ? POLLING_MS : 0)
}

function agentOf({ agent, config }: SampleOptions, collector: Collector | undefined): Promise<Address> {
  const cidr = config?.agentCidr
  return ownAddress({
    given: agent ?? config?.agent,
    within: cidr === undefined ? undefined : parsePrefix(cidr, 'agent.cidr'),
    towards: collector?.to.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''),
  })
}

/** The agent's address as text. */
export function agentText({ bytes }: Address): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const words = new Uint32Array(4)
  if (bytes.length === 16) for (let i = 0; i < 4; i++) words[i] = view.getUint32(4 * i)
  else if (bytes.length === 4) words.set([0, 0, 0xffff, view.getUint32(0)])
  return addressText(words, 0) ?? '-'
}
