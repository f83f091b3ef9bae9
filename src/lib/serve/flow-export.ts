// Owns flows that a query defines: sFlow-RT's flow exporter. A definition is made at its first query, counts from then on, and is
// dropped when nobody has asked for a while. See serve.ts for the folder. Start at FlowExport.

import { AGENT_KEY } from '../agents/columns.ts'
import type { Companion } from '../analysis/companion.ts'
import type { SampleView } from '../attributes/context.ts'
import { type Expression, parseFilter, parseKeys, parseValues, type ValueExpression } from '../expression/expression.ts'
import { FlowEngine } from '../flow/engine.ts'
import { type Aggregation, flowDefaults } from '../flow/options.ts'
import type { FlowRow, FlowWindow } from '../flow/rows.ts'
import { MetricTable, sanitizeName } from '../metrics/metrics.ts'
import { type AgentChoice, choosesPort, parseAgentChoice } from './agent-choice.ts'
import { type Beside, KEPT_MS } from './beside.ts'
import { listOf, numberOf, textOf } from './query.ts'
import { HttpError } from './route.ts'

/** As sFlow-RT's exporter (exports.md 1.1). */
const usual = { t: 15, maxFlows: 20, minValue: 0.1, scale: 1, n: 10 } as const
/** Each has a table of its own: some 10 MB where it is full. */
const MOST_DEFINITIONS = 32
const MOST_FLOWS = 65_536
const MOST_ROWS = 10_000
/** Bits of a byte: the shorthand `bps` of sFlow-RT's browser. */
const BITS = 8

/** What a query asks. */
interface FlowQuery {
  readonly metric: string
  /** Names of the keys. */
  readonly labels: readonly string[]
  readonly keys: readonly Expression[]
  readonly value: ValueExpression
  readonly maxFlows: number
  readonly minValue: number
  readonly scale: number
}

export class FlowExport {
  readonly #beside: Beside
  readonly #definitions = new Map<string, Definition>()

  constructor(beside: Beside) {
    this.#beside = beside
    beside.onTick(() => this.tick())
  }

  get size(): number {
    return this.#definitions.size
  }

  /**
   * @param agents `{agents}` of the path
   * @throws HttpError for parameters that are missing or wrong, 429 where there are too many definitions; InputError of the
   *   flow language
   */
  answer(agents: string, query: URLSearchParams): MetricTable {
    const asked = readQuery(query)
    const definition = this.#definition(agents, query, asked)
    definition.askedMs = this.#beside.nowMs()
    const table = new MetricTable()
    const window = definition.window(asked.maxFlows, this.#beside.nowMs())
    for (const row of window?.rows ?? []) addRow(row, asked, table)
    return table
  }

  /** Drops what nobody has asked for: now and then. */
  tick(): void {
    const now = this.#beside.nowMs()
    for (const [name, definition] of this.#definitions) {
      if (now - definition.askedMs > KEPT_MS) this.#drop(name, definition)
    }
  }

  #definition(agents: string, query: URLSearchParams, asked: FlowQuery): Definition {
    const dropped = textOf(query, 'dropped') === 'true'
    const seconds = numberOf(query, 't', { usual: usual.t, least: 0.1, most: 600 })
    const agg = aggregationOf(textOf(query, 'aggMode') ?? (dropped ? 'sum' : 'max'))
    const filter = textOf(query, 'filter')
    const name = JSON.stringify([
      agents,
      asked.keys.map((key) => key.text),
      asked.value.text,
      filter,
      dropped,
      seconds,
      agg,
    ])
    const known = this.#definitions.get(name)
    if (known !== undefined) {
      if (known.version === this.#beside.version) return known
      this.#drop(name, known)
    }
    this.tick()
    if (this.#definitions.size >= MOST_DEFINITIONS) {
      const text = `${MOST_DEFINITIONS} flows are defined, which is all there may be. One that nobody asks for is dropped after ${KEPT_MS / 1000} s.`
      throw new HttpError(429, text, { 'Retry-After': String(KEPT_MS / 1000) })
    }
    if ((agg === 'edge' || agg === 'core') && this.#beside.places.topology === undefined) {
      throw new HttpError(400, `aggMode ${agg} needs a topology: it says where the ${agg} is. Without one: max.`)
    }
    const definition = new Definition(this.#beside, parseAgentChoice(agents), {
      keys: asked.keys,
      value: asked.value,
      filter,
      dropped,
      ms: seconds * 1000,
      agg,
    })
    this.#definitions.set(name, definition)
    this.#beside.add(definition)
    return definition
  }

  #drop(name: string, definition: Definition): void {
    this.#beside.remove(definition)
    this.#definitions.delete(name)
  }
}

interface Wanted {
  readonly keys: readonly Expression[]
  readonly value: ValueExpression
  readonly filter: string | undefined
  readonly dropped: boolean
  /** Time constant; length of the window where values can't be smoothed. */
  readonly ms: number
  readonly agg: Aggregation
}

