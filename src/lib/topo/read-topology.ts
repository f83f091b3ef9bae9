// Owns sFlow-RT's topology JSON as text: reading it with every fault named by its place, and writing it. See topology.ts for
// the folder. Start at readTopology.

import { formatCount, InputError } from '../errors.ts'
import { parseAddress } from '../parse/address.ts'
import { didYouMean } from '../parse/nearest.ts'
import { naturalOrder } from './natural-order.ts'
import type { Attributes, JsonValue, Topology, TopologyLink, TopologyNode, TopologyPort } from './topology.ts'

type JsonObject = { readonly [name: string]: JsonValue }

const linkKeys = ['node1', 'port1', 'node2', 'port2'] as const

/** ifIndex is an Integer32 above 0 (RFC 2863); sFlow has room for 30 bits in an interface, 32 in a data source. */
const MOST_IF_INDEX = 0xffffffff

/** Of attributes that are kept; what is deeper is no attribute of a switch. */
const MOST_DEPTH = 64

/**
 * Reads `{"nodes": {...}, "links": {...}}`; ifindex may be text or a number, `nodes` may be missing, attributes beside those
 * of the model are kept.
 * @param what where the text is from, for messages: a file name
 * @throws InputError that names the place in the JSON: `fabric.json: links.link1.port2 is missing. ...`
 * @see sFlow-RT topology JSON; topology.md section 1
 */
export function readTopology(text: string, what: string): Topology {
  const top = parseJson(text, what)
  const read = new Reader(what)
  const object = read.object(top, '')
  if (object.links === undefined && object.nodes === undefined) {
    const meant = didYouMean(Object.keys(object)[0] ?? '', ['links', 'nodes'])
    throw new InputError(
      `${what}: there are neither "links" nor "nodes", so this is no topology.${meant ? ` ${meant}` : ''}`,
      ['A topology is {"links": {"link1": {"node1": "leaf1", "port1": "swp1", "node2": "spine1", "port2": "swp1"}}}.'],
    )
  }
  const links = read.members(object.links, 'links', (link, path) => read.link(link, path))
  const nodes = read.members(object.nodes, 'nodes', (node, path) => read.node(node, path))
  return { nodes, links, ...read.rest(object, ['links', 'nodes'], '') }
}

/**
 * JSON from text; a byte order mark is passed over.
 * @throws InputError, with line and column where they are known
 */
export function parseJson(text: string, what: string): JsonValue {
  const json = text.startsWith('\ufeff') ? text.slice(1) : text
  if (json.trim() === '') throw new InputError(`${what} is empty, needed JSON.`)
  try {
    return JSON.parse(json) as JsonValue
  } catch (error) {
    // V8 says `Expected ',' or '}' after property value in JSON at position 12`, `Unexpected token 'o', "{x" is not valid JSON`,
    // where what it quotes may have line breaks, or `Unexpected end of JSON input`.
    const message = (error as SyntaxError).message.replace(/\s+/g, ' ')
    const at = /^(.*) in JSON at position (\d+)/.exec(message)
    const problem = at === null ? message : `${placeOf(json, Number(at[2]))}: ${at[1]}`
    throw new InputError(`${what} is no JSON: ${problem}.`, [], { cause: error })
  }
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at).split('\n')
  return `line ${formatCount(before.length)}, column ${formatCount(before.at(-1)!.length + 1)}`
}

/** Of a name, in messages: where it is, and not all of it. */
const LONGEST_SHOWN = 60

/** `nodes.leaf1.ports["swp 1"]` */
function member(path: string, whole: string): string {
  const name = whole.length > LONGEST_SHOWN ? `${whole.slice(0, LONGEST_SHOWN)}...` : whole
  if (/^[A-Za-z_][\w-]*$/.test(name)) return path === '' ? name : `${path}.${name}`
  return `${path}[${JSON.stringify(name)}]`
}

function typeName(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'boolean' ? 'true or false' : typeof value === 'number' ? 'a number' : 'text'
}

class Reader {
  readonly #what: string

  constructor(what: string) {
    this.#what = what
  }

  object(value: JsonValue, path: string): JsonObject {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
    this.#fail(path, `is ${typeName(value)}, needed an object`)
  }

  /** The members of an object that may be missing. */
  members<T>(
    value: JsonValue | undefined,
    path: string,
    one: (value: JsonValue, path: string) => T,
  ): ReadonlyMap<string, T> {
    if (value === undefined) return new Map()
    const entries = Object.entries(this.object(value, path))
    return new Map(entries.map(([name, of]) => [name, one(of, member(path, name))]))
  }

  rest(object: JsonObject, known: readonly string[], path: string): { attributes?: Attributes } {
    const others = Object.entries(object).filter(([name]) => !known.includes(name))
    for (const [name, value] of others) {
      if (isDeeper(value, MOST_DEPTH)) this.#fail(member(path, name), `is nested more than ${MOST_DEPTH} levels deep`)
    }
    return others.length > 0 ? { attributes: new Map(others) } : {}
  }

