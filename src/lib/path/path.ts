// Owns `sonde path`: which way packets cross a fabric, by what each switch samples of them. Must not know flags, screens or forms
// of output. Start at PathEngine; what was seen is in seen.ts, links in ways.ts, rows in hops.ts.

import type { AgentTable } from '../agents/agents.ts'
import { AGENT_KEY } from '../agents/columns.ts'
import type { Engine } from '../analysis/engine.ts'
import type { SampleView } from '../attributes/context.ts'
import type { Filter, LanguageData } from '../expression/expression.ts'
import { parseKeys, parseValues } from '../expression/expression.ts'
import { FlowEngine } from '../flow/engine.ts'
import { type FlowOptions, flowDefaults, type RateOverride } from '../flow/options.ts'
import type { FlowWindow } from '../flow/rows.ts'
import { SampleKind } from '../sflow/samples.ts'
import { pairKeys, pairValues } from '../topo/sightings.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'
import { pathRows } from './hops.ts'
import { pathNotes } from './notes.ts'
import { dropKeys, pathExtremes, pathKeys, pathValues, type SeenWindows, seenNodes } from './seen.ts'
import type { PathWindow } from './snapshot.ts'
import { Trust } from './trust.ts'
import { Ways } from './ways.ts'

export interface PathOptions {
  /** Without one all packets, dropped ones too. */
  readonly filter: Filter | undefined
  readonly data: LanguageData
  /** Names and links; an index of no topology leaves the order to TTL. */
  readonly topology: TopologyIndex
  readonly hasTopology: boolean
  /** `Leaf1` of the topology is `leaf1`. */
  readonly ignoreCase: boolean
  readonly windowMs: number | 'all'
  /** Rates smoothed with this time constant, for a screen: what is new is seen at once. */
  readonly smoothMs: number | undefined
  readonly latenessMs: number
  readonly rates: readonly RateOverride[]
}

/** Combinations of agent, ports and queue: more than any path has. Beyond it the smallest are given up. */
const MOST_WAYS = 1 << 17
const MOST_ROWS = 10_000
const MOST_HOSTS = 1 << 16
const HOST_ROWS = 5_000
/** A sample of a time constant ago weighs 0.37; below this it is no part of the picture any more. */
const LEAST_WEIGHT = 0.1
/** A run over the same input gives the same rows. */
const SEED = 1

export class PathEngine implements Engine<PathWindow> {
  readonly #agents: AgentTable
  readonly #options: PathOptions
  readonly #trust: Trust
  readonly #paths: FlowEngine
  readonly #hosts: FlowEngine
  readonly #drops: FlowEngine
  /** 1 where an agent (its slot in AgentTable) has sent a flow sample. */
  #heard = new Uint8Array(64)

  /** @throws InputError where the filter needs data that is not there */
  constructor(agents: AgentTable, options: PathOptions) {
    this.#agents = agents
    this.#options = options
    this.#trust = new Trust(options.topology, agents, options.ignoreCase)
    const { filter, data, windowMs, smoothMs, latenessMs, rates } = options
    const common: Omit<FlowOptions, 'keys' | 'values' | 'maxFlows'> = {
      ...flowDefaults,
      filter,
      data,
      windowMs,
      smoothMs,
      latenessMs,
      rates,
      by: 'interface',
      bothSides: true,
    }
    const engine = (keys: string, values: string, more: Partial<FlowOptions>) =>
      new FlowEngine(
        {
          ...common,
          keys: parseKeys(keys, 'keys'),
          values: parseValues(values, 'values'),
          maxFlows: MOST_WAYS,
          ...more,
        },
        agents,
        SEED,
      )
    const values = smoothMs === undefined ? `${pathValues},${pathExtremes}` : pathValues
    this.#paths = engine(pathKeys, values, { top: MOST_ROWS })
    this.#hosts = engine(pairKeys, pairValues, { top: HOST_ROWS, maxFlows: MOST_HOSTS })
    this.#drops = engine(dropKeys, 'frames', { top: MOST_ROWS, dropped: true, by: 'agent' })
  }

  sample(view: SampleView): void {
    if (view.walker.sampleKind === SampleKind.flow) {
      this.#hear(this.#agents.agent)
      this.#paths.sample(view)
      this.#hosts.sample(view)
    } else this.#drops.sample(view)
  }

