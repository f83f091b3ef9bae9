// Owns the records of a host's counter sample, as a Linux host agent sends them: 0:2000, 2001, 2003 to 2010.

import type { DatagramWriter } from './datagram-writer.ts'
import type { Random } from './random.ts'

/** Writes all ten records of host number `host`. */
export function hostRecords(w: DatagramWriter, host: number, random: Random): void {
  w.beginRecord(2000)
  w.text(`host-${host}.example.net`)
  w.u32(0x00112233, 0x44556677, 0x8899aabb, 0xccddee00 + host)
  w.u32(3, 2)
  w.text('6.1.0-18-amd64')
  w.endRecord()

  w.beginRecord(2001)
  w.u32(2)
  for (let i = 0; i < 2; i++) {
    w.u32(2 + i, 1)
    w.u32(0x02000000, (host << 24) | (i << 16))
  }
  w.endRecord()

  w.beginRecord(2003)
  w.f32(random.below(800) / 100, random.below(800) / 100, random.below(800) / 100)
  w.u32(1 + random.below(4), 400 + random.below(50), 64, 2600, 86_400 + random.below(1000))
  for (let i = 0; i < 12; i++) w.u32(random.u32())
  w.endRecord()

  w.beginRecord(2004)
  w.u64(540e9, 200e9 + random.u32(), 0, 4e9, 120e9, 0, 0)
  for (let i = 0; i < 4; i++) w.u32(random.u32())
  w.endRecord()

  w.beginRecord(2005)
  w.u64(2e12, 1e12 + random.u32())
  w.u32(5000 + random.below(100), random.u32())
  w.u64(random.u32() * 512)
  w.u32(random.u32(), random.u32())
  w.u64(random.u32() * 512)
  w.u32(random.u32())
  w.endRecord()

  w.beginRecord(2006)
  w.u64(random.u32() * 1500)
  w.u32(random.u32(), 0, random.below(10))
  w.u64(random.u32() * 1500)
  w.u32(random.u32(), 0, 0)
  w.endRecord()

  // The MIB-2 groups are words only: ip 19, icmp 25, tcp 15, udp 7.
  for (const [tag, words] of mib2) {
    w.beginRecord(tag)
    for (let i = 0; i < words; i++) w.u32(random.u32())
    w.endRecord()
  }
}

const mib2 = [
  [2007, 19],
  [2008, 25],
  [2009, 15],
  [2010, 7],
] as const
