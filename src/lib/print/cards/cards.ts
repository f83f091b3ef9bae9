// Owns `sonde decode --format table`: one card a sample, for a person. Knows no terminal: colour and widths come with
// its Style. Start at CardFormat; lines of records are in records.ts, of header layers in layers.ts.

import { AgentTable } from '../../agents/agents.ts'
import { dropReasonSentence } from '../../names/drop-reason-sentences.ts'
import { dropReasonName } from '../../names/drop-reasons.ts'
import { dataSourceTypes } from '../../names/sflow.ts'
import { formatInterface, ifIndexOf, interfaceFormat } from '../../sflow/interface.ts'
import { SampleKind, sampleName, sampleTypeOf } from '../../sflow/samples.ts'
import type { Walker } from '../../sflow/walker.ts'
import type { Batch } from '../../source/source.ts'
import { formatIp } from '../../wire/json.ts'
import { formatTag } from '../../wire/record.ts'
import type { TextBuffer } from '../../wire/text.ts'
import type { Format } from '../format.ts'
import type { View } from '../style.ts'
import { type Card, formatPort } from './context.ts'
import { CardRecords } from './records.ts'
import { ARROW, bad, CardText, dim, type Piece, strong } from './text.ts'
import { formatBytes, formatSize } from './values.ts'

/** Cards are never laid out narrower than 40 columns. */
export interface CardOptions extends View {
  /** False: numbers only. */
  readonly names: boolean
}

/** Lines of a card's head go on here. */
const HEAD_HANG = 4

const kindNames: Readonly<Record<number, string>> = {
  [SampleKind.flow]: 'flow sample',
  [SampleKind.counters]: 'counters',
  [SampleKind.discard]: 'discarded packet',
}

/** Writes cards. Learns names of ports and hosts from the counter samples that pass. */
export class CardFormat implements Format {
  readonly #card: Card
  readonly #records: CardRecords
  readonly #agents = new AgentTable()
  /** Of the current datagram. */
  #samples = 0
  #time = ''
  readonly #view: View
  #day = ''
  /** The day of the cards above. */
  #dayShown = ''

