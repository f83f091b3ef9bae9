// Owns the columns of a flow or discard sample in the `line` format: which record and which byte of a header they come
// from. Knows nothing of text. It reads the sampled header by itself, because its columns are sflowtool's reading of one
// and no dissection (docs/src/line-format.md). Start at FlowColumns.read.

import { flowRecords } from '../sflow/registry.ts'
import type { Walker } from '../sflow/walker.ts'
import { interpret } from '../wire/interpret.ts'
import { Outcome } from '../wire/outcome.ts'
import type { RecordType } from '../wire/record.ts'

/** Flow records that set columns; all others leave them alone. */
const Tag = {
  sampled_header: 1,
  sampled_ethernet: 2,
  sampled_ipv4: 3,
  sampled_ipv6: 4,
  extended_switch: 1001,
  extended_L2_tunnel_egress: 1021,
  extended_L2_tunnel_ingress: 1022,
  extended_ipv4_tunnel_egress: 1023,
  extended_ipv4_tunnel_ingress: 1024,
  extended_ipv6_tunnel_egress: 1025,
  extended_ipv6_tunnel_ingress: 1026,
  extended_socket_ipv4: 2100,
  extended_socket_ipv6: 2101,
} as const

/** Header protocols that are looked into. */
const HeaderProtocol = { ethernet: 1, ipv4: 11, ipv6: 12, wifi: 15 } as const

/**
 * The columns as numbers and as offsets into the walker's bytes: a state that the sample's records change one after the
 * other, in wire order, so that a later record wins. Reused for every sample; valid until the walker goes on.
 * A record that can't be read leaves the
 * columns as they were and is told to the walker's issue sink. Never throws; never reads behind a sampled header.
 * @see sflowtool 6.11, readFlowSampleElements and what it calls
 */
export class FlowColumns {
  view: DataView = new DataView(new ArrayBuffer(0))
  // 32-bit columns are kept as signed numbers: sflowtool prints them with %d, and V8 keeps them unboxed.
  /** Offset of the six bytes, -1 for none. */
  srcMac = -1
  dstMac = -1
  etherType = 0
  inVlan = 0
  outVlan = 0
  /** 4, 6, or 0 for none; then the offsets of the addresses. */
  ip = 0
  src = 0
  dst = 0
  protocol = 0
  tos = 0
  ttl = 0
  srcPort = 0
  dstPort = 0
  tcpFlags = 0
  size = 0
  stripped = 0
  /** Whether a header had IPv4 or IPv6, and at which offset in it: kept from one header record to the next. */
  #got4 = false
  #got6 = false
  offset4 = 0
  #offset6 = 0

  /** Reads the walker's current sample. */
  read(w: Walker): void {
    this.view = w.view
    this.srcMac = this.dstMac = -1
    this.etherType = this.inVlan = this.outVlan = 0
    this.ip = this.src = this.dst = 0
    this.protocol = this.tos = this.ttl = 0
    this.srcPort = this.dstPort = this.tcpFlags = 0
    this.size = this.stripped = 0
    this.#got4 = this.#got6 = false
    this.offset4 = this.#offset6 = 0
    const { recordTag, recordOffset, recordEnd, recordCount, recordClipped } = w
    for (let i = 0; i < recordCount; i++) {
      if (i !== recordClipped && !this.#record(recordTag[i]!, recordOffset[i]!, recordEnd[i]!)) {
        reportBroken(w, i, flowRecords)
      }
    }
  }

