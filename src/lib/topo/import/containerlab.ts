// Owns containerlab: topology files (`*.clab.yml`) and the topology-data.json of a lab that runs. See import.ts for the folder. Start
// at importContainerlab.

import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import { formatCount, InputError } from '../../errors.ts'
import { parseJson } from '../read-topology.ts'
import type { JsonValue } from '../topology.ts'
import { type CableEnd, Cabling, type Role } from './cabling.ts'
import type { ImportInput } from './input.ts'
import { anyText, fieldsOf, foreign, itemsOf, type JsonFields, textOf } from './json-shape.ts'

const switchGroup =
  /^(super-?spines?|spines?|leaf|leafs|leaves|tor|core|border|routers?|switch(es)?|fabric|exit|pe|p|ce|rr)$/i
const hostGroup = /^(servers?|hosts?|clients?|gpus?|compute|storage|tools?|monitoring)$/i
/** Kinds that are network systems, by their names' parts (containerlab.dev, "Kinds"). */
const switchKind =
  /srl|sros|srsim|ceos|veos|eos|crpd|junos|juniper|cjunos|vjunos|vmx|vqfx|cisco|xrd|xrv|n9k|nxos|csr|c8000|cat9k|sonic|cvx|cumulus|dell|ftosv|vyos|ipinfusion|ocnos|keysight_ixia|huawei|aruba|fortinet|paloalto|checkpoint|rare|openbsd|freertr|arrcus|6wind|bird/i
const hostKind = /^(host|ext-container|k8s-kind|generic_vm|border0|keysight_ixia-c-one)$/i
const switchImage = /frr|bird|gobgp|vyos|sonic|srlinux|ceos|cumulus|openvswitch|ovs\b/i
const hostImage =
  /multitool|iperf|alpine|ubuntu|debian|centos|busybox|netshoot|hping|sflow\/(?!clab-frr)|prometheus|grafana|telegraf|gnmic|loki|promtail|clickhouse|influx/i

/**
 * Node properties are those of the node, its kind, its group, then the defaults. Links have endpoints as text (`leaf1:eth1`) or as
 * objects; those with one node (mgmt-net, host, macvlan, vxlan, dummy) are no cables.
 * @throws InputError for what is neither, with the line where YAML says one
 * @see topology.md 6.5; containerlab.dev, "Topology definition"
 */
export function importContainerlab(input: ImportInput, cabling = new Cabling()): Cabling {
  return /^\s*\{/.test(input.text) ? importData(input, cabling) : importYaml(input, cabling)
}

/** Written into the lab's folder on deploy. Since 0.71 the ends of a link are in `endpoints`, before in the link itself. */
function importData({ name, text }: ImportInput, cabling: Cabling): Cabling {
  const { nodes, links } = fieldsOf(parseJson(text, name))
  if (!Array.isArray(links)) throw foreign(name, 'topology-data.json has "nodes" and a list "links".')
  for (const [node, of] of Object.entries(fieldsOf(nodes))) addNode(cabling, node, fieldsOf(of))
  for (const [i, link] of itemsOf(links).entries()) {
    const fields = fieldsOf(link)
    const { a, z } = fieldsOf(fields.endpoints ?? link)
    addLink(cabling, [endOf(a), endOf(z)], `${name} links[${i}]`)
  }
  return cabling
}

function addNode(cabling: Cabling, name: string, fields: JsonFields): void {
  const device = cabling.device(name)
  device.agent ??= anyText(fields, 'mgmt-ipv4-address', 'mgmt-ipv4', 'mgmt_ipv4', 'mgmt-ipv6-address', 'mgmt-ipv6')
  const tests: readonly (readonly [string, RegExp, RegExp])[] = [
    ['group', switchGroup, hostGroup],
    ['kind', switchKind, hostKind],
    ['image', switchImage, hostImage],
  ]
  for (const [key, isSwitch, isHost] of tests) {
    const text = withoutVariables(textOf(fields[key]) ?? '')
    const role: Role = isHost.test(text) ? 'host' : isSwitch.test(text) ? 'switch' : undefined
    if (text !== '') cabling.role(name, role, `${key}=${text}`)
  }
}

/** `${SAMPLING:=100}` is 100. */
function withoutVariables(text: string): string {
  return text.replace(/\$\{\w+:?[=-]([^}]*)\}/g, '$1')
}

function endOf(value: JsonValue | undefined): CableEnd | undefined {
  if (typeof value === 'string') {
    const [, node, port] = /^([^:]+):(.+)$/.exec(value.trim()) ?? []
    return node === undefined || port === undefined ? undefined : { node, port }
  }
  const fields = fieldsOf(value)
  const [node, port] = [anyText(fields, 'node'), anyText(fields, 'interface')]
  return node === undefined || port === undefined ? undefined : { node, port }
}

