// Owns the picture of a fabric in a terminal: between two tiers a grid of lines, a dot where a cable joins them. See fabric.ts
// for the folder. Start at drawFabric.

import type { Style, View } from '../print/style.ts'
import { type FabricState, type LinkSight, type LinkState, loadOf } from './fabric.ts'
import { tiersOf } from './tiers.ts'

/** Grids of so many columns of the terminal are cut into blocks, so many at most; beyond, links are listed. */
const MOST_BLOCKS = 3
/** Of the crossings of a grid so many have to be cables, else it is mostly empty. */
const LEAST_FILLED = 0.15
/** Names of upper nodes are cut to this; those of lower ones to a third of the terminal. */
const MOST_NAME = 14
/** From here on a link is called busy. */
const BUSY = 0.9

const marks: Readonly<Record<LinkState, string>> = { up: '●', down: '✗', unmonitored: '○' }

/** A cable, or several between the same two nodes. */
interface Crossing {
  count: number
  state: LinkState
  load: number | null
}

/** @param heard there is sFlow: states and loads are told */
export function drawFabric(state: FabricState, source: string, view: View, heard: boolean): string {
  return new Drawing(state, view, heard).lines(source).join('\n').concat('\n')
}

class Drawing {
  readonly #state: FabricState
  readonly #style: Style
  readonly #width: number
  readonly #heard: boolean
  readonly #tiers: readonly (readonly string[])[]
  readonly #tierOf = new Map<string, number>()
  /** Lower node, then upper node. */
  readonly #crossings = new Map<string, Map<string, Crossing>>()
  /** Links within a tier, or past one. */
  readonly #others: LinkSight[] = []

