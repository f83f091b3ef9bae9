// Owns finding agents and their ports in sFlow, recorded or live: host names (0:2000) and port names (0:1005). See topo-import.ts
// for the folder. Start at learnAgents; what becomes of them is in learn.ts.

import { AgentTable } from '../agents/agents.ts'
import { AGENT_KEY, SOURCE_KEY } from '../agents/columns.ts'
import { AGENT_ITSELF } from '../agents/names.ts'
import { EnvironmentError, exitCode, InputError } from '../errors.ts'
import { openNdjson } from '../ndjson/ndjson-source.ts'
import { isUdpAddress, parseUdpAddress, refuseTwice, type UdpAddress } from '../parse/udp-address.ts'
import { Walker } from '../sflow/walker.ts'
import { Inputs } from '../source/inputs.ts'
import { receiveUntil, tickUntil } from '../source/live.ts'
import { emptyAdvice, noticesOf } from '../source/live-notices.ts'
import type { Batch } from '../source/source.ts'
import { formatIp } from '../wire/json.ts'
import type { ImportReport } from './options.ts'

/** An agent that told its host name. */
export interface LearnedAgent {
  readonly host: string
  readonly agent: string
  /** Port name → ifIndex. */
  readonly ports: ReadonlyMap<string, number>
}

/** Data source type of ports. */
const PORT = 0

/** Agents send counters, and with them names, every 20 or 30 s (topology.md section 5: 20 s is recommended). */
const LISTEN_MS = 30_000
/** Live: between two looks whether all is known. */
const TICK_MS = 250

/** Where names are looked for. */
export type LearnInput =
  | { readonly kind: 'recorded'; readonly paths: readonly string[]; readonly ports: readonly number[] }
  | { readonly kind: 'live'; readonly addresses: readonly UdpAddress[]; readonly durationMs: number }

/**
 * What --learn, --port and --duration mean together.
 * @returns undefined where nothing is to be learned
 * @throws InputError for files and addresses mixed, an address that is none, a duration of files
 */
export function parseLearn(
  sources: readonly string[],
  ports: readonly number[],
  durationMs: number | undefined,
): LearnInput | undefined {
  const live = sources.filter((source) => isUdpAddress(source))
  if (durationMs !== undefined && live.length === 0) {
    throw new InputError('--duration is how long --learn udp://:6343 listens, and there is no such --learn.', [
      'Add --learn udp://:6343, or leave --duration out.',
    ])
  }
  if (sources.length === 0) return undefined
  if (live.length === 0) return { kind: 'recorded', paths: sources, ports }
  if (live.length < sources.length) {
    throw new InputError('--learn takes captures or addresses, not both.', [
      'Import with the captures first, then once more with --learn udp://:6343 and --merge.',
    ])
  }
  const addresses = live.map((source) => parseUdpAddress(source, '--learn', ports[0]!))
  refuseTwice(addresses, '--learn')
  return { kind: 'live', addresses, durationMs: durationMs ?? LISTEN_MS }
}

export interface Heard {
  /** In the order of their addresses. */
  readonly agents: LearnedAgent[]
  /** That the inputs deserve. */
  readonly code: number
}

/**
 * Reads captures to their end, or listens until `isEnough` or the time is over, for the names in sFlow.
 * @throws InputError as Inputs.open; EnvironmentError where an address can't be had, or nothing comes
 */
export async function learnAgents(
  input: LearnInput,
  isEnough: (agents: readonly LearnedAgent[]) => boolean,
  report: ImportReport,
  signal: AbortSignal,
): Promise<Heard> {
  const names = new NamesInSflow()
  const code =
    input.kind === 'recorded'
      ? await read(input, names, report, signal)
      : await listen(input, names, isEnough, report, signal)
  return { agents: agentsOf(names.table), code }
}

class NamesInSflow {
  readonly table = new AgentTable()
  datagrams = 0
  readonly #walker = new Walker(ignoreIssue)