/** Reading YAML takes a microsecond a character; a lab of 10,000 links has 0.7 million. */
const MOST_YAML = 4_194_304

/** Types of links that lead out of the lab. */
const oneEnded = /^(mgmt-net|host|macvlan|vxlan|vxlan-stitch|dummy)$/

/** Names that stand for the machine that runs the lab. */
const noNodes = new Set(['host', 'mgmt-net', 'macvlan', 'vxlan', 'vxlan-stitch', 'dummy'])

function addLink(cabling: Cabling, [a, b]: readonly (CableEnd | undefined)[], where: string): void {
  if (a === undefined && b === undefined) cabling.warn('no ports', `${where} has no endpoints that are understood`)
  else if (a === undefined || b === undefined || noNodes.has(a.node) || noNodes.has(b.node)) {
    cabling.leave('links with one end in the lab')
  } else cabling.cable(a, b, where)
}

function importYaml({ name, text }: ImportInput, cabling: Cabling): Cabling {
  const lines = new LineCounter()
  const { topology, linkLines } = readYaml(name, text, lines)
  const { defaults, kinds, groups, nodes, links } = fieldsOf(topology)
  if (typeof nodes !== 'object' && links === undefined)
    throw foreign(name, 'a containerlab file has "topology" with "nodes".')
  for (const [node, of] of Object.entries(fieldsOf(nodes))) {
    const own = fieldsOf(of)
    const common = fieldsOf(defaults)
    const group = anyText(own, 'group') ?? anyText(common, 'group')
    const ofGroup = group === undefined ? {} : fieldsOf(fieldsOf(groups)[group])
    const kind = anyText(own, 'kind') ?? anyText(ofGroup, 'kind') ?? anyText(common, 'kind')
    const ofKind = kind === undefined ? {} : fieldsOf(fieldsOf(kinds)[kind])
    addNode(cabling, node, { ...common, ...ofGroup, ...ofKind, ...own, ...(kind === undefined ? {} : { kind }) })
  }
  for (const [i, link] of itemsOf(links).entries()) {
    const fields = fieldsOf(link)
    if (oneEnded.test(textOf(fields.type) ?? '')) {
      cabling.leave('links with one end in the lab')
      continue
    }
    const ends = itemsOf(fields.endpoints).map(endOf)
    const line = linkLines[i]
    addLink(cabling, ends, line === undefined ? `${name} links[${i}]` : `${name}:${line}`)
  }
  return cabling
}

/** The `topology` of the document, and in which line each of its links stands. */
function readYaml(
  name: string,
  text: string,
  lines: LineCounter,
): { topology: JsonValue; linkLines: readonly number[] } {
  if (text.length > MOST_YAML) {
    throw new InputError(
      `${name} has ${formatCount(text.length)} characters, at most ${formatCount(MOST_YAML)} of YAML are read.`,
    )
  }
  if (isTooDeep(text)) throw new InputError(`${name}: more than ${MOST_BRACKETS} brackets in each other.`)
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' })
  const [error] = document.errors
  if (error !== undefined) {
    const line = error.linePos?.[0].line
    throw new InputError(
      `${name} is no YAML: ${line === undefined ? '' : `line ${line}: `}${error.message.startsWith('Maximum call') ? 'brackets too deep in each other' : error.message.split(/ at line |\n/)[0]}.`,
    )
  }
  const json = plainOf(document, name)
  const topology = document.get('topology')
  const links = isMap(topology) ? topology.get('links', true) : undefined
  const items =
    typeof links === 'object' && links !== null && 'items' in links ? (links.items as readonly unknown[]) : []
  const lineOf = (item: unknown): number => {
    const range = isMap(item) || isScalar(item) ? item.range : undefined
    return range === undefined || range === null ? 0 : lines.linePos(range[0]).line
  }
  return { topology: fieldsOf(json).topology ?? null, linkLines: items.map(lineOf) }
}

/** Counted without regard to quotes: texts with so many open ones are none that people write. */
const MOST_BRACKETS = 1000

function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length && depth <= MOST_BRACKETS; at++) {
    const c = text.charCodeAt(at)
    if (c === 0x5b || c === 0x7b) depth++
    else if ((c === 0x5d || c === 0x7d) && depth > 0) depth--
  }
  return depth > MOST_BRACKETS
}

/** Aliases that stand for aliases may make few bytes very many; containerlab files have a handful. */
function plainOf(document: Document.Parsed, name: string): JsonValue {
  try {
    return document.toJS({ maxAliasCount: 1000 }) as JsonValue
  } catch (error) {
    throw new InputError(`${name} is no YAML that can be read: its aliases stand for too much.`, [], { cause: error })
  }
}