  constructor(state: FabricState, { style, width }: View, heard: boolean) {
    this.#state = state
    this.#style = style
    this.#width = width
    this.#heard = heard
    this.#tiers = tiersOf(state.topology)
    for (const [tier, names] of this.#tiers.entries()) for (const name of names) this.#tierOf.set(name, tier)
    for (const link of state.links) this.#add(link)
  }

  lines(source: string): string[] {
    const lines = [this.#heading(source)]
    for (let tier = this.#tiers.length - 1; tier > 0; tier--) {
      for (const part of this.#parts(tier)) lines.push('', ...this.#part(part.upper, part.lower))
    }
    if (this.#others.length > 0) {
      const linked = this.#others.map((sight) => {
        const { node1, port1, node2, port2 } = sight.link
        const text = this.#style.escape(`${node1}:${port1} - ${node2}:${port2}`)
        return ` ${this.#paint(this.#cell(crossingOf(sight)), crossingOf(sight))} ${text}`
      })
      lines.push('', this.#style.dim('beside the tiers'), ...linked)
    }
    const alone = this.#tiers[0]?.filter((name) => !this.#state.links.some(({ link }) => joins(link, name))) ?? []
    if (alone.length > 0) lines.push('', ...this.#wrapped('no link:', alone))
    lines.push(
      '',
      this.#style.dim(
        this.#heard
          ? ' ● up  ✗ down  ○ not monitored  %: the busier direction  ?: no agent heard'
          : ' ● a cable  ●2 two of them',
      ),
    )
    return lines
  }

  #add(sight: LinkSight): void {
    const { node1, node2 } = sight.link
    const [a, b] = [this.#tierOf.get(node1)!, this.#tierOf.get(node2)!]
    if (Math.abs(a - b) !== 1) {
      this.#others.push(sight)
      return
    }
    const [lower, upper] = a < b ? [node1, node2] : [node2, node1]
    const row = this.#crossings.get(lower) ?? new Map<string, Crossing>()
    this.#crossings.set(lower, row)
    const one = crossingOf(sight)
    const known = row.get(upper)
    if (known === undefined) {
      row.set(upper, one)
      return
    }
    known.count++
    // The worst of them is shown.
    if (one.state === 'down' || known.state === 'up') known.state = one.state
    if (one.load !== null) known.load = Math.max(known.load ?? 0, one.load)
  }

  #heading(source: string): string {
    const { nodes, links } = this.#state
    const style = this.#style
    const tiers = this.#tiers.map((names) => style.count(names.length)).join(' + ')
    const count = (of: LinkState): number => links.filter((link) => link.state === of).length
    const states = !this.#heard
      ? []
      : [
          `${style.count(count('up'))} up`,
          ...(count('down') > 0 ? [style.bad(`${style.count(count('down'))} down`)] : []),
          ...(count('unmonitored') > 0 ? [style.doubtful(`${style.count(count('unmonitored'))} not monitored`)] : []),
        ]
    const parts = [
      style.escape(source),
      `${style.count(nodes.length)} ${nodes.length === 1 ? 'node' : 'nodes'}${this.#tiers.length > 1 ? ` in tiers of ${tiers}` : ''}`,
      [`${style.count(links.length)} ${links.length === 1 ? 'link' : 'links'}`, ...states].join(', '),
    ]
    return parts.join(' · ')
  }

  /** What hangs together between a tier and the one below it: pods. */
  #parts(tier: number): { readonly upper: string[]; readonly lower: string[] }[] {
    const above = new Map<string, string[]>()
    const lowerNodes = this.#tiers[tier - 1]!
    for (const lower of lowerNodes) {
      for (const upper of this.#crossings.get(lower)?.keys() ?? []) {
        const list = above.get(upper)
        if (list === undefined) above.set(upper, [lower])
        else list.push(lower)
      }
    }
    const order = new Map([...this.#tiers[tier]!, ...lowerNodes].map((name, i) => [name, i]))
    const byOrder = (a: string, b: string): number => order.get(a)! - order.get(b)!
    const seen = new Set<string>()
    return this.#tiers[tier]!.flatMap((first) => {
      if (seen.has(first)) return []
      const upper = new Set([first])
      const lower = new Set<string>()
      for (const one of upper) {
        seen.add(one)
        for (const below of above.get(one) ?? []) {
          lower.add(below)
          for (const other of this.#crossings.get(below)!.keys()) upper.add(other)
        }
      }
      return [{ upper: [...upper].sort(byOrder), lower: [...lower].sort(byOrder) }]
    })
  }

  #part(upper: readonly string[], lower: readonly string[]): string[] {
    const gutter = Math.min(
      Math.floor(this.#width / 3),
      Math.max(...lower.map((name) => this.#style.width(this.#label(name)))),
    )
    const least = this.#heard ? 7 : 4
    const longest = Math.max(...upper.map((name) => this.#style.width(this.#label(name))))
    const room = this.#width - gutter - 3
    const wanted = Math.max(least, Math.min(longest, MOST_NAME) + 2)
    // Shorter names rather than a second block.
    const column = Math.max(least, Math.min(wanted, Math.floor(room / upper.length)))
    const each = column === least && room / upper.length < least ? wanted : column
    const names = upper.map((name) => shorten(this.#label(name), each - 1))
    const fitting = Math.max(1, Math.floor(room / each))
    const perBlock = Math.ceil(upper.length / Math.ceil(upper.length / fitting))
    const cables = lower.reduce((sum, name) => sum + this.#crossings.get(name)!.size, 0)
    const isSparse = cables < LEAST_FILLED * upper.length * lower.length
    if (upper.length > perBlock * MOST_BLOCKS || (isSparse && upper.length > perBlock)) return this.#listed(lower)
    const lines: string[] = []
    for (let at = 0; at < upper.length; at += perBlock) {
      if (at > 0) lines.push('')
      lines.push(...this.#block(upper.slice(at, at + perBlock), names.slice(at, at + perBlock), lower, gutter, each))
    }
    return lines
  }

  #block(
    upper: readonly string[],
    names: readonly string[],
    lower: readonly string[],
    gutter: number,
    column: number,
  ): string[] {
    const { width, strong, dim } = this.#style
    const indent = ' '.repeat(gutter + 3)
    const header = names.map((name) => strong(name) + ' '.repeat(column - width(name))).join('')
    const lines = [
      `${indent}${header}`.trimEnd(),
      `${indent}${upper.map(() => dim('│'.padEnd(column))).join('')}`.trimEnd(),
    ]
    for (const name of lower) {
      const row = this.#crossings.get(name)!
      if (!upper.some((one) => row.has(one))) continue
      const label = shorten(this.#label(name), gutter)
      const last = upper.findLastIndex((one) => row.has(one))
      const cells = upper.map((one, i) => {
        const crossing = row.get(one)
        if (crossing === undefined)
          return i > last ? `${dim('│')}${' '.repeat(column - 1)}` : dim(`┼${'─'.repeat(column - 1)}`)
        const text = this.#cell(crossing)
        const rest = column - width(text)
        return `${this.#paint(text, crossing)}${i >= last ? ' '.repeat(rest) : dim('─'.repeat(rest))}`
      })
      lines.push(` ${strong(label)}${' '.repeat(gutter - width(label))} ${dim('─')}${cells.join('')}`.trimEnd())
    }
    return lines
  }

  /** Too wide or too empty for a grid: a line a node, with those above it. */
  #listed(lower: readonly string[]): string[] {
    return lower.flatMap((name) => {
      const cells = [...this.#crossings.get(name)!].map(
        ([upper, crossing]) => `${this.#paint(this.#cell(crossing), crossing)} ${this.#label(upper)}`,
      )
      return this.#wrapped(this.#label(name), cells, true)
    })
  }

  #wrapped(title: string, words: readonly string[], areSafe = false): string[] {
    const lines = [` ${this.#style.strong(title)}`]
    for (const word of words) {
      const safe = areSafe ? word : this.#style.escape(word)
      const line = `${lines.at(-1)!}  ${safe}`
      if (this.#style.width(line) <= this.#width) lines[lines.length - 1] = line
      else lines.push(`     ${safe}`)
    }
    return lines
  }

  /** Made safe; with a sign where its agent is not heard. */
  #label(name: string): string {
    const sight = this.#heard ? this.#nodes.get(name) : undefined
    return `${this.#style.escape(name)}${sight === false ? '?' : ''}`
  }

  get #nodes(): ReadonlyMap<string, boolean> {
    this.#monitored ??= new Map(this.#state.nodes.map(({ name, monitored }) => [name, monitored]))
    return this.#monitored
  }
  #monitored: ReadonlyMap<string, boolean> | undefined

  #cell({ count, state, load }: Crossing): string {
    const mark = this.#heard ? marks[state] : marks.up
    const many = count > 1 ? String(count) : ''
    const text = this.#heard && load !== null && state !== 'down' ? ` ${loadText(load)}` : ''
    return `${mark}${many}${text}`
  }

  #paint(text: string, { state, load }: Crossing): string {
    if (!this.#heard) return text
    if (state === 'down') return this.#style.bad(text)
    return state === 'unmonitored' || (load ?? 0) >= BUSY ? this.#style.doubtful(text) : text
  }
}

function crossingOf(sight: LinkSight): Crossing {
  return { count: 1, state: sight.state, load: loadOf(sight) }
}

function joins({ node1, node2 }: LinkSight['link'], name: string): boolean {
  return node1 === name || node2 === name
}

/** `8%`; what is not nothing is not shown as nothing. */
export function loadText(load: number): string {
  const percent = load * 100
  return percent > 0 && percent < 0.5 ? '<1%' : `${Math.round(percent)}%`
}

/** The middle of a long name is left out: names of switches differ at their ends. */
function shorten(name: string, width: number): string {
  if (name.length <= width) return name
  const tail = Math.ceil((width - 1) * 0.6)
  return `${name.slice(0, width - 1 - tail)}…${name.slice(-tail)}`
}
