// Owns what `sonde sample --drops` asks of the drop watch, and how it becomes a work of the host. Must not know programs in the kernel
// or the terminal. Start at openDrops.

import { DropWork } from '../host-agent/drop-work.ts'
import type { HostAgent } from '../host-agent/host-agent.ts'
import type { DropWatch, DropWatchOptions, UntoldDrops } from '../kernel/drops/drop-watch.ts'
import type { HsflowdConfig } from './config.ts'
import { ALL_NETNS, type DropsWish, OWN_NETNS } from './options.ts'

/** hsflowd's `dropmon { limit }` where none is given. */
const SENT_LIMIT = 100
/**
 * Heard a second at most where only some are told, so that late reasons are among them: some 10 ms of kernel and 20 ms of CPU, and the
 * ring, read 25 times a second, holds more. What is beyond is counted in the kernel.
 */
const HEARD_LIMIT = 10_000

/** A watch of the kernel, and what is needed to say where a drop was. */
export interface OpenedDrops {
  readonly watch: DropWatch
  /** Inode of the namespace that this process is in. */
  readonly netns: number
  readonly netnsName: (inode: number) => string
}

/** Opens a watch. @param netns as in DropsWish; undefined for all */
export type DropsOpener = (netns: string | undefined, options: Omit<DropWatchOptions, 'netns'>) => Promise<OpenedDrops>

/** How drops are heard, and what could not be told, as of now. */
export interface DropsState extends UntoldDrops {
  readonly kind: DropWatch['kind']
  readonly why: string | undefined
  readonly notices: readonly string[]
  /** Name of the namespace, `this` for sonde's own, `all`. */
  readonly netns: string
  /** A second; 0: no limit. */
  readonly limit: number
}

/** What the flags ask, else a dropmon block of the configuration. */
export function wishOf(given: DropsWish | undefined, config: HsflowdConfig | undefined): DropsWish | undefined {
  if (given !== undefined) return { ...given, limit: given.limit ?? config?.drops?.limit }
  if (config?.drops === undefined) return undefined
  return { limit: config.drops.limit, netns: OWN_NETNS, withProcess: false }
}

export interface DropsOptions {
  readonly wish: DropsWish
  readonly sends: boolean
  readonly headerBytes: number | undefined
}

/**
 * Begins to hear of drops.
 * @throws EnvironmentError for what the kernel does not permit; InputError for a namespace that there is not
 */
export async function openDrops(
  agent: HostAgent,
  { wish, sends, headerBytes }: DropsOptions,
  open: DropsOpener,
): Promise<{ readonly work: DropWork; state(): DropsState }> {
  const limit = wish.limit ?? (sends ? SENT_LIMIT : 0)
  const only = wish.netns === ALL_NETNS ? undefined : wish.netns
  const { watch, netns, netnsName } = await open(only, {
    headerBytes,
    limit: limit === 0 ? undefined : Math.max(limit, HEARD_LIMIT),
  })
  const { kind, why, notices } = watch
  const name = wish.netns === OWN_NETNS ? netnsName(netns) || `inode:${netns}` : wish.netns
  const work = new DropWork(agent, watch, { netns, withNames: false, netnsName, limit })
  return { work, state: () => ({ kind, why, notices, netns: name, limit, ...work.untold() }) }
}
