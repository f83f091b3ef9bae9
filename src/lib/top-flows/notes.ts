// Owns what makes the numbers of a window doubtful, in words: each thing once in a run. Start at DoubtLog.

import { formatCount } from '../errors.ts'
import type { TopologyFit } from '../flow/fit.ts'
import type { Aggregation } from '../flow/options.ts'
import type { FlowWindow, SourceNote } from '../flow/rows.ts'
import { unitOf } from './columns.ts'

/** Data sources that a line names. */
const MOST_NAMED = 4
/** Data sources that are remembered as told; more than any line could list. */
const MOST_TOLD = 4096

/** What a packet has another value of at each switch that it crosses: rows of one packet are then several. */
const perHop =
  /(?<![\w.])(?:macsource|macdestination|vlan|vlansource|vlandestination|inputifindex|outputifindex|agent|ipttl)(?![\w.])/

const nameOf = ({ agent, dataSource }: SourceNote) => `${agent} ${dataSource}`

/** Tells what is new in each window. */
export class DoubtLog {
  readonly #told = new Set<string>()

  /** @returns a line for each kind of doubt that was not told before */
  window(window: FlowWindow): string[] {
    const { sources, bound, loss, fit, agg, aggLabel } = window
    const lines = [
      ...this.#ofKind(sources, 'rate off', rateOff),
      ...this.#ofKind(sources, 'pool not measured', poolNotMeasured),
      ...this.#ofKind(sources, 'no rate', noRate),
      ...this.#ofKind(sources, 'rate changed', rateChanged),
    ]
    if (fit !== undefined && !fit.fits && this.#first('misfit')) lines.push(misfit(fit, agg, aggLabel))
    if (fit?.fits === true && fit.unknownAgents > 0 && this.#first('partly')) {
      lines.push(
        `${unknownAgents(fit)} ${fit.unknownAgents === 1 ? 'is' : 'are'} not in the topology: ${agg === 'edge' || agg === 'core' ? `${samplesText(fit.unknownSamples)} of theirs ${fit.unknownSamples === 1 ? 'is' : 'are'} not counted` : 'it is not known where their packets enter'}.`,
      )
    }
    const hop = agg === 'max' ? window.keys.flatMap((key) => perHop.exec(key)?.[0] ?? []) : []
    if (hop.length > 0 && this.#first('per hop')) {
      lines.push(
        `${[...new Set(hop)].join(', ')} may change from switch to switch: a packet is then in a row of each, and several times in the total. --topology, or --by agent, tells them apart.`,
      )
    }
    if (bound.hit && this.#first('bound')) {
      lines.push(
        `More than ${formatCount(bound.maxFlows)} flows (--max-flows): the smallest are in (other). A flow that is not listed has at most ${boundText(window)} at a data source, and a listed one is at most so much too low there; ± is without that.`,
      )
    }
    if (bound.textsHit && this.#first('texts')) {
      lines.push('More texts in keys than are remembered: flows with new ones are in (other).')
    }
    if (loss.tooLate > 0 && this.#first('late')) {
      lines.push(
        `${formatCount(loss.tooLate)} samples came when their window was over, and are in none: --lateness keeps windows open longer.`,
      )
    }
    if (loss.unplaced > 0 && this.#first('unplaced')) {
      lines.push(
        `${formatCount(loss.unplaced)} samples came from more data sources than are told apart, and are in no row.`,
      )
    }
    return lines
  }

  #first(what: string): boolean {
    if (this.#told.has(what)) return false
    if (this.#told.size < MOST_TOLD) this.#told.add(what)
    return true
  }

  #ofKind(
    sources: readonly SourceNote[],
    kind: SourceNote['kind'],
    line: (notes: readonly SourceNote[]) => string,
  ): string[] {
    const fresh = sources.filter((note) => note.kind === kind && this.#first(`${kind} ${nameOf(note)}`))
    return fresh.length > 0 ? [line(fresh)] : []
  }
}

function listed(notes: readonly SourceNote[], of: (note: SourceNote) => string): string {
  const rest = notes.length - MOST_NAMED
  return `${notes.slice(0, MOST_NAMED).map(of).join(', ')}${rest > 0 ? ` and ${formatCount(rest)} more` : ''}`
}

const sourcesText = (notes: readonly SourceNote[]) =>
  notes.length === 1 ? '1 data source' : `${formatCount(notes.length)} data sources`

/** In the unit of the first value's column: a second where it is a rate. */
function boundText({ values, bound, seconds }: FlowWindow): string {
  const text = values[0] ?? ''
  if (/^(?:avg|min|max|count):/.test(text)) return samplesText(Math.ceil(bound.errorBound))
  const isBytes = unitOf({ text, statistic: 'rate' }) === 'bytes'
  const what = isBytes ? 'bit' : text
  const amount = bound.errorBound * (isBytes ? 8 : 1)
  return seconds > 0
    ? `${formatCount(Math.ceil(amount / seconds))} ${what}/s`
    : `${formatCount(Math.ceil(amount))} ${what}`
}

const samplesText = (count: number) => `${formatCount(count)} ${count === 1 ? 'sample' : 'samples'}`
const unknownAgents = ({ agents, unknownAgents }: TopologyFit) =>
  `${formatCount(unknownAgents)} of ${formatCount(agents)} agents`

/** Nothing, or too much, would be counted. */
function misfit(fit: TopologyFit, agg: Aggregation, label: string): string {
  const why =
    fit.unknownAgents === fit.agents
      ? fit.agents === 1
        ? 'the agent is not in it, neither by address nor by host name'
        : `none of the ${formatCount(fit.agents)} agents is in it, by address or host name`
      : 'no sampled port is an end of one of its links, so that each would be an edge'
  const what = agg === 'edge' || agg === 'core' ? 'Numbers are wrong' : `Counted is by ${label} instead (--agg)`
  return `The topology does not fit: ${why}. ${what}.`
}

function rateOff(notes: readonly SourceNote[]): string {
  const of = (note: SourceNote) =>
    `${nameOf(note)} 1 in ${note.effectiveRate === null ? 'unknown' : formatCount(Math.round(note.effectiveRate))}, not ${formatCount(note.configuredRate)}`
  return `The sampling rate of ${sourcesText(notes)} is more than 20 % off the configured one: ${listed(notes, of)}. Numbers are by what was really sampled (--scale).`
}

function poolNotMeasured(notes: readonly SourceNote[]): string {
  return `The sample pool of ${sourcesText(notes)} is just rate × samples, no measurement: the configured rate is taken for true: ${listed(notes, nameOf)}.`
}

function noRate(notes: readonly SourceNote[]): string {
  return `The sampling rate of ${sourcesText(notes)} is 0, so their samples are scaled by the pool, or not at all: ${listed(notes, nameOf)}. --sampling-rate ${notes[0]!.agent}=N gives one.`
}

function rateChanged(notes: readonly SourceNote[]): string {
  return `The sampling rate of ${sourcesText(notes)} changed meanwhile; each part is scaled by its own: ${listed(notes, nameOf)}.`
}
