// Owns `kernel:` as a source: packets that this host's kernel drops, as datagrams of an agent that is this host. Must not know the
// terminal or what becomes of them. Start at openKernelSource.

import { openBpf } from '../kernel/bpf/loader.ts'
import { openDropWatch } from '../kernel/drops/bpf-drop-watch.ts'
import type { DropWatch, DropWatchOptions } from '../kernel/drops/drop-watch.ts'
import { findNetns, NetnsNames, ownNetns } from '../kernel/links/netns.ts'
import { host_descr } from '../sflow/records/host.ts'
import type { LiveReport, Source, SourceReport } from '../source/source.ts'
import { tagValue } from '../wire/record.ts'
import { DropWork, FIRST_FOREIGN_PORT } from './drop-work.ts'
import { HostSource } from './host-source.ts'
import { readDescription } from './records/description.ts'
import { SystemFiles } from './records/system-files.ts'

export interface KernelInput {
  /** `this`, a name, a path or `inode:N`; undefined for all namespaces. */
  readonly netns: string | undefined
}

/**
 * Begins to hear of drops in this kernel.
 * @param netns `this`, a name, a path or `inode:N`; undefined for all namespaces
 * @throws EnvironmentError with one line for what this system does not permit or have; InputError for a namespace that there is not
 */
export async function openKernelDrops(
  netns: string | undefined,
  options: Omit<DropWatchOptions, 'netns'> = {},
): Promise<DropWatch> {
  const only = netns === undefined ? undefined : findNetns(netns)
  const bpf = await openBpf()
  try {
    // The watch closes what it loaded, and that is all there is.
    return openDropWatch(bpf, { ...options, netns: only })
  } catch (error) {
    bpf.close()
    throw error
  }
}

/** The agent's address: it is no one's but this host's. */
const LOOPBACK = Uint8Array.of(127, 0, 0, 1)
/** 75,000 drops: half a second of what two cores can drop, since an analysis may stand still so long when a window ends. */
const RING_BYTES = 16 << 20
/** They go over no network: the fewer the cheaper. */
const DATAGRAM_BYTES = 32 << 10
const HOST_DESCR = tagValue(host_descr.tag)

/**
 * Begins to hear of drops.
 * @throws EnvironmentError with one line for what this system does not permit or have; InputError for a namespace that there is not
 */
export async function openKernelSource({ netns }: KernelInput): Promise<Source> {
  const watch = await openKernelDrops(netns, { ringBytes: RING_BYTES })
  const host = new HostSource({
    name: KERNEL,
    prompt: true,
    agent: { type: 1, bytes: LOOPBACK },
    largestIndex: FIRST_FOREIGN_PORT,
    maxDatagram: DATAGRAM_BYTES,
    withLinuxDrop: true,
  })
  const names = new NetnsNames()
  host.add(
    new DropWork(host.agent, watch, { netns: ownNetns(), withNames: true, netnsName: (inode) => names.of(inode) }),
  )
  const description = readDescription(new SystemFiles(), process.arch)
  host.agent.hostCounters([{ tag: HOST_DESCR, name: host_descr.name, fields: { ...description } }])
  return new KernelSource(host, watch, netns)
}

const KERNEL = 'kernel:'

/** A HostSource that says how it hears of drops. */
class KernelSource implements Source {
  readonly name = KERNEL
  readonly recorded = false
  readonly #host: HostSource
  readonly #live: LiveReport

  constructor(host: HostSource, watch: DropWatch, netns: string | undefined) {
    this.#host = host
    const { kind, why, notices } = watch
    this.#live = {
      receiver: kind,
      why: why ?? '',
      bound: [netns === undefined ? KERNEL : `${KERNEL} ${netns}`],
      notices,
      bufferAsked: 0,
      bufferGranted: 0,
      // What the ring had no room for is told as the agent's own loss, in the samples.
      kernelDropped: 0,
      queueDropped: 0,
      refused: 0,
      refusedSenders: [],
    }
  }

  batches() {
    return this.#host.batches()
  }

  finish(): void {
    this.#host.finish()
  }

  close(): Promise<void> {
    return this.#host.close()
  }

  report(): SourceReport {
    return { ...this.#host.report(), live: this.#live }
  }
}