  constructor(options: CardOptions) {
    const { style, names, width } = options
    const agents = this.#agents
    this.#view = options
    this.#card = {
      out: new CardText(style, width),
      style,
      names,
      counters: false,
      time: (sec, nsec) => this.#timeBeside(sec, nsec),
      sec: 0,
      nsec: 0,
      portName: (ifIndex) => agents.sourceName(agents.agent, 0, ifIndex),
    }
    this.#records = new CardRecords(this.#card)
  }

  begin(): void {}

  datagram(w: Walker, batch: Batch, i: number): void {
    const sec = batch.sec[i]!
    const nsec = batch.nsec[i]!
    this.#card.sec = sec
    this.#card.nsec = nsec
    this.#samples = 0
    this.#time = this.#view.clock(sec, nsec)
    this.#day = this.#view.day(sec)
    this.#agents.datagram(w, sec, nsec)
  }

  sample(w: Walker, out: TextBuffer): boolean {
    this.#agents.sample(w)
    this.#samples++
    this.#head(w)
    if (w.sampleBroken || w.sampleKind === SampleKind.other || w.sampleKind === SampleKind.text) {
      this.#records.showBody(w)
    } else {
      if (w.sampleKind === SampleKind.discard) this.#reason(w)
      for (let i = 0; i < w.recordCount; i++) this.#records.show(w, i)
      this.#missingRecords(w)
      this.#leftOver('trailing', w, w.recordsEnd, w.sampleEnd)
    }
    if (w.sampleIndex + 1 === w.sampleCount) this.#leftOver('datagram', w, w.next, w.end)
    this.#put(out)
    return true
  }

  endDatagram(w: Walker, out: TextBuffer): void {
    const { out: text, style } = this.#card
    const missing = announcedSamples(w) - w.sampleCount
    // Samples that were not chosen are no reason for a line.
    if (missing === 0 && (this.#samples > 0 || w.sampleCount > 0)) return
    this.#start(w)
    text.group('datagram ', strong(String(w.sequence)))
    if (missing > 0) text.group(bad(`cut: ${missing} of ${announcedSamples(w)} samples missing`))
    else text.group('without samples')
    text.pair('up', style.span(w.uptime))
    this.#leftOver('datagram', w, w.next, w.end)
    this.#put(out)
  }

  end(): void {}

  /** The card, below its day where that is another one than that of the card above. */
  #put(out: TextBuffer): void {
    if (this.#day !== this.#dayShown) {
      this.#dayShown = this.#day
      out.text(this.#card.style.dim(`── ${this.#day} ──`))
      out.text('\n\n')
    }
    out.text(this.#card.out.take())
    out.text('\n')
  }

  /** A point of time on the current card: with its day where that is another one. */
  #timeBeside(sec: number, nsec: number): string {
    const { clock, day, time } = this.#view
    return day(sec) === this.#day ? clock(sec, nsec) : time(sec, nsec)
  }

  /** Time and agent. */
  #start(w: Walker): void {
    const { out, names, style } = this.#card
    out.head(HEAD_HANG)
    out.group(dim(this.#time))
    const size = w.agentType === 1 ? 4 : w.agentType === 2 ? 16 : 0
    const address = size === 0 ? 'no agent address' : formatIp(w.bytes.subarray(w.agentOffset, w.agentOffset + size))
    const host = names ? this.#agents.hostName(this.#agents.agent) : undefined
    const pieces: Piece[] = [strong(address)]
    if (host !== undefined) pieces.push(` (${style.escape(host)})`)
    if (w.subAgentId !== 0) pieces.push(dim(' sub '), String(w.subAgentId))
    out.group(...pieces)
  }

  #head(w: Walker): void {
    const { out, style } = this.#card
    this.#start(w)
    const kind = kindNames[w.sampleKind]
    const name =
      kind ?? (w.sampleKind === SampleKind.text ? sampleName(w.sampleTag) : `unknown sample ${formatTag(w.sampleTag)}`)
    if (kind === undefined || w.sampleBroken) {
      out.group(strong(name))
      return
    }
    out.group(w.sampleKind === SampleKind.discard ? bad(name) : strong(name), ` ${w.sequenceNumber}`)
    if (w.sampleKind === SampleKind.flow) {
      if (w.samplingRate === 0) out.group('sampling rate unknown')
      else out.group(`1 in ${style.count(w.samplingRate)}`, dim(' of '), style.count(w.samplePool))
    }
    if (w.sampleKind === SampleKind.counters) {
      out.group(...this.#source(w))
      return
    }
    out.group(dim('port '), this.#port(w.inputFormat, w.inputValue), ARROW, this.#port(w.outputFormat, w.outputValue))
    if (!isSourceShown(w)) out.pair('source', ...this.#source(w))
    this.#drops(w)
  }

  /** `drops` runs since the agent's start: what of it is new is what went wrong now. */
  #drops(w: Walker): void {
    if (w.drops === 0) return
    const { out, style } = this.#card
    const { newDrops } = this.#agents
    const all = style.count(w.drops)
    const discard = w.sampleKind === SampleKind.discard
    const what = discard ? 'not told (rate limit)' : 'dropped by the agent'
    const start = discard ? "since the agent's start" : 'since its start'
    if (newDrops === 0) out.group(dim(`${all} ${what} ${start}`))
    else out.group(bad(`${style.count(newDrops)} ${what} since the last sample`), dim(`, ${all} ${start}`))
  }

  #source(w: Walker): Piece[] {
    if (w.sourceType === 0) {
      return w.sourceIndex === 0 ? ['unknown port'] : [dim('port '), formatPort(this.#card, w.sourceIndex)]
    }
    const type = (this.#card.names ? sourceWords[w.sourceType] : undefined) ?? dataSourceTypes.get(w.sourceType)
    const name = this.#card.names ? this.#agents.sourceName(this.#agents.agent, w.sourceType, w.sourceIndex) : undefined
    const known = name === undefined ? '' : ` (${this.#card.style.escape(name)})`
    return [dim(`${type ?? `type ${w.sourceType}`} `), `${w.sourceIndex}${known}`]
  }

  #port(format: number, value: number): Piece {
    const ifIndex = ifIndexOf(format, value)
    if (ifIndex !== undefined) return formatPort(this.#card, ifIndex)
    if (format === interfaceFormat.discard) {
      return bad(this.#card.names ? formatInterface(format, value) : `discarded: ${value}`)
    }
    const words = formatInterface(format, value)
    return format === interfaceFormat.ifIndex && value === 0 ? dim(words) : words
  }

  /** Records that the sample announces and its length has no room for. */
  #missingRecords(w: Walker): void {
    const announced = w.view.getUint32(w.sampleOffset + sampleTypeOf(w.sampleTag)!.head - 4)
    if (announced <= w.recordCount) return
    this.#card.out.label('missing', 'bad')
    this.#card.out.group(bad(`${announced - w.recordCount} of ${announced} records: the sample ends before them`))
  }

  /** Why the packet was dropped, as a name and in words. */
  #reason(w: Walker): void {
    const { out, names } = this.#card
    out.label('dropped', 'bad')
    const name = names ? dropReasonName(w.reason) : undefined
    out.group(name === undefined ? bad(`reason ${w.reason}`) : bad(`${name} (${w.reason})`))
    const sentence = names ? dropReasonSentence(w.reason) : undefined
    if (sentence !== undefined) out.group(sentence)
  }

  /** Bytes behind the records of a sample or the samples of a datagram. */
  #leftOver(label: string, w: Walker, at: number, end: number): void {
    if (at >= end) return
    const { out } = this.#card
    out.label(label, 'dim')
    out.group(dim(`${formatSize(this.#card, end - at)} behind the last ${label === 'datagram' ? 'sample' : 'record'}`))
    out.group(dim(formatBytes(this.#card, w.bytes.subarray(at, end))))
  }
}

/** Samples that the datagram's header announces; the walker's own count is of those that are here. */
function announcedSamples(w: Walker): number {
  const address = w.agentType === 1 ? 4 : w.agentType === 2 ? 16 : 0
  return w.view.getUint32(w.agentOffset + address + 12)
}

/** Words for data sources that are no ports. */
const sourceWords: Readonly<Record<number, string>> = { 1: 'vlan', 2: 'physical entity', 3: 'logical entity' }

/** Whether the data source is one of the two ports that the head names anyway, or the 0:0 that all discards have. */
function isSourceShown(w: Walker): boolean {
  if (w.sourceType !== 0) return false
  if (w.sourceIndex === 0) return w.sampleKind === SampleKind.discard
  const input = w.inputFormat === interfaceFormat.ifIndex && w.inputValue === w.sourceIndex
  return input || (w.outputFormat === interfaceFormat.ifIndex && w.outputValue === w.sourceIndex)
}