  link(value: JsonValue, path: string): TopologyLink {
    const object = this.object(value, path)
    const end = (name: (typeof linkKeys)[number]): string => {
      const found = object[name]
      if (found === undefined) this.#fail(member(path, name), `is missing: a link needs ${linkKeys.join(', ')}`)
      return this.#name(found, member(path, name))
    }
    return {
      node1: end('node1'),
      port1: end('port1'),
      node2: end('node2'),
      port2: end('port2'),
      ...this.rest(object, linkKeys, path),
    }
  }

  node(value: JsonValue, path: string): TopologyNode {
    const object = this.object(value, path)
    const ports = this.members(object.ports, `${path}.ports`, (port, at) => this.port(port, at))
    const { agent } = object
    const rest = this.rest(object, ['agent', 'ports'], path)
    if (agent === undefined || agent === null || agent === '') return { ports, ...rest }
    const address = this.#name(agent, `${path}.agent`)
    if (parseAddress(address) === undefined) {
      this.#fail(`${path}.agent`, `is ${JSON.stringify(address)}, needed the agent's IP address`)
    }
    return { agent: address, ports, ...rest }
  }

  port(value: JsonValue, path: string): TopologyPort {
    const object = this.object(value, path)
    const { ifindex } = object
    const rest = this.rest(object, ['ifindex'], path)
    if (ifindex === undefined || ifindex === null || ifindex === '') return rest
    const index = typeof ifindex === 'string' && /^\d{1,10}$/.test(ifindex.trim()) ? Number(ifindex) : ifindex
    if (typeof index === 'number' && Number.isInteger(index) && index > 0 && index < MOST_IF_INDEX) {
      return { ifIndex: index, ...rest }
    }
    this.#fail(`${path}.ifindex`, `is ${JSON.stringify(ifindex)}, needed a whole number above 0`)
  }

  /** Text; a number is taken too, as switches are called 1, 2, 3 somewhere. */
  #name(value: JsonValue, path: string): string {
    const text = typeof value === 'number' ? String(value) : value
    if (typeof text !== 'string') this.#fail(path, `is ${typeName(value)}, needed text`)
    if (text.trim() === '') this.#fail(path, 'is empty')
    return text
  }

  #fail(path: string, problem: string): never {
    throw new InputError(`${this.#what}: ${path === '' ? 'the whole' : path} ${problem}.`)
  }
}

function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((one: JsonValue) => isDeeper(one, levels - 1))
}

/** What stays on one line of the text. */
const LINE = 110

/**
 * Writes a topology as readTopology reads it; the same topology gives the same text whatever order it was built in: names in
 * natural order, our attributes before others, ifindex as text as in every published example. Ends with a newline.
 */
export function formatTopology(topology: Topology): string {
  const { version, ...others } = Object.fromEntries(sorted(topology.attributes ?? new Map()))
  const json: JsonObject = {
    ...(version === undefined ? {} : { version }),
    ...(topology.nodes.size > 0 ? { nodes: mapped(topology.nodes, nodeJson) } : {}),
    links: mapped(topology.links, ({ attributes, node1, port1, node2, port2 }) =>
      withRest([
        ['node1', node1],
        ['port1', port1],
        ['node2', node2],
        ['port2', port2],
      ])(attributes),
    ),
    ...others,
  }
  return `${formatJson(json, '')}\n`
}

function nodeJson({ agent, ports, attributes }: TopologyNode): JsonObject {
  const ours: [string, JsonValue][] = agent === undefined ? [] : [['agent', agent]]
  const port = (one: TopologyPort): JsonObject =>
    withRest(one.ifIndex === undefined ? [] : [['ifindex', String(one.ifIndex)]])(one.attributes)
  if (ports.size > 0) ours.push(['ports', mapped(ports, port)])
  return withRest(ours)(attributes)
}

/** Object.fromEntries and not assignment: a member may be called __proto__. */
function withRest(ours: readonly (readonly [string, JsonValue])[]): (attributes: Attributes | undefined) => JsonObject {
  return (attributes) => Object.fromEntries([...ours, ...sorted(attributes ?? new Map())])
}

function mapped<T>(map: ReadonlyMap<string, T>, json: (value: T) => JsonValue): JsonObject {
  return Object.fromEntries(sorted(map).map(([name, value]) => [name, json(value)]))
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => naturalOrder(a, b))
}

/** One line where it is short, else a member a line. */
function formatJson(value: JsonValue, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const list = Array.isArray(value)
  const members = list
    ? value.map((one: JsonValue) => ['', one] as const)
    : Object.entries(value).map(([name, one]) => [`${JSON.stringify(name)}: `, one] as const)
  const [open, close] = list ? '[]' : '{}'
  const inner = `${indent}  `
  const texts = members.map(([name, one]) => name + formatJson(one, inner))
  const line = `${open}${texts.join(', ')}${close}`
  if (indent !== '' && line.length <= LINE && !line.includes('\n')) return line
  return texts.length === 0 ? line : `${open}\n${texts.map((text) => inner + text).join(',\n')}\n${indent}${close}`
}
