// Owns `sonde topo locate` as an analysis. See fabric.ts for the folder. Start at LocateAnalysis.

import type { AgentTable } from '../agents/agents.ts'
import type { Analysis, Engine } from '../analysis/analysis.ts'
import type { Cell, Column, Sheet } from '../analysis/column.ts'
import { isoOf } from '../analysis/iso-time.ts'
import type { Reading } from '../analysis/reading.ts'
import { formatCount } from '../errors.ts'
import type { MetricTable } from '../metrics/metrics.ts'
import type { ConditionName } from '../parse/condition.ts'
import type { Style, View } from '../print/style.ts'
import { capital, contradictionNotes, fewNotes } from '../topo/agents-say.ts'
import { missingLinkText } from '../topo/missing-links.ts'
import { explainName } from './explain-name.ts'
import { LocateEngine, type LocateOptions, type LocateWindow, type Location } from './locate.ts'
import { namedOf } from './locate-query.ts'
import type { Towards } from './towards.ts'

/** A location in a table of one moment. */
interface Shown extends Location {
  readonly nowMs: number
}

type Show = (row: Shown, style: Style) => string
const left = (title: string, show: Show): Cell<Shown> => ({ title, align: 'left', text: show })
const right = (title: string, show: Show): Cell<Shown> => ({ title, align: 'right', text: show })

/** From so many columns of the terminal on vendor and second address have room. */
const WIDE = 120

/** @param width of the terminal: says which cells there are @param vendors vendors are known */
export function locationColumns(width: number, vendors: boolean): readonly Column<Shown>[] {
  const wide = width >= WIDE
  const ips: Show = ({ ipAddress, ip6Address, addresses }, style) => {
    const shown = ipAddress ?? ip6Address
    if (shown === null) return '-'
    return addresses > 1 ? `${shown}${style.dim(` +${formatCount(addresses - 1)}`)}` : shown
  }
  return [
    { key: 'kind', doc: 'always `location`', value: () => 'location' },
    {
      key: 'time',
      doc: 'time of the answer, ISO 8601: the last sample of a capture; live, places with one time are one answer',
      value: (row) => isoOf(row.nowMs),
    },
    {
      key: 'ipaddress',
      doc: 'IPv4 address, the one seen most',
      value: (row) => row.ipAddress,
      cell: left('ADDRESS', ips),
    },
    { key: 'ip6address', doc: 'IPv6 address, the one seen most', value: (row) => row.ip6Address },
    {
      key: 'addresses',
      doc: 'IP addresses that were seen with this MAC address at this port',
      value: (row) => row.addresses,
    },
    { key: 'mac', doc: 'MAC address', value: (row) => row.mac, cell: left('MAC', (row) => row.mac) },
    {
      key: 'node',
      doc: 'node of the topology, else the host name that the agent told, else its address',
      value: (row) => row.node,
      cell: left('NODE', (row, style) => style.escape(row.node)),
    },
    {
      key: 'port',
      doc: 'name of the port',
      value: (row) => row.port,
      cell: left('PORT', (row, style) => style.escape(row.port ?? String(row.ifIndex))),
    },
    { key: 'agent', doc: 'address of the agent', value: (row) => row.agent },
    {
      key: 'ifindex',
      doc: 'ifIndex',
      value: (row) => row.ifIndex,
      ...(wide && { cell: right('IFINDEX', (row) => String(row.ifIndex)) }),
    },
    { key: 'vlan', doc: 'VLAN, where it is known', value: (row) => row.vlan },
    {
      key: 'host',
      doc: 'name that the host tells of itself, else the one that the topology has at the port (--keep-hosts)',
      value: (row) => row.host,
      ...(wide && { cell: left('HOST', (row, style) => (row.host === null ? '-' : style.escape(row.host))) }),
    },
    {
      key: 'ouiname',
      doc: 'vendor of the MAC address; needs --oui',
      value: (row) => row.vendor,
      ...(wide && vendors && { cell: left('VENDOR', (row, style) => style.escape(row.vendor ?? '-')) }),
    },
    {
      key: 'samples',
      doc: 'samples',
      value: (row) => row.samples,
      cell: right('SAMPLES', (row) => formatCount(row.samples)),
    },
    {
      key: 'share',
      doc: 'of all samples of this address, at whatever port: 1 where there is no doubt',
      value: (row) => Number(row.share.toPrecision(9)),
      cell: right('SHARE', (row, style) => {
        const text = style.percent(row.share).replace(' ', '')
        return row.share < 1 ? style.doubtful(text) : text
      }),
    },
    {
      key: 'last_seen',
      doc: 'time of the last sample, ISO 8601',
      value: (row) => isoOf(row.lastMs),
      cell: right('LAST', (row, style) =>
        row.nowMs - row.lastMs < 1000 ? 'now' : `${style.span(row.nowMs - row.lastMs)} ago`,
      ),
    },
  ]
}

