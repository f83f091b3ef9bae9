// Owns the lines of a sampled packet header: its layers, then how much of the frame is here and where it was cut.
// Start at headerLines.

import { headerProtocols } from '../../names/sflow.ts'
import { dissect } from '../../packet/dissect.ts'
import { type Layer, layersOf } from '../../packet/full.ts'
import { malformedReasons } from '../../packet/malformed.ts'
import { Packet } from '../../packet/packet.ts'
import type { SampledHeader } from '../../sflow/records/version-5.ts'
import type { Walker } from '../../sflow/walker.ts'
import type { Fields } from '../../wire/interpret.ts'
import type { Card } from './context.ts'
import { layerLine, shortLayerName } from './layers.ts'
import { payloadOf } from './payload.ts'
import { bad, dim } from './text.ts'
import { formatBytes, formatNamed, formatSize } from './values.ts'

/** Body of sampled_header before the header's own bytes: protocol, frame length, stripped, length. */
const HEADER_AT = 16

/** Checksums and pads that agents strip: more than that is part of the packet. */
const MOST_FCS = 8

/** Shows sampled headers; keeps one Packet for all of them. */
export class CardHeader {
  readonly #card: Card
  readonly #packet = new Packet()

  constructor(card: Card) {
    this.#card = card
  }

  /**
   * The lines of a sampled_header record whose body is at `at`.
   * @param fields its decoded fields: the header lies wholly within the record
   */
  show(w: Walker, at: number, fields: Fields): void {
    const { protocol, frame_length, stripped, header } = fields as SampledHeader
    const start = at + HEADER_AT
    const packet = dissect(w.bytes, w.view, start, start + header.length, protocol, this.#packet)
    const layers = layersOf(packet)
    layers.forEach((layer, i) => {
      const last = i + 1 === packet.count || i + 1 === layers.length
      layerLine(this.#card, layer, last, last && packet.truncated)
    })
    this.#frame(protocol, frame_length, stripped, header, layers)
  }

  #frame(protocol: number, length: number, stripped: number, header: Uint8Array, layers: readonly Layer[]): void {
    const { out, style } = this.#card
    const packet = this.#packet
    out.label('frame')
    if (packet.total === 0 && header.length > 0) {
      out.pair('protocol', formatNamed(this.#card, headerProtocols, protocol), ', not dissected')
      out.group(dim(formatBytes(this.#card, header)))
    }
    const removed = stripped === 0 ? '' : ` (${style.count(stripped)} stripped)`
    const cut = header.length + stripped < length
    const size = formatSize(this.#card, length)
    if (cut) out.group(`cut after ${style.count(header.length)} of ${size}${removed}`)
    else if (stripped <= MOST_FCS) out.group(`${size}${removed}, all here`)
    else out.group(`${style.count(header.length)} of ${size} here${removed}`)
    const payload = payloadOf(packet, layers)
    if (payload !== undefined) {
      out.group(dim(`${formatSize(this.#card, payload.bytes)} of ${payload.what}${cut ? ' here' : ''}`))
    }
    if (packet.deeper) out.group(bad(`more than ${packet.count} layers`))
    if (packet.malformed !== 0) out.group(bad(`malformed: ${malformedReasons[packet.malformed]!}`))
    else if (packet.truncated && packet.count > 0) {
      const last = shortLayerName(layers[packet.count - 1]!.layer)
      // Where the sampler cut nothing, the packet itself ends too soon: one that something on its way has cut.
      out.group(`${cut ? '' : 'ends '}${packet.cutBehind ? 'behind' : 'inside'} ${last}`)
    }
  }
}
