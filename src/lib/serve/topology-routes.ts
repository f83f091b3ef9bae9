// Owns the paths of a topology: reading and replacing it, what sFlow says of it, where addresses are. Counted from the first
// question on, while somebody asks. See serve.ts for the folder. Start at topologyRoutes.

import { AGENT_KEY } from '../agents/columns.ts'
import { summarise } from '../agents/summary.ts'
import type { Companion } from '../analysis/companion.ts'
import type { SampleView } from '../attributes/context.ts'
import { InputError } from '../errors.ts'
import { formatTopology, readTopology } from '../topo/read-topology.ts'
import { nodeNames, type Topology } from '../topo/topology.ts'
import { FabricEngine } from '../topo-status/fabric.ts'
import { LocateEngine, type Location } from '../topo-status/locate.ts'
import { parseLocateQuery } from '../topo-status/locate-query.ts'
import { type FabricStatus, statusOf } from '../topo-status/status.ts'
import { addStatusMetrics, statusObject } from '../topo-status/status-report.ts'
import { addressText } from '../wire/address-text.ts'
import { prometheusText } from './base-routes.ts'
import { type Beside, OnDemand } from './beside.ts'
import { type Answer, type Asked, HttpError, jsonAnswer, nothingAnswer, type Route } from './route.ts'

const APP = '/app/topology/scripts/topology.js'
/** Addresses of one question. */
const MOST_ADDRESSES = 100
const MOST_LOCATIONS = 100_000

export interface TopologyUse {
  /** Undefined: it may not be replaced. */
  readonly replace: ((topology: Topology) => void) | undefined
}

export function topologyRoutes(beside: Beside, { replace }: TopologyUse): Route[] {
  const fabric = new OnDemand(beside, () => new Fabric(beside))
  const located = new OnDemand(beside, () => new Located(beside))
  const methods = replace === undefined ? (['GET'] as const) : (['GET', 'PUT'] as const)
  const topology = (asked: Asked): Answer => {
    if (asked.method === 'GET') return topologyAnswer(beside)
    // A form of a foreign page can send text, but nothing that calls itself JSON.
    if (asked.method === 'POST' && !asked.isJson) throw new HttpError(400, 'Content-Type is to be application/json.')
    replace!(readTopology(textOfBody(asked.body), 'The body'))
    return nothingAnswer
  }
  const about = replace === undefined ? 'the topology' : 'the topology; PUT gives another one'
  const refused = replace === undefined ? { otherMethods: 'With --accept-topology it takes PUT.' } : {}
  return [
    { path: '/topology/json', about, methods, ...refused, answer: topology },
    {
      path: `${APP}/topology/json`,
      about: 'the same',
      ...refused,
      methods: replace === undefined ? methods : [...methods, 'POST'],
      answer: topology,
    },
    {
      path: `${APP}/status/json`,
      about: 'nodes, links, traffic',
      answer: () => jsonAnswer(statusJson(fabric.get().status())),
    },
    { path: `${APP}/agents/json`, about: 'agents of the nodes', answer: () => jsonAnswer(agentsOfNodes(beside)) },
    {
      path: `${APP}/unknown/json`,
      about: 'agents that are no node',
      answer: () =>
        jsonAnswer(
          fabric
            .get()
            .status()
            .unknown.map(({ agent }) => agent),
        ),
    },
    {
      path: `${APP}/locate/json`,
      about: 'ports where addresses are: ?address=10.0.0.1, or a MAC or IPv6 address; without it, all',
      answer: async ({ query }) => jsonAnswer(await located.get().find(query.getAll('address'))),
    },
    {
      path: `${APP}/prometheus/txt`,
      about: 'sflow_topology_*',
      answer: () => prometheusText((table) => addStatusMetrics(fabric.get().status(), table)),
    },
    { path: '/agents/json', about: 'agents that are heard', answer: () => jsonAnswer(allAgents(beside)) },
  ]
}

/** Counts with the topology that there is. */
class Fabric implements Companion {
  readonly #beside: Beside
  readonly #engine: FabricEngine<FabricStatus>
  #version: number

  constructor(beside: Beside) {
    this.#beside = beside
    this.#version = beside.version
    const { topology, places, fed } = beside
    const { names, ignoreCase } = places
    const options = { topology, names, ignoreCase, everyMs: Number.POSITIVE_INFINITY, doubt: false }
    this.#engine = new FabricEngine(fed.agents, { ...options, make: (state) => statusOf(state, new Set()) })
  }

  sample(view: SampleView): void {
    this.#engine.sample(view)
  }

  advance(): void {}

  status(): FabricStatus {
    const { topology, version } = this.#beside
    if (this.#version !== version) this.#engine.setTopology(topology)
    this.#version = version
    return this.#engine.peek(this.#beside.nowMs())
  }
}

/** All addresses at edge ports. */
class Located implements Companion {
  readonly #beside: Beside
  #engine: LocateEngine
  #version: number

