// Owns the grammar of DOT: graphs, nodes with attributes, edges, subgraphs at the ends of edges. Knows no cabling: dot.ts
// says what a node and an edge mean. No recursion, so that nesting costs no stack. See topo-import.ts for the folder.

import { formatCount } from '../errors.ts'
import { DotTokens } from './dot-tokens.ts'

/** A node as an edge names it. */
export interface DotEnd {
  readonly node: string
  readonly port: string | undefined
}

export type DotAttributes = ReadonlyMap<string, string>

/** Told of what is read, in order. */
export interface DotListener {
  /** A node that a statement names, with what it says of it: its own attributes over those of `node [...]` before it. */
  node(name: string, attributes: DotAttributes, line: number): void
  edge(a: DotEnd, b: DotEnd, attributes: DotAttributes, line: number): void
}

/** Drawings nest a few levels. */
const MOST_DEPTH = 200
/** Subgraphs at both ends of an edge multiply; see MOST_CABLES in reading.ts. */
const MOST_EDGES = 250_000
const COMPASS = new Set(['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw', 'c', '_'])
const none: DotAttributes = new Map()

/** What stands at one end of an edge: one node, or all of a subgraph, as a range of `#mentioned`. */
interface Group {
  readonly from: number
  readonly to: number
}

/** A `{`, and the statement around it, which goes on behind its `}`. */
interface Level {
  readonly from: number
  readonly nodeDefaults: DotAttributes
  /** Ends of the edge that the statement has read so far. */
  readonly groups: Group[]
}

/**
 * Reads all graphs of a text.
 * @param wanted attributes that the listener needs; others are passed over, so that defaults of nodes stay small
 * @throws InputError `FILE:LINE: ...` for what is no DOT
 * @see https://graphviz.org/doc/info/lang.html
 */
export function readDot(text: string, what: string, wanted: ReadonlySet<string>, listener: DotListener): void {
  new DotReader(text, what, wanted, listener).read()
}

class DotReader {
  readonly #tokens: DotTokens
  readonly #wanted: ReadonlySet<string>
  readonly #listener: DotListener
  /** Nodes in the order in which they are named; kept while a subgraph or an edge may need them. */
  readonly #mentioned: DotEnd[] = []
  readonly #levels: Level[] = []
  #nodeDefaults: DotAttributes = none
  #edges = 0

  constructor(text: string, what: string, wanted: ReadonlySet<string>, listener: DotListener) {
    this.#tokens = new DotTokens(text, what)
    this.#wanted = wanted
    this.#listener = listener
  }

  read(): void {
    const tokens = this.#tokens
    if (tokens.kind === 'end') tokens.fail('it is empty, needed a graph: graph G { "leaf1":"swp1" -- "spine1":"swp1" }')
    while (tokens.kind !== 'end') {
      if (tokens.isWord('strict')) tokens.next()
      if (!tokens.isWord('graph') && !tokens.isWord('digraph')) {
        tokens.fail(`${this.#found()}, needed graph or digraph`)
      }
      tokens.next()
      if (tokens.isId) tokens.next()
      if (!tokens.take('{')) tokens.fail(`${this.#found()}, needed "{"`)
      this.#nodeDefaults = none
      this.#body()
      while (tokens.take(';'));
    }
  }

