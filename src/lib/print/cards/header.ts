// Owns the lines of a sampled packet header: its layers, then how much of the frame is here and where it was cut.
// Start at headerLines.

import { headerProtocols } from '../../names/sflow.ts'
import { dissect } from '../../packet/dissect.ts'
import { layersOf } from '../../packet/full.ts'
import { malformedReasons } from '../../packet/malformed.ts'
import { Packet } from '../../packet/packet.ts'
import type { SampledHeader } from '../../sflow/records/version-5.ts'
import type { Walker } from '../../sflow/walker.ts'
import type { Fields } from '../../wire/interpret.ts'
import type { Card } from './context.ts'
import { layerLine } from './layers.ts'
import { bad, dim } from './text.ts'
import { formatBytes, formatNamed } from './values.ts'

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
    const cutIn = packet.truncated ? layers[packet.count - 1]?.layer.replace(/^(infiniband|ipv6)\./, '') : undefined
    this.#frame(protocol, frame_length, stripped, header, cutIn)
  }

  #frame(protocol: number, length: number, stripped: number, header: Uint8Array, cutIn: string | undefined): void {
    const { out, style } = this.#card
    const packet = this.#packet
    out.label('frame')
    if (packet.total === 0) {
      out.group(formatNamed(this.#card, headerProtocols, protocol), ', not dissected')
      out.group(dim(formatBytes(this.#card, header)))
    }
    const removed = stripped === 0 ? '' : ` (${style.count(stripped)} stripped)`
    const cut = header.length + stripped < length
    if (cut)
      out.group(`cut by the sampler after ${style.count(header.length)} of ${style.count(length)} bytes${removed}`)
    else if (stripped <= MOST_FCS) out.group(`${style.count(length)} bytes${removed}, all here`)
    else out.group(`${style.count(header.length)} of ${style.count(length)} bytes here${removed}`)
    const payload = packet.payloadEnd - packet.payload
    if (packet.total > 0 && payload > 0) out.group(dim(`${style.count(payload)} bytes of payload${cut ? ' here' : ''}`))
    if (packet.deeper) out.group(bad(`more than ${packet.count} layers`))
    if (packet.malformed !== 0) out.group(bad(`malformed: ${malformedReasons[packet.malformed]!}`))
    else if (cutIn !== undefined) out.group(`inside ${cutIn}`)
  }
}