  constructor(beside: Beside) {
    this.#beside = beside
    this.#version = beside.version
    this.#engine = locateEngine(beside)
  }

  sample(view: SampleView): void {
    this.#engine.sample(view)
  }

  advance(): void {}

  /** @throws HttpError for what is no address */
  async find(addresses: readonly string[]): Promise<object[]> {
    if (addresses.length > MOST_ADDRESSES) throw new HttpError(400, `At most ${MOST_ADDRESSES} addresses at once.`)
    const engine = this.#opened()
    const found: Location[] = []
    for (const address of addresses.length === 0 ? ['all'] : addresses) {
      // Names of hosts are looked for among those that hosts tell: whoever asks must not make us ask DNS.
      const query = await parseLocateQuery(address, undefined)
      found.push(...engine.peek(this.#beside.nowMs(), query).locations)
    }
    return found.slice(0, MOST_LOCATIONS).map(locationJson)
  }

  /** Of another topology nothing is known yet. */
  #opened(): LocateEngine {
    const { version } = this.#beside
    if (this.#version !== version) this.#engine = locateEngine(this.#beside)
    this.#version = version
    return this.#engine
  }
}

function locateEngine({ places, fed }: Beside): LocateEngine {
  const { topology, names, ignoreCase, data } = places
  return new LocateEngine(fed.agents, {
    ...{ topology, names, ignoreCase, vendors: data.vendors },
    query: { kind: 'all', text: 'all' },
    everyMs: undefined,
  })
}

/** As sFlow-RT writes it, ours behind; what is not known is left out. */
function locationJson(one: Location): object {
  return {
    node: one.node,
    ...(one.port !== null && { port: one.port }),
    agent: one.agent,
    ifindex: String(one.ifIndex),
    mac: one.mac.replaceAll(':', '').toUpperCase(),
    ...(one.vlan !== null && { vlan: String(one.vlan) }),
    ...(one.vendor !== null && { ouiname: one.vendor }),
    ...(one.ipAddress !== null && { ipaddress: one.ipAddress }),
    ...(one.ip6Address !== null && { ip6address: one.ip6Address }),
    ...(one.host !== null && { host: one.host }),
    samples: one.samples,
    share: one.share,
    lastSeen: Math.round(one.lastMs),
  }
}

function textOfBody(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch (error) {
    throw new InputError('The body is no UTF-8.', [], { cause: error })
  }
}

function topologyAnswer({ topology, version }: Beside): Answer {
  const attributes = new Map([...(topology.attributes ?? []), ['version', version] as const])
  return { status: 200, type: 'application/json; charset=utf-8', text: formatTopology({ ...topology, attributes }) }
}

/** sFlow-RT's members first; there, what is not known is 0. */
function statusJson(status: FabricStatus): object {
  const { links, nodes, traffic, ...rest } = statusObject(status) as {
    links: object
    nodes: object
    traffic: Record<string, number | null>
  }
  const known = Object.fromEntries(Object.entries(traffic).map(([name, value]) => [name, value ?? 0]))
  return { links, nodes, traffic: known, ...rest }
}

/** Node to address, where an agent is known. */
function agentsOfNodes({ topology, index, fed }: Beside): Record<string, string> {
  const heard = new Map<string, string>()
  const { agents } = fed.agents
  for (const slot of agents.slots()) {
    const words = agents.keys.subarray(slot * AGENT_KEY, slot * AGENT_KEY + 4)
    if (index.isNode(words)) heard.set(index.node(words, 0) ?? '', addressText(words, 0) ?? '::')
  }
  const found = nodeNames(topology).flatMap((name): [string, string][] => {
    const agent = heard.get(name) ?? topology.nodes.get(name)?.agent
    return agent === undefined ? [] : [[name, agent]]
  })
  return Object.fromEntries(found)
}

/** Under the names of sFlow-RT's agents/json, as far as they are known; sub-agents together. */
function allAgents({ fed }: Beside): Record<string, object> {
  const byAddress = Map.groupBy(summarise(fed.agents), ({ agent }) => agent ?? '::')
  return Object.fromEntries(
    [...byAddress].map(([address, all]) => {
      const sum = (of: (one: (typeof all)[number]) => number | null): number =>
        all.reduce((total, one) => total + (of(one) ?? 0), 0)
      return [
        address,
        {
          sFlowDatagramsReceived: sum((one) => one.datagrams),
          sFlowDatagramsLost: sum((one) => one.lost),
          sFlowFlowSamples: sum((one) => one.flow.samples),
          sFlowCounterSamples: sum((one) => one.counters.samples),
          hostname: all.find(({ hostname }) => hostname !== null)?.hostname ?? null,
          firstSeen: Math.min(...all.map((one) => Date.parse(one.first_time))),
          lastSeen: Math.max(...all.map((one) => Date.parse(one.last_time))),
        },
      ]
    }),
  )
}