  advance(toMs: number): readonly PathWindow[] {
    return this.#joined(this.#paths.advance(toMs), this.#hosts.advance(toMs), this.#drops.advance(toMs))
  }

  finish(): readonly PathWindow[] {
    return this.#joined(this.#paths.finish(), this.#hosts.finish(), this.#drops.finish())
  }

  /** The newest window so far; undefined before the first sample. */
  peek(): PathWindow | undefined {
    return this.#ofOne(this.#paths.peek(), this.#hosts.peek(), this.#drops.peek())
  }

  #hear(agent: number): void {
    if (agent >= this.#heard.length) {
      const heard = new Uint8Array(Math.max(agent + 1, this.#heard.length * 2))
      heard.set(this.#heard)
      this.#heard = heard
    }
    this.#heard[agent] = 1
  }

  /** Windows of the same time; a window of drops without flow samples is one too. */
  #joined(paths: readonly FlowWindow[], hosts: readonly FlowWindow[], drops: readonly FlowWindow[]): PathWindow[] {
    // Of all of a recording the three begin with samples of different times.
    const at = (window: FlowWindow, i: number) => (this.#options.windowMs === 'all' ? i : window.startMs)
    const all = new Map<number, Partial<SeenWindows>>()
    const add = (windows: readonly FlowWindow[], as: keyof SeenWindows) => {
      for (const [i, window] of windows.entries()) all.set(at(window, i), { ...all.get(at(window, i)), [as]: window })
    }
    add(paths, 'paths')
    add(hosts, 'hosts')
    add(drops, 'drops')
    return [...all].sort(([a], [b]) => a - b).flatMap(([, of]) => this.#ofOne(of.paths, of.hosts, of.drops) ?? [])
  }

  /** Where no flow sample came, drops alone are one. */
  #ofOne(
    paths: FlowWindow | undefined,
    hosts: FlowWindow | undefined,
    drops: FlowWindow | undefined,
  ): PathWindow | undefined {
    if (paths !== undefined) return this.#window({ paths, hosts, drops })
    if (drops === undefined) return undefined
    const loss = { ...drops.loss, received: 0, matched: 0 }
    return this.#window({ paths: { ...drops, rows: [], loss }, hosts, drops })
  }

  #window(windows: SeenWindows): PathWindow {
    const { hasTopology, smoothMs } = this.#options
    const { paths, hosts, drops } = windows
    const trusted = this.#trust.of(hosts)
    const { topology } = trusted.index
    const nodes = seenNodes(windows, trusted, smoothMs === undefined ? 0 : LEAST_WEIGHT)
    const strangers = hasTopology ? [...nodes.values()].filter(({ isInTopology }) => !isInTopology) : []
    const isLinked = hasTopology && strangers.length < nodes.size
    // A host's own agent, say: where it stands nothing tells.
    if (isLinked) for (const { key } of strangers) nodes.delete(key)
    const ways = new Ways(trusted.fabric, nodes, paths.seconds)
    const agentOf = (node: string) => topology.nodes.get(node)?.agent ?? null
    const rows = pathRows(nodes, ways, agentOf)
    const pairs = new Set(hosts?.rows.map(({ key }) => `${key[2]} ${key[3]}`)).size
    const notes = pathNotes({
      ...{ paths, mostRows: MOST_ROWS, nodes, hops: rows.hops, ways, pairs },
      trusted: hasTopology ? trusted : undefined,
      strangers: strangers.map(({ name }) => name),
      heard: () => this.#heardNodes(trusted.index),
    })
    return {
      startMs: paths.startMs,
      endMs: paths.endMs,
      seconds: paths.seconds,
      ...rows,
      hasTopology,
      isLinked,
      pairs,
      doubts: hasTopology ? ways.doubts.length + trusted.missing.length + trusted.contradictions.length : 0,
      samples: paths.loss.matched + (drops?.loss.matched ?? 0),
      received: paths.loss.received,
      lost: paths.loss.lost + paths.loss.agentDrops,
      notes,
    }
  }

  #heardNodes(index: TopologyIndex): Set<string> {
    const { keys } = this.#agents.agents
    const nodes = new Set<string>()
    for (const [agent, heard] of this.#heard.entries()) {
      const node = heard === 1 ? index.node(keys, 0, agent * AGENT_KEY) : undefined
      if (node !== undefined) nodes.add(node)
    }
    return nodes
  }
}
