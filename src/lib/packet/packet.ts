// Owns the result of dissecting one packet header: which layers, where. Knows no sFlow and copies nothing.
// Fields are read from the bytes when asked for, so dissection costs only the walk. Start at Packet.

/** More layers than this in one header are not looked at (`deeper` says so). */
export const MAX_LAYERS = 128

const empty = new Uint8Array(0)
const emptyView = new DataView(empty.buffer)

/**
 * One dissected header, reused for the next: `dissect(bytes, view, start, end, protocol, packet)`. All offsets are
 * absolute in `bytes`, so that nothing is copied out of the datagram.
 */
export class Packet {
  bytes: Uint8Array = empty
  view: DataView = emptyView
  /** First byte of the header, and one past its last captured byte. */
  start = 0
  end = 0
  /** Number of layers found, outside in. */
  count = 0
  /** Layer number (see LayerId) of each layer. */
  readonly layer = new Uint8Array(MAX_LAYERS)
  /** First byte of each layer. */
  readonly offset = new Uint32Array(MAX_LAYERS)
  /** One past the last byte of each layer's own header that is here: fields must end at or before it. */
  readonly limit = new Uint32Array(MAX_LAYERS)
  /** First byte that no layer claims; equals `payloadEnd` where nothing is left. */
  payload = 0
  /** One past the last byte of the innermost payload: shorter than `end` where a length field says so (Ethernet padding, FCS). */
  payloadEnd = 0
  /** The header was cut (on purpose, by the sampler) before its layers ended. Not an error. */
  truncated = false
  /** Index in `malformedReasons` of what a layer says that can't be (IPv4 header length below 20...), 0 for none. */
  malformed = 0
  /** There were more layers than MAX_LAYERS. */
  deeper = false

  /** Index of the `nth` (0 = outermost) layer of this number, or -1. */
  find(layer: number, nth = 0): number {
    const { layer: layers, count } = this
    for (let i = 0; i < count; i++) if (layers[i] === layer && nth-- === 0) return i
    return -1
  }
}
