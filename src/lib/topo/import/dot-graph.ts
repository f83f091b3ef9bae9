// Owns the grammar of Graphviz's DOT language, as far as it says what is joined with what. See import.ts for the folder. Start at
// readDot.

import { type DotToken, DotTokens } from './dot-tokens.ts'

export type DotAttributes = ReadonlyMap<string, string>

export interface DotEnd {
  readonly node: string
  /** Behind the colon; undefined where there is none, or it is a compass point. */
  readonly port: string | undefined
}

export interface DotEdge {
  readonly tail: DotEnd
  readonly head: DotEnd
  readonly attributes: DotAttributes
  readonly line: number
}

export interface DotGraph {
  /** Nodes with what their own statements and the defaults before them say. */
  readonly nodes: ReadonlyMap<string, DotAttributes>
  readonly edges: readonly DotEdge[]
}

/** Subgraphs in each other; real files have three. */
const MOST_DEPTH = 100
/** `{a b c} -- {d e f}` is nine edges, so few bytes may say very many. */
const MOST_EDGES = 1_000_000

const compass = new Set(['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw', 'c', '_'])

/**
 * Reads one graph. Strict and directed or not is all the same here.
 * @throws InputError with the line, for what is no DOT, and for graphs beyond a million edges or 100 subgraphs in each other
 * @see graphviz.org, "DOT Language", abstract grammar
 */
export function readDot(text: string, what: string): DotGraph {
  return new Parser(new DotTokens(text, what)).graph()
}

interface Defaults {
  readonly node: Map<string, string>
  readonly edge: Map<string, string>
}

/** One end of an edge statement: a node, or all those of a subgraph. */
type Ends = readonly DotEnd[]

class Parser {
  readonly #tokens: DotTokens
  readonly #nodes = new Map<string, Map<string, string>>()
  readonly #edges: DotEdge[] = []
  #depth = 0

  constructor(tokens: DotTokens) {
    this.#tokens = tokens
  }

  graph(): DotGraph {
    const tokens: DotTokens = this.#tokens
    this.#keyword('strict')
    if (!this.#keyword('graph') && !this.#keyword('digraph')) tokens.fail('needed graph or digraph')
    tokens.take('id')
    if (!tokens.take('{')) tokens.fail('needed {')
    this.#statements({ node: new Map(), edge: new Map() }, new Set())
    // Some files hold several graphs; what follows the first one is not read by Graphviz's own converters either.
    return { nodes: this.#nodes, edges: this.#edges }
  }

  #keyword(word: string): boolean {
    const token = this.#tokens.peek()
    if (token?.kind !== 'id' || token.quoted || token.text.toLowerCase() !== word) return false
    this.#tokens.next()
    return true
  }

  /** Up to and with the closing bracket. @param members gets the nodes that are named */
  #statements(defaults: Defaults, members: Set<string>): void {
    const tokens: DotTokens = this.#tokens
    if (++this.#depth > MOST_DEPTH) tokens.fail(`more than ${MOST_DEPTH} subgraphs in each other`)
    for (;;) {
      const token = tokens.peek()
      if (token === undefined) tokens.fail('a { is not closed: needed }')
      if (tokens.take('}')) break
      if (tokens.take(';') || tokens.take(',')) continue
      this.#statement(defaults, members)
    }
    this.#depth--
  }

  #statement(defaults: Defaults, members: Set<string>): void {
    const tokens: DotTokens = this.#tokens
    const first = tokens.peek()!
    if (first.kind === 'id' && !first.quoted && /^(graph|node|edge)$/i.test(first.text)) {
      tokens.next()
      const word = first.text.toLowerCase()
      const attributes = this.#attributes()
      if (word !== 'graph') for (const [name, value] of attributes) defaults[word as 'node' | 'edge'].set(name, value)
      return
    }
    const from = this.#ends(defaults, members)
    if (from === undefined) return
    this.#rest(from, first, defaults, members)
  }

  /** What follows the first end: edges, or the attributes of a node. */
  #rest(from: Ends, first: DotToken, defaults: Defaults, members: Set<string>): void {
    const tokens: DotTokens = this.#tokens
    const chain: Ends[] = [from]
    while (tokens.take('--') || tokens.take('->')) {
      const to = this.#ends(defaults, members)
      if (to === undefined) tokens.fail('needed a node or { after -- or ->')
      chain.push(to)
    }
    const attributes = this.#attributes()
    if (chain.length === 1) {
      if (from.length === 1)
        for (const [name, value] of attributes) this.#node(from[0]!.node, defaults).set(name, value)
      return
    }
    const all = new Map([...defaults.edge, ...attributes])
    for (let i = 1; i < chain.length; i++) this.#join(chain[i - 1]!, chain[i]!, all, first)
  }

  #join(tails: Ends, heads: Ends, attributes: DotAttributes, first: DotToken): void {
    if (this.#edges.length + tails.length * heads.length > MOST_EDGES) {
      this.#tokens.fail(`more than ${MOST_EDGES} edges`, first)
    }
    for (const tail of tails) {
      for (const head of heads) this.#edges.push({ tail, head, attributes, line: first.line })
    }
  }

  /** A node or a subgraph; undefined for `ID = ID`, which is an attribute of the graph. */
  #ends(defaults: Defaults, members: Set<string>): Ends | undefined {
    const tokens: DotTokens = this.#tokens
    const isSubgraph = this.#keyword('subgraph')
    if (isSubgraph) tokens.take('id')
    if (tokens.take('{')) {
      const inside = new Set<string>()
      this.#statements({ node: new Map(defaults.node), edge: new Map(defaults.edge) }, inside)
      for (const name of inside) members.add(name)
      return [...inside].map((node) => ({ node, port: undefined }))
    }
    if (isSubgraph) return []
    const id = tokens.take('id')
    if (id === undefined) tokens.fail('needed a name, subgraph or {')
    if (tokens.take('=')) {
      if (tokens.take('id') === undefined) tokens.fail('needed a value after =')
      return undefined
    }
    this.#node(id.text, defaults)
    members.add(id.text)
    return [{ node: id.text, port: this.#port() }]
  }

  /** `:port`, `:port:compass`, `:compass`. */
  #port(): string | undefined {
    const tokens: DotTokens = this.#tokens
    if (!tokens.take(':')) return undefined
    const port = tokens.take('id')
    if (port === undefined) tokens.fail('needed a port after :')
    if (tokens.take(':') && tokens.take('id') === undefined) tokens.fail('needed a compass point after :')
    return !port.quoted && compass.has(port.text) ? undefined : port.text
  }

  #node(name: string, defaults: Defaults): Map<string, string> {
    const known = this.#nodes.get(name)
    if (known !== undefined) return known
    const made = new Map(defaults.node)
    this.#nodes.set(name, made)
    return made
  }

  /** `[a=b, c=d; e=f g]`, any number of them; a name without a value is true. */
  #attributes(): Map<string, string> {
    const tokens: DotTokens = this.#tokens
    const attributes = new Map<string, string>()
    while (tokens.take('[')) {
      while (!tokens.take(']')) {
        const name = tokens.take('id')
        if (name === undefined) tokens.fail('needed an attribute or ]')
        const value = tokens.take('=') ? (tokens.take('id') ?? tokens.fail('needed a value after =')) : undefined
        attributes.set(name.text, value?.text ?? 'true')
        while (tokens.take(',') || tokens.take(';'));
      }
    }
    return attributes
  }
}
