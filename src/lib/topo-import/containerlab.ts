// Owns containerlab: lab files (*.clab.yml) and the topology-data.json of a deployed lab, old and new shape. See topo-import.ts for
// the folder.

import { InputError } from '../errors.ts'
import { isObject, type JsonObject, type JsonText, objectOf, objectsOf, textOf } from './json-text.ts'
import { usableAddress } from './lldp-records.ts'
import { type End, type NodeClass, Reading, Weight } from './reading.ts'
import { classOfName, classOfRole, classOfSystem } from './roles.ts'
import { splitLinks } from './yaml-split.ts'
import { readYaml, type YamlText } from './yaml-text.ts'

/** Kinds that are no switch; `linux` is whatever its image is, any other kind is a network operating system. */
const hostKinds = /^(host|bridge|ovs-bridge|ext-container|k8s-kind|generic_vm|mysocketio|border0|dind|rootless-dind)$/
/** What stands in place of a node where a link leads out of the lab. */
const specialNodes = /^(host|mgmt-net|macvlan|vxlan|vxlan-stitch|dummy)$/
/** Types of links that have two nodes. */
const cableTypes = /^(veth|pair)$/

interface LabNode {
  readonly kind: string | undefined
  readonly image: string | undefined
  readonly group: string | undefined
  readonly address: string | undefined
}

/**
 * Reads a lab file: its nodes with what they inherit from defaults, groups and kinds, and its links, short and long form.
 * @throws InputError where there is no topology.links
 * @see https://containerlab.dev/manual/topo-def-file/; topology.md 6.5
 */
export function readClabYaml(text: string, source: string): Reading {
  const { rest, items } = splitLinks(text)
  const yaml = readYaml(rest, source)
  const reading = new Reading('containerlab', yaml.what, 'links')
  const topology = yaml.get(yaml.root, 'topology')
  const links = yaml.get(topology, 'links')
  const nodes = yaml.get(topology, 'nodes')
  if (nodes === undefined && links === undefined) {
    throw new InputError(
      `${yaml.what}: there is no topology.nodes and no topology.links, needed a lab file of containerlab.`,
    )
  }
  for (const [name, node] of yaml.entries(nodes))
    addNode(reading, name, labNode(yaml, topology, node), yaml.lineOf(node))
  const known = new Set(reading.nodes.keys())
  addLinks(reading, yaml, links, known)
  for (const { ends, text: item, linesBefore } of items) {
    if (ends === undefined) {
      const list = readYaml(item, source, linesBefore)
      addLinks(reading, list, list.root, known)
    } else {
      reading.records++
      addLink(
        reading,
        ends.map((end) => splitEnd(expand(end))),
        linesBefore + 1,
        known,
      )
    }
  }
  return reading
}

function addLinks(reading: Reading, yaml: YamlText, links: unknown, known: ReadonlySet<string>): void {
  for (const link of yaml.items(links)) {
    reading.records++
    const type = yaml.text(yaml.get(link, 'type'))
    if (type !== undefined && !cableTypes.test(type)) {
      reading.leave(`of type ${type}`)
      continue
    }
    const ends = yaml.items(yaml.get(link, 'endpoints')).map((end) => yamlEnd(yaml, end))
    addLink(reading, ends, yaml.lineOf(link), known)
  }
}

/** Defaults below groups below kinds below the node's own words, as containerlab inherits. */
function labNode(yaml: YamlText, topology: unknown, node: unknown): LabNode {
  const defaults = yaml.get(topology, 'defaults')
  const group = property(yaml, node, 'group') ?? property(yaml, defaults, 'group')
  const ofGroup = group === undefined ? undefined : yaml.get(yaml.get(topology, 'groups'), group)
  const kind = property(yaml, node, 'kind') ?? property(yaml, ofGroup, 'kind') ?? property(yaml, defaults, 'kind')
  const ofKind = kind === undefined ? undefined : yaml.get(yaml.get(topology, 'kinds'), kind)
  const image =
    property(yaml, node, 'image') ??
    property(yaml, ofGroup, 'image') ??
    property(yaml, ofKind, 'image') ??
    property(yaml, defaults, 'image')
  return { kind, image, group, address: property(yaml, node, 'mgmt-ipv4') ?? property(yaml, node, 'mgmt-ipv6') }
}

/** Of the map itself, else of what it merges (`<<: *name`). */
function property(yaml: YamlText, map: unknown, name: string): string | undefined {
  const own = yaml.text(yaml.get(map, name))
  if (own !== undefined) return expand(own)
  const merged = yaml.text(yaml.get(yaml.get(map, '<<'), name))
  return merged === undefined ? undefined : expand(merged)
}