  /** Statements up to the graph's own `}`; subgraphs are levels of a stack. */
  #body(): void {
    const tokens = this.#tokens
    let groups: Group[] = []
    for (;;) {
      if (tokens.kind === 'end') tokens.fail('the file ends inside a graph, needed "}"')
      if (tokens.take('}')) {
        const level = this.#levels.pop()
        if (level === undefined) return
        groups = level.groups
        groups.push({ from: level.from, to: this.#mentioned.length })
        this.#nodeDefaults = level.nodeDefaults
        groups = this.#behindEnd(groups, tokens.line)
        continue
      }
      if (groups.length === 0 && (tokens.take(';') || tokens.take(','))) continue
      if (tokens.isWord('subgraph')) {
        tokens.next()
        if (tokens.isId) tokens.next()
        if (!tokens.is('{')) tokens.fail(`${this.#found()}, needed "{" behind subgraph`)
      }
      if (tokens.is('{')) {
        if (this.#levels.length === MOST_DEPTH) tokens.fail(`subgraphs are nested more than ${MOST_DEPTH} levels deep`)
        this.#levels.push({ from: this.#mentioned.length, nodeDefaults: this.#nodeDefaults, groups })
        groups = []
        tokens.next()
        continue
      }
      if (groups.length === 0 && this.#attributeStatement()) continue
      if (!tokens.isId) tokens.fail(`${this.#found()}, needed a node, an edge or "}"`)
      groups = this.#nodeOrSetting(groups)
    }
  }

  /** `graph [...]`, `node [...]`, `edge [...]` */
  #attributeStatement(): boolean {
    const tokens = this.#tokens
    const ofNodes = tokens.isWord('node')
    if (!ofNodes && !tokens.isWord('graph') && !tokens.isWord('edge')) return false
    tokens.next()
    if (!tokens.is('['))
      tokens.fail(`${this.#found()}, needed "[" (a node that is called node, graph or edge needs quotes)`)
    const attributes = this.#attributes()
    if (ofNodes) this.#nodeDefaults = new Map([...this.#nodeDefaults, ...attributes])
    return true
  }

  /** A node with its port; a statement `ID = ID` of the graph is passed over. */
  #nodeOrSetting(groups: Group[]): Group[] {
    const tokens = this.#tokens
    const { text: node, line } = tokens
    tokens.next()
    if (groups.length === 0 && tokens.take('=')) {
      if (!tokens.isId) tokens.fail(`${this.#found()}, needed a value behind ${node} =`)
      tokens.next()
      return []
    }
    const port = this.#port()
    const from = this.#mentioned.length
    this.#mentioned.push({ node, port })
    groups.push({ from, to: from + 1 })
    return this.#behindEnd(groups, line)
  }

  /** Behind a node or subgraph: the edge goes on, or the statement ends, with attributes or without. */
  #behindEnd(groups: Group[], line: number): Group[] {
    const tokens = this.#tokens
    if (tokens.take('--') || tokens.take('->')) return groups
    const attributes = tokens.is('[') ? this.#attributes() : none
    this.#finish(groups, attributes, line)
    if (this.#levels.length === 0) this.#mentioned.length = 0
    return []
  }

  #finish(groups: readonly Group[], attributes: DotAttributes, line: number): void {
    const mentioned = this.#mentioned
    const first = groups[0]!
    if (groups.length === 1) {
      // A subgraph alone; the nodes in it were told of already.
      if (first.to - first.from !== 1) return
      const { node } = mentioned[first.from]!
      const defaults = this.#nodeDefaults
      const all = defaults.size === 0 ? attributes : new Map([...defaults, ...attributes])
      this.#listener.node(node, all, line)
      return
    }
    const ends = groups.map((group) => this.#endsOf(group))
    for (let i = 1; i < ends.length; i++) {
      this.#edges += ends[i - 1]!.length * ends[i]!.length
      if (this.#edges > MOST_EDGES)
        this.#tokens.fail(`there are more than ${formatCount(MOST_EDGES)} edges, which no fabric has`)
      for (const a of ends[i - 1]!) for (const b of ends[i]!) this.#listener.edge(a, b, attributes, line)
    }
    if (this.#nodeDefaults.size === 0) return
    for (const { node } of ends.flat()) this.#listener.node(node, this.#nodeDefaults, line)
  }

  /** A node that a subgraph names several times is one end. */
  #endsOf({ from, to }: Group): readonly DotEnd[] {
    if (to - from === 1) return [this.#mentioned[from]!]
    const ends = new Map<string, DotEnd>()
    for (let i = from; i < to; i++) {
      const end = this.#mentioned[i]!
      ends.set(`${end.node}\n${end.port ?? ''}`, end)
    }
    return [...ends.values()]
  }

  /** `:port`, `:port:compass`; a compass point alone is none, and what is no compass point belongs to the port. */
  #port(): string | undefined {
    const tokens = this.#tokens
    const parts: string[] = []
    while (tokens.take(':')) {
      if (!tokens.isId) tokens.fail(`${this.#found()}, needed a port behind ":"`)
      if (tokens.kind === 'quoted' || !COMPASS.has(tokens.text)) parts.push(tokens.text)
      tokens.next()
    }
    return parts.length === 0 ? undefined : parts.join(':')
  }

  #attributes(): DotAttributes {
    const tokens = this.#tokens
    const attributes = new Map<string, string>()
    while (tokens.take('[')) {
      while (!tokens.take(']')) {
        if (!tokens.isId) tokens.fail(`${this.#found()}, needed an attribute or "]"`)
        const name = tokens.text
        tokens.next()
        let value = 'true'
        if (tokens.take('=')) {
          if (!tokens.isId) tokens.fail(`${this.#found()}, needed a value behind ${name} =`)
          value = tokens.text
          tokens.next()
        }
        if (this.#wanted.has(name)) attributes.set(name, value)
        while (tokens.take(',') || tokens.take(';'));
      }
    }
    return attributes
  }

  #found(): string {
    const { kind, text } = this.#tokens
    return kind === 'end' ? 'the file ends' : `found ${JSON.stringify(text.slice(0, 40))}`
  }
}
