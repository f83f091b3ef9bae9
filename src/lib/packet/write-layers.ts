// Owns the write face of a packet: its layers as JSON text, without objects. Knows no protocol: writers are generated
// from the declarations, each when its layer is first met. Start at writeLayers().

import type { TextBuffer } from '../wire/text.ts'
import { compileLayer, type LayerWriter } from './compile-layer.ts'
import { layers } from './layers.ts'
import type { Packet } from './packet.ts'
import { TextSink } from './text-sink.ts'

/** Scratch space of one call: nothing in it outlives the call. */
const sink = new TextSink()
/** Compiled writers by layer number, made once. */
const writers: LayerWriter[] = []

/** Compiles the writer of a layer that is met for the first time. */
function writerOf(id: number): LayerWriter {
  const writer = compileLayer(layers[id]!, sink)
  writers[id] = writer
  return writer
}

/**
 * Appends the layers as a JSON array: `[{"layer":"eth","offset":0,"eth.dst":...},...]`, offsets from the start of the
 * header, quoted packets' layers marked `"quoted":true`. Fields that are not wholly here are left out. The caller has
 * made room: OUTPUT_BYTES_PER_INPUT_BYTE for each byte of the header, and TEXT_OVERHEAD.
 */
export function writeLayers(packet: Packet, out: TextBuffer): void {
  const { view, start, count, total, layer, offset, limit } = packet
  const v = out.view
  let p = out.length
  sink.source = view
  sink.bytes = packet.bytes
  v.setUint8(p++, 0x5b)
  for (let i = 0; i < total; i++) {
    if (i > 0) v.setUint8(p++, 0x2c)
    const id = layer[i]!
    p = (writers[id] ?? writerOf(id))(view, offset[i]!, limit[i]!, v, p, start, i >= count)
  }
  v.setUint8(p++, 0x5d)
  out.length = p
}
