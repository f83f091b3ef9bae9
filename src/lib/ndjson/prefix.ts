// Owns what every line of a datagram says of the datagram, made once and copied for each sample. Start at DatagramPrefix.

import type { Walker } from '../sflow/walker.ts'
import type { Batch } from '../source/source.ts'
import { compileTemplate } from '../wire/template.ts'
import { TextBuffer, writeAscii, writeIpv4, writeIpv6 } from '../wire/text.ts'

/** Longest prefix: two IPv6 addresses, three numbers and 110 characters of keys. */
const LONGEST = 512

/** The head of a sample's object: `{"time":"...","sender":"...","agent":"...",...,"uptime_ms":4711`. */
export class DatagramPrefix {
  readonly #text = new TextBuffer(LONGEST)
  readonly #senderBytes = new DataView(new ArrayBuffer(16))
  readonly #second = new SecondText()
  readonly #batch: { sec: number; nsec: number; known: boolean } = { sec: 0, nsec: 0, known: false }
  readonly #write: (w: Walker, b: DatagramPrefix, out: TextBuffer) => void

  constructor() {
    this.#write = compileTemplate(
      'w,b,out',
      '{"time":"<put b.time(v,p)>.<nanoseconds b.nsec>Z","sender":<put b.sender(v,p)>,"agent":<put b.agent(v,p,w)>,' +
        '"sub_agent":<u32 w.subAgentId>,"datagram_sequence":<u32 w.sequence>,"uptime_ms":<u32 w.uptime>',
    )
  }

  get nsec(): number {
    return this.#batch.nsec
  }

  /** Makes the prefix of datagram `i` of the batch, which the walker has opened. */
  set(w: Walker, batch: Batch, i: number): void {
    const now = this.#batch
    now.sec = batch.sec[i]!
    now.nsec = batch.nsec[i]!
    now.known = false
    for (let k = 0; k < 4; k++) {
      const word = batch.sender[i * 4 + k]!
      this.#senderBytes.setUint32(k * 4, word)
      now.known ||= word !== 0
    }
    this.#text.length = 0
    this.#write(w, this, this.#text)
  }

  /** Copies the prefix to `p`; up to 31 bytes behind it are overwritten. */
  copy(v: DataView, p: number): number {
    const { length, view } = this.#text
    // ASCII is never a NaN pattern, so doubles keep their bits; what is copied past the end is written over next.
    for (let i = 0; i < length; i += 32) {
      v.setFloat64(p + i, view.getFloat64(i, true), true)
      v.setFloat64(p + i + 8, view.getFloat64(i + 8, true), true)
      v.setFloat64(p + i + 16, view.getFloat64(i + 16, true), true)
      v.setFloat64(p + i + 24, view.getFloat64(i + 24, true), true)
    }
    return p + length
  }

  time(v: DataView, p: number): number {
    return this.#second.write(v, p, this.#batch.sec)
  }

  sender(v: DataView, p: number): number {
    return this.#batch.known ? quotedIpv6(v, p, this.#senderBytes, 0) : writeAscii(v, p, 'null')
  }

  agent(v: DataView, p: number, w: Walker): number {
    if (w.agentType === 0) return writeAscii(v, p, 'null')
    if (w.agentType === 2) return quotedIpv6(v, p, w.view, w.agentOffset, false)
    v.setUint8(p, 34)
    const q = writeIpv4(v, p + 1, w.view, w.agentOffset)
    v.setUint8(q, 34)
    return q + 1
  }
}

/** Quoted; an IPv4-mapped address (how sources give IPv4 senders) as IPv4 where `unmap`. */
function quotedIpv6(v: DataView, p: number, source: DataView, at: number, unmap = true): number {
  v.setUint8(p, 34)
  const mapped =
    unmap && source.getUint32(at) === 0 && source.getUint32(at + 4) === 0 && source.getUint32(at + 8) === 0xffff
  const q = mapped ? writeIpv4(v, p + 1, source, at + 12) : writeIpv6(v, p + 1, source, at)
  v.setUint8(q, 34)
  return q + 1
}

/** `2026-01-01T00:00:00` of a second, kept until the second changes. */
export class SecondText {
  #sec = -1
  readonly #view = new DataView(new ArrayBuffer(24))

  write(v: DataView, p: number, sec: number): number {
    if (sec !== this.#sec) {
      this.#sec = sec
      writeAscii(this.#view, 0, new Date(sec * 1000).toISOString().slice(0, 19))
    }
    for (let i = 0; i < 24; i += 8) v.setFloat64(p + i, this.#view.getFloat64(i, true), true)
    return p + 19
  }
}