  /** False where the record is too short for its own fields. */
  #record(tag: number, at: number, end: number): boolean {
    const v = this.view
    switch (tag) {
      case Tag.sampled_header:
        return at + 16 <= end && this.#header(at, end)
      case Tag.extended_switch:
        if (at + 16 > end) return false
        this.inVlan = v.getInt32(at)
        this.outVlan = v.getInt32(at + 8)
        break
      case Tag.sampled_ethernet:
      case Tag.extended_L2_tunnel_egress:
      case Tag.extended_L2_tunnel_ingress:
        if (at + 24 > end) return false
        // XDR pads each address to 8 bytes.
        this.srcMac = at + 4
        this.dstMac = at + 12
        this.etherType = v.getInt32(at + 20)
        break
      case Tag.sampled_ipv4:
      case Tag.extended_ipv4_tunnel_egress:
      case Tag.extended_ipv4_tunnel_ingress:
        if (at + 32 > end) return false
        this.#addresses(4, at + 8, at + 12)
        this.#transport(at, at + 16)
        this.tos = v.getInt32(at + 28)
        break
      case Tag.sampled_ipv6:
      case Tag.extended_ipv6_tunnel_egress:
      case Tag.extended_ipv6_tunnel_ingress:
        if (at + 56 > end) return false
        this.#addresses(6, at + 8, at + 24)
        // Its priority is no column: ip_tos stays what it was.
        this.#transport(at, at + 40)
        break
      case Tag.extended_socket_ipv4:
        if (at + 20 > end) return false
        this.#addresses(4, at + 4, at + 8)
        break
      case Tag.extended_socket_ipv6:
        if (at + 44 > end) return false
        this.#addresses(6, at + 4, at + 20)
        break
    }
    return true
  }

  #addresses(version: 4 | 6, src: number, dst: number): void {
    this.ip = version
    this.src = src
    this.dst = dst
  }

  /** Length and protocol at `at`, ports and TCP flags at `ports`, as sampled_ipv4 and sampled_ipv6 have them. */
  #transport(at: number, ports: number): void {
    const v = this.view
    this.size = v.getInt32(at)
    this.protocol = v.getInt32(at + 4)
    this.srcPort = v.getInt32(ports)
    this.dstPort = v.getInt32(ports + 4)
    if (this.protocol === 6) this.tcpFlags = v.getInt32(ports + 8)
  }

  /** A sampled_header (0:1) record; false where its header is longer than it. */
  #header(at: number, recordEnd: number): boolean {
    const v = this.view
    const length = v.getUint32(at + 12)
    const start = at + 16
    if (length > recordEnd - start) return false
    const end = start + length
    this.size = v.getInt32(at + 4)
    this.stripped = v.getInt32(at + 8)
    switch (v.getUint32(at)) {
      case HeaderProtocol.ethernet:
        this.#ethernet(start, end)
        break
      case HeaderProtocol.ipv4:
        this.#got4 = true
        this.offset4 = 0
        break
      case HeaderProtocol.ipv6:
        this.#got6 = true
        this.#offset6 = 0
        break
      case HeaderProtocol.wifi:
        this.#wifi(start, end)
        break
    }
    if (this.#got4) this.#ipv4(start + this.offset4, end)
    else if (this.#got6) this.#ipv6(start + this.#offset6, end)
    return true
  }

  /** Ethernet II, 802.1Q tags (the innermost is in_vlan), 802.3 with SNAP or with IP directly in LLC. */
  #ethernet(start: number, end: number): void {
    const v = this.view
    this.#got4 = this.#got6 = false
    if (end - start < 14) return
    this.dstMac = start
    this.srcMac = start + 6
    let type = v.getUint16(start + 12)
    let at = start + 14
    while (isVlan(type)) {
      if (end - at < 4) return
      this.inVlan = v.getUint16(at) & 0xfff
      type = v.getUint16(at + 2)
      at += 4
    }
    if (end - start < 20) return
    if (isIpx(v, type, at, end)) return
    if (type <= 1500) {
      if (end - at < 3) return
      const sap = v.getUint16(at)
      if (sap === 0xaaaa && v.getUint8(at + 2) === 3) {
        // A SNAP header whose OUI is not 00-00-00 is the vendor's own: no type.
        if (end - at < 8 || v.getUint16(at + 3) !== 0 || v.getUint8(at + 5) !== 0) return
        type = v.getUint16(at + 6)
        at += 8
      } else if (sap === 0x0606 && (v.getUint8(at + 2) & 1) === 1) {
        type = 0x0800
        at += 3
      } else {
        return
      }
    }
    this.etherType = type
    if (type === 0x0800) {
      if (end - at < 20) return
      const first = v.getUint8(at)
      if (first >>> 4 !== 4 || (first & 15) < 5) return
      this.#got4 = true
      this.offset4 = at - start
    } else if (type === 0x86dd) {
      if (end - at < 1 || v.getUint8(at) >>> 4 !== 6) return
      this.#got6 = true
      this.#offset6 = at - start
    }
  }

  /** IEEE 802.11 data frames: the source address, which sflowtool 6.11 prints in both columns. */
  #wifi(start: number, end: number): void {
    this.#got4 = this.#got6 = false
    if (end - start < 24) return
    const control = this.view.getUint16(start, true)
    if (((control >>> 2) & 3) !== 2) return
    const toDs = (control & 0x100) !== 0
    const fromDs = (control & 0x200) !== 0
    const source = start + (fromDs ? (toDs ? 24 : 16) : 10)
    if (source + 6 > end) return
    this.srcMac = source
    this.dstMac = source
  }

  #ipv4(at: number, end: number): void {
    if (end - at < 20) return
    const v = this.view
    this.#addresses(4, at + 12, at + 16)
    this.protocol = v.getUint8(at + 9)
    this.tos = v.getUint8(at + 1)
    this.ttl = v.getUint8(at + 8)
    // Only the first fragment has the ports.
    if ((v.getUint16(at + 6) & 0x1fff) !== 0) return
    const length = (v.getUint8(at) & 15) * 4
    if (length <= end - at) this.#layer4(at + length, end)
  }

  #ipv6(at: number, end: number): void {
    if (end - at < 40) return
    const v = this.view
    if (v.getUint8(at) >>> 4 !== 6) return
    this.tos = (v.getUint16(at) >>> 4) & 255
    this.ttl = v.getUint8(at + 7)
    this.#addresses(6, at + 8, at + 24)
    let next = v.getUint8(at + 6)
    let p = at + 40
    // As sflowtool: every extension header is counted in units of 8 bytes (AH is not, RFC 4302 section 2.2), and ports
    // are read in fragments that are not the first.
    while (next === 0 || next === 43 || next === 44 || next === 51 || next === 60) {
      if (p + 2 > end) return
      next = v.getUint8(p)
      p += 8 * (v.getUint8(p + 1) + 1)
      if (p > end) return
    }
    this.protocol = next
    this.#layer4(p, end)
  }

  #layer4(at: number, end: number): void {
    if (end - at < 8) return
    const v = this.view
    switch (this.protocol) {
      case 1:
        this.srcPort = v.getUint8(at)
        this.dstPort = v.getUint8(at + 1)
        break
      case 6:
        this.srcPort = v.getUint16(at)
        this.dstPort = v.getUint16(at + 2)
        this.tcpFlags = end - at < 14 ? 0 : v.getUint8(at + 13)
        break
      case 17:
        this.srcPort = v.getUint16(at)
        this.dstPort = v.getUint16(at + 2)
        break
    }
  }
}

/** Tag Protocol Identifiers that sflowtool takes for a VLAN tag: 802.1Q, 802.1ad, and three that were used before it. */
function isVlan(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200 || type === 0x9300
}

/** Novell IPX directly in 802.3, which has no LLC header: told by its checksum of ones and its length. */
function isIpx(v: DataView, type: number, at: number, end: number): boolean {
  if (type !== 0x0200 && type !== 0x0201 && type !== 0x0600) return false
  if (end - at < 4 || v.getUint16(at) !== 0xffff) return false
  const length = v.getUint16(at + 2)
  return length >= 30 && length <= 576
}

/** Tells what is wrong with a record that could not be read: the interpreter finds out, on the cold path. */
export function reportBroken(w: Walker, i: number, types: ReadonlyMap<number, RecordType>): void {
  const type = types.get(w.recordTag[i]!)
  if (type === undefined) return
  const outcome = new Outcome()
  const values = interpret(type, w.bytes, w.view, w.recordOffset[i]!, w.recordEnd[i]!, outcome)
  if (values === undefined) w.reportRecord(i, type.name, outcome)
}