  batch(batch: Batch): void {
    const walker = this.#walker
    for (let i = 0; i < batch.count; i++) {
      if (!walker.open(batch.bytes, batch.view, batch.offset[i]!, batch.length[i]!)) continue
      this.datagrams++
      this.table.datagram(walker, batch.sec[i]!, batch.nsec[i]!)
      while (walker.nextSample()) this.table.sample(walker)
    }
  }

  get note(): string {
    return `${this.table.agents.count} agents`
  }
}

async function read(
  { paths, ports }: LearnInput & { kind: 'recorded' },
  names: NamesInSflow,
  report: ImportReport,
  signal: AbortSignal,
): Promise<number> {
  const inputs = await Inputs.open(paths, { ports, ndjson: openNdjson, signal }, report)
  try {
    for await (const batch of inputs.source.batches()) {
      if (signal.aborted) break
      names.batch(batch)
      const { bytesRead, bytesTotal } = inputs.source.report()
      report.progress(inputs.source.name, bytesRead, bytesTotal, names.note)
    }
  } finally {
    await inputs.close()
  }
  return inputs.conclude(signal.aborted)
}

async function listen(
  { addresses, durationMs }: LearnInput & { kind: 'live' },
  names: NamesInSflow,
  isEnough: (agents: readonly LearnedAgent[]) => boolean,
  report: ImportReport,
  signal: AbortSignal,
): Promise<number> {
  const known = new AbortController()
  const over = AbortSignal.any([signal, known.signal, AbortSignal.timeout(durationMs)])
  const source = await receiveUntil(over, { addresses })
  const start = performance.now()
  let looked = 0
  const ticks = tickUntil(over, TICK_MS, () => {
    report.progress(source.name, Math.min(performance.now() - start, durationMs), durationMs, names.note)
    const { changes } = names.table.names
    if (changes === looked) return
    looked = changes
    if (isEnough(agentsOf(names.table))) known.abort()
  })
  try {
    for (const line of noticesOf(source.report().live)) report.detail(line)
    report.note(`Learning from ${source.name} for ${durationMs / 1000} s, or until all nodes are known.`)
    for await (const batch of source.batches()) names.batch(batch)
  } finally {
    known.abort()
    await ticks
    await source.close()
  }
  if (names.datagrams > 0 || signal.aborted) return exitCode.good
  const bound = source.report().live?.bound ?? []
  throw new EnvironmentError(
    `Nothing was learned in ${durationMs / 1000} s, so nothing is written. ${emptyAdvice(bound)}`,
  )
}

/** Damage of samples does not matter here: names are learned from what is whole. */
function ignoreIssue(): void {}

function agentsOf(table: AgentTable): LearnedAgent[] {
  const { agents, sources, names } = table
  const ports = new Map<string, Map<string, number>>()
  for (const slot of sources.slots().sort((a, b) => a - b)) {
    const agent = sources.keys[slot * SOURCE_KEY]! >>> 2
    const type = sources.keys[slot * SOURCE_KEY + 1]!
    const index = sources.keys[slot * SOURCE_KEY + 2]!
    const name = type === PORT ? names.get(agents.keys, agent * AGENT_KEY, PORT, index) : undefined
    if (name === undefined) continue
    const address = addressOf(agents.keys, agent * AGENT_KEY)
    let of = ports.get(address)
    if (of === undefined) {
      of = new Map()
      ports.set(address, of)
    }
    if (!of.has(name)) of.set(name, index)
  }
  const learned = new Map<string, LearnedAgent>()
  for (const slot of agents.slots()) {
    const host = names.get(agents.keys, slot * AGENT_KEY, AGENT_ITSELF, 0)
    const agent = addressOf(agents.keys, slot * AGENT_KEY)
    // Sub-agents share address and names.
    if (host !== undefined) learned.set(agent, { host, agent, ports: ports.get(agent) ?? new Map() })
  }
  return [...learned.values()].sort((a, b) => (a.agent < b.agent ? -1 : 1))
}

function addressOf(keys: Uint32Array, at: number): string {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < 4; i++) view.setUint32(i * 4, keys[at + i]!)
  const mapped = keys[at] === 0 && keys[at + 1] === 0 && keys[at + 2] === 0xffff
  return formatIp(mapped ? bytes.subarray(12) : bytes)
}