/** `${NAME:=default}` and `${NAME:-default}` as containerlab reads them where the variable is not set. */
function expand(text: string): string {
  return text.replace(/\$\{\w+(?::?[=-])([^${}]*)\}/g, '$1')
}

/** `"leaf1:eth1"` or `{node: leaf1, interface: eth1}` */
function yamlEnd(yaml: YamlText, end: unknown): End | undefined {
  const short = yaml.text(end)
  if (short !== undefined) return splitEnd(expand(short))
  const node = property(yaml, end, 'node')
  return node === undefined ? undefined : { node, port: property(yaml, end, 'interface') }
}

function splitEnd(text: string): End | undefined {
  const colon = text.indexOf(':')
  if (colon <= 0) return text === '' ? undefined : { node: text, port: undefined }
  return { node: text.slice(0, colon), port: text.slice(colon + 1) || undefined }
}

function addNode(reading: Reading, name: string, node: LabNode, line: number | undefined): void {
  const facts = reading.node(name, line)
  const { cls, weight } = classOfNode(name, node)
  reading.hint(facts, cls, weight)
  facts.agent = usableAddress(node.address)
}

function classOfNode(name: string, { kind, image, group }: LabNode): { cls: NodeClass; weight: number } {
  const byGroup = group === undefined ? undefined : classOfRole(group)
  if (byGroup !== undefined) return { cls: byGroup, weight: Weight.role }
  if (kind !== undefined && kind !== 'linux') {
    return { cls: hostKinds.test(kind) ? 'host' : 'switch', weight: Weight.system }
  }
  // A container is a host unless its image routes.
  const byImage = image === undefined ? undefined : classOfSystem(image)
  if (byImage === 'switch') return { cls: 'switch', weight: Weight.system }
  return kind === undefined && image === undefined
    ? { cls: classOfName(name) ?? 'switch', weight: Weight.name }
    : { cls: 'host', weight: Weight.system }
}

function addLink(
  reading: Reading,
  ends: readonly (End | undefined)[],
  line: number | undefined,
  known: ReadonlySet<string>,
): void {
  const [a, b] = ends
  if (ends.length !== 2 || ends.some((end) => end === undefined)) {
    const named = ends.flatMap((end) => (end === undefined ? [] : [`${end.node}:${end.port ?? '?'}`]))
    const list = named.length === 0 ? '' : ` (${named.slice(0, 4).join(', ')})`
    const count =
      named.length < 2 ? `${named.length === 0 ? 'no endpoint' : 'one endpoint'}` : `${ends.length} endpoints`
    reading.warn('source', line, `a link has ${count}${list}, needed 2: ["leaf1:eth1", "spine1:eth1"]`)
  }
  if (a === undefined || b === undefined || ends.length > 2) {
    reading.leave('with one end')
    return
  }
  for (const { node } of [a, b]) {
    if (specialNodes.test(node) && !known.has(node)) {
      reading.leave('out of the lab')
      return
    }
    if (!known.has(node)) reading.warn('source', line, `a link names ${node}, which is not among the nodes`)
  }
  reading.cable(a, b, line)
}

/**
 * Reads topology-data.json. Since containerlab 0.71 the ends of a link are in `endpoints`, before directly in the link.
 * @throws InputError where there are no links
 * @see containerlab, clab/export_templates/auto.tmpl; topology.md 6.5
 */
export function readClabJson(json: JsonText): Reading {
  const reading = new Reading('containerlab', json.what, 'links')
  const { value } = json
  const nodes = isObject(value) ? objectOf(value, 'nodes') : undefined
  if (!isObject(value) || nodes === undefined || !Array.isArray(value.links)) {
    throw new InputError(`${json.what}: there are no "nodes" and "links", needed the topology-data.json of a lab.`)
  }
  for (const [name, node] of Object.entries(nodes)) {
    if (!isObject(node)) continue
    const address = textOf(node, 'mgmt-ipv4-address', 'mgmt-ipv6-address')
    const lab = { kind: textOf(node, 'kind'), image: textOf(node, 'image'), group: textOf(node, 'group'), address }
    addNode(reading, name, lab, json.lineOf(node))
  }
  const known = new Set(reading.nodes.keys())
  for (const link of objectsOf(value.links)) {
    reading.records++
    const ends = objectOf(link, 'endpoints') ?? link
    addLink(reading, [jsonEnd(ends.a), jsonEnd(ends.z)], json.lineOf(link), known)
  }
  return reading
}

function jsonEnd(end: JsonText['value'] | undefined): End | undefined {
  if (!isObject(end)) return undefined
  const node = textOf(end as JsonObject, 'node')
  return node === undefined ? undefined : { node, port: textOf(end as JsonObject, 'interface') }
}
