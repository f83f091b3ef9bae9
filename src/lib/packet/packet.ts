// Owns the result of dissecting one packet header: which layers, where. Knows no sFlow and copies nothing.
// Fields are read from the bytes when asked for, so dissection costs only the walk. Start at Packet.

import { malformed } from './malformed.ts'

/** More layers than this in one header are not looked at (`deeper` says so). */
export const MAX_LAYERS = 128

/** `declaredEnd` where no length field has said anything: beyond any offset, and still a small integer. */
const UNDECLARED = 0x3fffffff

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
  /** Number of layers of the packet itself, outside in. */
  count = 0
  /**
   * Number of layers with those of a packet quoted in an ICMP error: layers `count` to `total - 1` are the quoted
   * packet's. They are apart because their addresses and ports are not those of this packet.
   */
  total = 0
  /** Layer number (see LayerId) of each layer. */
  readonly layer = new Uint8Array(MAX_LAYERS)
  /** First byte of each layer. */
  readonly offset = new Uint32Array(MAX_LAYERS)
  /** One past the last byte of each layer's own header that is here: fields must end at or before it. */
  readonly limit = new Uint32Array(MAX_LAYERS)
  /** First byte that no layer claims, quoted ones included; equals `payloadEnd` where nothing is left. */
  payload = 0
  /** One past the last byte of the innermost payload: shorter than `end` where a length field says so (Ethernet padding, FCS). */
  payloadEnd = 0
  /** The header was cut (on purpose, by the sampler) before its layers ended. Not an error. */
  truncated = false
  /** Where `truncated`: all layers that are here are whole, the cut is just behind the last one. */
  cutBehind = false
  /** Index in `malformedReasons` of what a layer says that can't be (IPv4 header length below 20...), 0 for none. */
  malformed = 0
  /** There were more layers than MAX_LAYERS. */
  deeper = false

  /** End of the innermost payload as length fields say; may lie beyond `end`. For dissect steps. */
  declaredEnd = UNDECLARED
  /** The data is a fragment: length fields inside may rightly point beyond it. For dissect steps. */
  fragment = false
  /** Index of the first layer of the quoted packet, or -1. For dissect steps. */
  quoted = -1

  /** Index of the `nth` (0 = outermost) layer of this number, or -1. The quoted packet's layers are not looked at. */
  find(layer: number, nth = 0): number {
    const { layer: layers, count } = this
    for (let i = 0; i < count; i++) if (layers[i] === layer && nth-- === 0) return i
    return -1
  }

  /** Starts anew on other bytes. */
  reset(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.bytes = bytes
    this.view = view
    this.start = start
    this.end = end
    this.count = 0
    this.total = 0
    this.payload = start
    this.payloadEnd = end
    this.truncated = false
    this.cutBehind = false
    this.malformed = 0
    this.deeper = false
    this.declaredEnd = UNDECLARED
    this.fragment = false
    this.quoted = -1
  }

  /**
   * Adds a layer whose header is `length` bytes at `at`, and moves `payload` behind it. False where not all of the
   * header is here: the layer is added all the same, `limit` says how much there is, and the step must end.
   */
  claim(layer: number, at: number, length: number): boolean {
    const i = this.count++
    this.layer[i] = layer
    this.offset[i] = at
    return this.reach(i, at + length)
  }

  /** Whether one more layer fits; otherwise notes that there are deeper ones. */
  room(): boolean {
    if (this.count < MAX_LAYERS) return true
    this.deeper = true
    return false
  }

  /** Lets the header of the last layer end at `to`, as `claim` does. */
  extend(to: number): boolean {
    return this.reach(this.count - 1, to)
  }

  private reach(i: number, to: number): boolean {
    if (to <= this.payloadEnd) {
      this.limit[i] = to
      this.payload = to
      return true
    }
    this.limit[i] = this.payloadEnd
    this.payload = this.payloadEnd
    this.missing(to)
    return false
  }

  /** Notes that bytes up to `to` are needed and not here: cut by the sampler, or beyond what a length field allows. */
  missing(to: number): void {
    if (to > this.declaredEnd) this.fail(malformed.pastLength)
    else this.truncated = true
  }

  /** The payload ends at `to`, says a length field; a wider one outside holds on. */
  bound(to: number): void {
    if (to < this.declaredEnd) this.declaredEnd = to
    if (to < this.payloadEnd) this.payloadEnd = to
  }

  /** Notes the first thing that can't be. Gives 0 (nothing follows), so that a step can return it. */
  fail(reason: number): 0 {
    if (this.malformed === 0) this.malformed = reason
    return 0
  }
}