const LOCATED = {
  name: 'sflow_topology_located',
  help: 'samples of an address that entered the fabric at an edge port',
  type: 'gauge',
} as const

export class LocateAnalysis implements Analysis<LocateWindow, Shown> {
  readonly sheet: Sheet<LocateWindow, Shown>
  readonly factNames: readonly ConditionName[] = [
    { name: 'locations', unit: 'count', doc: 'addresses at ports' },
    { name: 'ambiguous', unit: 'count', doc: 'of them, those that are seen at other ports as well' },
  ]
  readonly noFacts = { locations: 0, ambiguous: 0 }
  /** The last window has a place. */
  found = false
  readonly #options: LocateOptions
  readonly #told = new Set<string>()
  #last: LocateWindow | undefined

  constructor(options: LocateOptions, source: string, width: number) {
    this.#options = options
    this.sheet = {
      columns: locationColumns(width, options.vendors !== undefined),
      rows: ({ locations, nowMs }) => locations.map((one) => ({ ...one, nowMs })),
      heading: ({ locations }, { style }) => `${style.escape(source)} · ${places(locations.length)}`,
      // A list of places: nothing of another kind stands in it, so that a program may take every line for a place.
      about: () => undefined,
    }
  }

  engine(agents: AgentTable): Engine<LocateWindow> {
    return new LocateEngine(agents, { ...this.#options, doubt: true })
  }

  metrics({ locations }: LocateWindow, into: MetricTable): void {
    for (const { mac, node, port, agent, ifIndex, samples } of locations) {
      into.add(
        LOCATED,
        [
          ['mac', mac],
          ['node', node],
          ['port', port ?? ''],
          ['agent', agent],
          ['ifindex', String(ifIndex)],
        ],
        samples,
      )
    }
  }

  facts({ locations }: LocateWindow) {
    return { locations: locations.length, ambiguous: locations.filter(({ share }) => share < 1).length }
  }

  isEmpty(window: LocateWindow): boolean {
    this.#last = window
    this.found = window.locations.length > 0
    return !this.found
  }

  notes({ forgotten, contradictions, missing }: LocateWindow): readonly string[] {
    const bound =
      forgotten > 0
        ? [`${formatCount(forgotten)} addresses at ports were forgotten: there are more than are kept.`]
        : []
    // Of links that are there under another spelling it is told already.
    const isSpelling = contradictions.some(({ kind }) => kind === 'ports')
    const links = isSpelling ? [] : missing.filter(({ from }) => from !== null)
    const all = [
      ...contradictionNotes(contradictions),
      ...fewNotes(links.map((link) => capital(missingLinkText(link)))),
    ]
    const doubts = all.filter((note) => !this.#told.has(note) && this.#told.add(note))
    return [...bound, ...doubts]
  }

  when(window: LocateWindow, view: View): string | undefined {
    return this.#options.everyMs === undefined ? undefined : view.clock(Math.floor(window.nowMs / 1000), 0)
  }

  explainEmpty({ packets }: Pick<Reading<LocateWindow>, 'packets'>): string {
    const { query, topology } = this.#options
    const named = namedOf(query)
    const ofName = named && explainName(named, topology, this.#last?.hosts ?? [])
    if (ofName !== undefined) return ofName
    if (packets === 0) return 'There are no flow samples, so no address is known.'
    const elsewhere = this.#last?.elsewhere ?? 0
    const what = query.kind === 'all' ? 'No address' : query.text
    const edge = topology === undefined ? 'any port' : 'an edge port of the topology'
    const seen =
      elsewhere > 0
        ? ` ${formatCount(elsewhere)} samples are of other ports: of links, or of agents that are no node.`
        : ''
    return `${what} was${query.kind === 'all' ? '' : ' not'} seen as it entered at ${edge}.${seen}${towardsText(this.#last?.towards ?? [])}`
  }
}

/** Of ports, in a sentence. */
const PORTS_NAMED = 3

function towardsText(ports: readonly Towards[]): string {
  if (ports.length === 0) return ''
  const named = ports.slice(0, PORTS_NAMED).map(({ node, port }) => `${node} ${port}`)
  const more = ports.length > PORTS_NAMED ? ` and ${formatCount(ports.length - PORTS_NAMED)} more ports` : ''
  const samples = ports.reduce((sum, one) => sum + one.samples, 0)
  return ` Packets to it leave by ${named.join(', ')}${more} (${formatCount(samples)} ${samples === 1 ? 'sample' : 'samples'}).`
}

const places = (count: number): string => `${formatCount(count)} ${count === 1 ? 'place' : 'places'}`
