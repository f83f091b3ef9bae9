// Measures dissect() and writeLayers() on Ethernet/IPv4/TCP headers of 128 bytes against a bare loop that reads the same fields by hand.
// Not a test: run it with `node --import tsx test/bench/dissect.bench.ts`. The ratio counts, nanoseconds vary.

import { dissect } from '../../src/lib/packet/dissect.ts'
import { Packet } from '../../src/lib/packet/packet.ts'
import { writeLayers } from '../../src/lib/packet/write-layers.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'

const HEADERS = 1000
const LENGTH = 128
const ROUNDS = 2000

const bytes = new Uint8Array(HEADERS * LENGTH)
const view = new DataView(bytes.buffer)
for (let i = 0; i < HEADERS; i++) {
  const at = i * LENGTH
  view.setUint16(at + 12, 0x0800)
  bytes[at + 14] = 0x45
  view.setUint16(at + 16, 1500)
  bytes[at + 23] = 6
  view.setUint32(at + 26, 0x0a000000 + i)
  view.setUint32(at + 30, 0x0a010000 + i * 7)
  view.setUint16(at + 34, 1024 + i)
  view.setUint16(at + 36, 443)
  bytes[at + 46] = 0x80
  bytes[at + 47] = 0x10
  bytes.set([1, 1, 8, 10], at + 54)
  view.setUint32(at + 58, i * 12345)
}

/** What a program for this one stack would do: the least possible. */
function bare(at: number): number {
  if (view.getUint16(at + 12) !== 0x0800) return 0
  const ip = at + 14
  const tcp = ip + (view.getUint8(ip) & 15) * 4
  if (view.getUint8(ip + 9) !== 6) return 0
  return tcp + (view.getUint8(tcp + 12) >>> 4) * 4
}

function nanoseconds(run: () => number): number {
  let best = Number.POSITIVE_INFINITY
  for (let k = 0; k < 7; k++) {
    const before = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, ((user + system) * 1000) / (HEADERS * ROUNDS))
  }
  return best
}

const packet = new Packet()
let sum = 0
const bareNs = nanoseconds(() => {
  for (let r = 0; r < ROUNDS; r++) for (let i = 0; i < HEADERS; i++) sum += bare(i * LENGTH)
  return sum
})
const dissectNs = nanoseconds(() => {
  for (let r = 0; r < ROUNDS; r++) {
    for (let i = 0; i < HEADERS; i++) sum += dissect(bytes, view, i * LENGTH, i * LENGTH + LENGTH, 1, packet).payload
  }
  return sum
})
const out = new TextBuffer(1 << 20)
const writeNs = nanoseconds(() => {
  for (let r = 0; r < ROUNDS; r++) {
    for (let i = 0; i < HEADERS; i++) {
      dissect(bytes, view, i * LENGTH, i * LENGTH + LENGTH, 1, packet)
      out.length = (i & 31) * 1024
      writeLayers(packet, out)
      sum += out.length
    }
  }
  return sum
})
console.log(`bare loop   ${bareNs.toFixed(1)} ns`)
console.log(`dissect     ${dissectNs.toFixed(1)} ns, ${(dissectNs / bareNs).toFixed(1)} times the bare loop`)
console.log(
  `writeLayers ${(writeNs - dissectNs).toFixed(1)} ns for ${out.length - ((HEADERS - 1) & 31) * 1024} bytes of text`,
)