/** One flow definition that counts. */
class Definition implements Companion {
  askedMs = 0
  /** Of the topology that it was made for. */
  readonly version: number
  readonly #beside: Beside
  readonly #choice: AgentChoice
  readonly #engine: FlowEngine
  readonly #smooth: boolean
  /** The newest window that is over; where values are not smoothed. */
  #last: FlowWindow | undefined

  /** @throws InputError where an expression needs data that is not there */
  constructor(beside: Beside, choice: AgentChoice, { keys, value, filter, dropped, ms, agg }: Wanted) {
    this.#beside = beside
    this.version = beside.version
    this.#choice = choice
    this.#smooth = value.statistic === 'rate' || value.statistic === 'avg'
    const { places, index } = beside
    const { agents } = beside.fed
    this.#engine = new FlowEngine(
      {
        ...flowDefaults,
        keys,
        values: [value],
        filter: filter === undefined ? undefined : parseFilter(filter, 'filter'),
        // Whoever asks must not make us ask DNS: addresses stay addresses.
        data: { ...places.data, dns: undefined, hosts: agents.hosts, ports: index },
        agg,
        dropped,
        top: MOST_ROWS,
        maxFlows: MOST_FLOWS,
        windowMs: this.#smooth ? 'all' : ms,
        latenessMs: 0,
        smoothMs: this.#smooth ? ms : undefined,
        topology: places.topology === undefined ? undefined : index,
      },
      agents,
    )
  }

  sample(view: SampleView): void {
    const { index, fed } = this.#beside
    const { agent, agents } = fed.agents
    if (
      this.#choice.kind !== 'all' &&
      !choosesPort(this.#choice, index, agents.keys, view.walker.sourceIndex, agent * AGENT_KEY)
    ) {
      return
    }
    this.#engine.sample(view)
  }

  advance(toMs: number): void {
    for (const window of this.#engine.advance(toMs)) this.#last = window
  }

  /** Rates decay up to now. */
  window(top: number, nowMs: number): FlowWindow | undefined {
    this.advance(nowMs)
    return this.#smooth ? this.#engine.peek(top) : this.#last
  }
}

function readQuery(query: URLSearchParams): FlowQuery {
  const metric = textOf(query, 'metric')
  const keys = listOf(query, 'key')
  const value = textOf(query, 'value')
  if (metric === undefined || keys.trim() === '' || value === undefined) {
    throw new HttpError(
      400,
      'metric, key and value are needed, such as ?metric=ip_src_dst_bps&key=ipsource,ipdestination&label=src,dst&value=bytes&scale=8',
    )
  }
  const values = parseValues(value, 'value')
  if (values.length > 1) throw new HttpError(400, 'value is one, and there are several.')
  // What it bounds elsewhere, tables of data sources, has no bound here; a wrong one is told all the same.
  numberOf(query, 'n', { usual: usual.n, least: 1, most: MOST_ROWS })
  const parsed = parseKeys(keys, 'key')
  const given = listOf(query, 'label').split(',')
  const labels = parsed.map(({ text }, i) => sanitizeName(given[i]?.trim() || text))
  const twice = labels.find((label, i) => labels.indexOf(label) !== i)
  if (twice !== undefined) throw new HttpError(400, `Two labels are called ${twice}: label gives them other names.`)
  return {
    metric: sanitizeName(metric),
    labels,
    keys: parsed,
    value: values[0]!,
    maxFlows: Math.floor(numberOf(query, 'maxFlows', { usual: usual.maxFlows, least: 1, most: MOST_ROWS })),
    minValue: numberOf(query, 'minValue', { usual: usual.minValue, least: 0, most: Number.MAX_VALUE }),
    scale: numberOf(query, 'scale', { usual: usual.scale, least: -Number.MAX_VALUE, most: Number.MAX_VALUE }),
  }
}

function aggregationOf(text: string): Aggregation {
  if (text === 'sum' || text === 'max' || text === 'edge' || text === 'core') return text
  const shown = text.slice(0, 100)
  throw new HttpError(400, `aggMode "${shown}" is not understood. Give max, sum, edge or core.`)
}

function addRow(
  { key, values }: FlowRow,
  { metric, labels, keys, value, minValue, scale }: FlowQuery,
  into: MetricTable,
): void {
  const { perSecond, total } = values[0]!
  const amount = value.statistic === 'rate' ? perSecond : total
  const factor = value.text === 'bps' ? BITS : 1
  if (amount === null || amount * factor < minValue) return
  const help = `${value.text}${value.statistic === 'rate' ? ' per second' : ''} by ${keys.map((one) => one.text).join(', ')}`
  into.add(
    { name: metric, help, type: 'gauge' },
    labels.map((label, i) => [label, String(key[i] ?? '')]),
    amount * factor * scale,
  )
}
