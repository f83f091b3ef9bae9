// Owns the fixtures of the line format: writes fixtures/line/*.pcap from the cases below and from the benchmark
// generators, and, where sflowtool is found (SFLOWTOOL or PATH), what it prints for them as the second witness.
// Shares nothing with src. Run: node --import tsx scripts/line-fixtures.ts

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CaptureWriter } from '../test/bench/capture-writer.ts'
import { DatagramWriter } from '../test/bench/datagram-writer.ts'
import { generateMixed, generateZipf } from '../test/bench/generate.ts'
import { findSflowtool, sflowtoolLines } from '../test/helpers/sflowtool.ts'

type Case = (w: DatagramWriter) => void

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

/** A 0:1 record: header protocol, the header in hex, and how long the packet was. */
const header = (protocol: number, hex: string, size = 1000, stripped = 4): Case => {
  const packet = bytes(hex)
  return (w) => {
    w.beginRecord(1)
    w.u32(protocol, size, stripped)
    w.opaque(packet, 0, packet.length)
    w.endRecord()
  }
}
const words = (tag: number, ...values: number[]): Case => {
  return (w) => {
    w.beginRecord(tag)
    w.u32(...values)
    w.endRecord()
  }
}
const switched = words(1001, 100, 1, 200, 2)

const MACS = '020000000001 020000000002'
const IPV4 = (protocol: string, rest = '', first = '45', fragment = '4000'): string =>
  `${first}b8 0064 1234 ${fragment} 3f ${protocol} 0000 c0000201 c6336402 ${rest}`
const SRC6 = '20010db8000000000000000000000001'
const DST6 = '20010db800ff00000000000000000002'
const IPV6 = (next: string, rest = ''): string => `6a4 12345 0064 ${next} 40 ${SRC6} ${DST6} ${rest}`
const TCP = '1f90 c350 00000001 00000002 50 18 1000 0000 0000'
const UDP = '0035 8000 0010 abcd 0102030405060708'
const ICMP = '0301 1234 00000000 4500'

/** Flow samples with one case each; the sampling rate is the number of the case, so that a line tells its case. */
const flows: readonly Case[][] = [
  [],
  [header(1, `${MACS} 0800 ${IPV4('06', TCP)}`)],
  [header(1, `${MACS} 0800 ${IPV4('06', TCP)}`), switched],
  [switched, header(1, `${MACS} 8100 2abc 0800 ${IPV4('11', UDP)}`)],
  [switched, header(1, `${MACS} 0800 ${IPV4('11', UDP)}`)],
  [header(1, `${MACS} 88a8 0064 8100 00c8 0800 ${IPV4('11', UDP)}`)],
  [header(1, `${MACS} 9100 0001 9200 0002 9300 0003 86dd ${IPV6('06', TCP)}`)],
  [header(1, `${MACS} 0040 aaaa03 000000 0800 ${IPV4('06', TCP)}`)],
  [header(1, `${MACS} 0040 aaaa03 00000c 2000 0102030405060708090a`)],
  [header(1, `${MACS} 0026 424203 0000000000 8000001122334455`)],
  [header(1, `${MACS} 0040 060603 ${IPV4('06', TCP)}`)],
  [header(1, `${MACS} 0200 ffff 0028 0011 000000000000000000000000`)],
  [header(1, `${MACS} 0600 ffff 0010 0011 000000000000000000000000`)],
  [header(1, `${MACS} 0806 0001 0800 0604 0001 020000000002 0a000001 000000000000 0a000002`)],
  [header(1, `${MACS} 8847 00010140 ${IPV4('06', TCP)}`)],
  [header(1, `${MACS} 0800 ${IPV4('01', ICMP)}`)],
  [header(1, `${MACS} 0800 ${IPV4('06', TCP, '45', '2000')}`)],
  [header(1, `${MACS} 0800 ${IPV4('06', TCP, '45', '2010')}`)],
  [header(1, `${MACS} 0800 ${IPV4('11', `94040000 ${UDP}`, '46')}`)],
  [header(1, `${MACS} 0800 ${IPV4('06', TCP, '4f')}`)],
  [header(1, `${MACS} 0800 ${IPV4('06', TCP, '44')}`)],
  [header(1, `${MACS} 0800 ${IPV4('06', TCP, '65')}`)],
  [header(1, `${MACS} 0800 ${IPV4('2f', `00000800 ${IPV4('06', TCP)}`)}`)],
  [header(1, `${MACS} 0800 ${IPV4('06', '1f90 c350 00000001 00000002')}`)],
  [header(1, `${MACS} 0800 ${IPV4('06', '1f90 c350 0000')}`)],
  [header(1, `${MACS} 0800 4500`)],
  [header(1, `${MACS} 0800`)],
  [header(1, '020000000001 02000000')],
  [header(1, `${MACS} 8100 0064`)],
  [header(1, `${MACS} 86dd ${IPV6('11', UDP)}`)],
  [header(1, `${MACS} 86dd ${IPV6('3a', '8700 1234 00000000')}`)],
  [header(1, `${MACS} 86dd ${IPV6('00', `0600 050200000100 ${TCP}`)}`)],
  [header(1, `${MACS} 86dd ${IPV6('2c', `1100 0100 00000001 ${UDP}`)}`)],
  [header(1, `${MACS} 86dd ${IPV6('33', `0604 0000 00000001 00000001 ${'00'.repeat(28)} ${TCP}`)}`)],
  [header(1, `${MACS} 86dd ${IPV6('3c', '06ff 0000')}`)],
  [header(1, `${MACS} 86dd ${IPV6('00')}`)],
  [header(1, `${MACS} 86dd 6000 0000 0010 11 40 ${SRC6}`)],
  [header(1, `${MACS} 86dd 4a41 2345 0064 11 40 ${SRC6} ${DST6} ${UDP}`)],
  [header(11, IPV4('06', TCP))],
  [header(11, IPV4('06', TCP, '41'))],
  [header(12, IPV6('11', UDP))],
  [header(12, IPV4('06', `${TCP} ${TCP}`))],
  [header(13, `00010140 ${IPV4('06', TCP)}`)],
  [header(7, `ff03 0021 ${IPV4('06', TCP)}`)],
  [header(15, '0800 0000 020000000001 020000000002 020000000003 0010 aaaa03000000')],
  [header(15, '0801 0000 020000000001 020000000002 020000000003 0010 aaaa03000000')],
  [header(15, '0802 0000 020000000001 020000000002 020000000003 0010 aaaa03000000')],
  [header(15, '0803 0000 020000000001 020000000002 020000000003 0010 020000000004')],
  [header(15, '8000 0000 020000000001 020000000002 020000000003 0010')],
  [header(99, '0102030405060708')],
  [header(1, `${MACS} 0800 ${IPV4('06', TCP)}`, 60, 100)],
  [header(1, `${MACS} 0800 ${IPV4('06', TCP)}`, 0xffffffff, 0)],
  [header(1, `${MACS} 0800 ${IPV4('06', TCP)}`), header(13, `${MACS} 0000 ${IPV4('11', UDP)}`)],
  [header(1, `${MACS} 86dd ${IPV6('06', TCP)}`), header(11, IPV4('11', UDP))],
  [header(11, IPV4('11', UDP)), header(12, IPV6('06', TCP))],
  [header(1, `${MACS} 0800 ${IPV4('06', TCP)}`), header(1, `${MACS} 0806 0001 0800 0604 0001 020000000002`)],
  [words(2, 1500, 0x02000000, 0x00010000, 0x02000000, 0x00020000, 0x0800)],
  [words(2, 1500, 0x02000000, 0x00010000, 0x02000000, 0x00020000, 0xdeadbeef)],
  [words(3, 1480, 6, 0xc0000201, 0xc6336402, 443, 50_000, 0x18, 0xb8)],
  [words(3, 1480, 17, 0xc0000201, 0xc6336402, 53, 50_000, 0x18, 0x1b8)],
  [words(3, 1480, 0x80000001, 0xc0000201, 0xc6336402, 0xffffffff, 0x10000, 0, 0)],
  [words(4, 1440, 6, 0x20010db8, 0, 0, 1, 0x20010db8, 0, 0, 2, 443, 50_000, 0x12, 7)],
  [
    header(1, `${MACS} 8100 0005 0800 ${IPV4('06', TCP)}`),
    words(2, 1500, 0x0a000000, 0x00010000, 0x0a000000, 0x00020000, 0x86dd),
    words(4, 1440, 17, 0x20010db8, 0, 0, 1, 0x20010db8, 0, 0, 2, 443, 50_000, 0x12, 7),
    switched,
  ],
  [words(1021, 900, 0x02000000, 0x00010000, 0x02000000, 0x00020000, 0x86dd)],
  [words(1022, 900, 0x02000000, 0x00010000, 0x02000000, 0x00020000, 0x0800)],
  [words(1023, 800, 6, 0x0a000001, 0x0a000002, 1, 2, 3, 4)],
  [words(1024, 800, 17, 0x0a000001, 0x0a000002, 1, 2, 3, 4)],
  [words(1025, 800, 6, 0x20010db8, 0, 0, 3, 0x20010db8, 0, 0, 4, 1, 2, 3, 4)],
  [words(1026, 800, 50, 0x20010db8, 0, 0, 3, 0x20010db8, 0, 0, 4, 1, 2, 3, 4)],
  [words(2100, 6, 0x0a000001, 0x0a000002, 80, 81)],
  [words(2101, 6, 0x20010db8, 0, 0, 5, 0x20010db8, 0, 0, 6, 80, 81)],
  [words(2102, 6, 0x0a000001, 0x0a000002, 80, 81)],
  [words(1002, 1, 0x0a000001, 24, 16), words(0x7ff_007, 1, 2, 3)],
]

/** Input and output as a compact sample's words, and as an expanded one's four. */
const compactInterfaces = [
  [0x3fffffff, 0x40000102],
  [0, 0x80000007],
  [1, 0x80000000],
  [0xc0000005, 0x7fffffff],
] as const
const expandedInterfaces = [
  [0, 0xffffffff, 1, 258],
  [0, 0x3fffffff, 2, 7],
  [3, 5, 0, 0x80000000],
] as const

const ifCounters = (index: number, fill: number): Case =>
  words(1, index, 6, fill, fill, 1, 3, fill, fill, 1, 2, 3, 4, 5, 6, fill, 7, fill, 8, 9, 10, 11, 2)

const counters: readonly Case[][] = [
  [],
  [ifCounters(1, 0)],
  [ifCounters(2, 0xffffffff), words(2, ...Array<number>(13).fill(1))],
  [ifCounters(3, 1), ifCounters(4, 2)],
  [words(2, ...Array<number>(13).fill(9))],
  [words(5, 10, 0, 1, 2, 3, 4, 5)],
]

function writeEdges(path: string): void {
  const capture = new CaptureWriter(path)
  const w = new DatagramWriter()
  let sequence = 0
  const one = (sample: () => void): void => {
    w.begin(capture.bytes, capture.view, capture.begin(), 0xc0000209, ++sequence, sequence)
    sample()
    capture.end(w.end(), 1_767_225_600, sequence, 0xc0000209)
  }
  const body = (records: readonly Case[]): void => {
    for (const record of records) record(w)
    w.endSample()
  }
  for (const [i, records] of flows.entries()) {
    one(() => {
      w.beginSample(i % 2 === 0 ? 1 : 3, ...(i % 2 === 0 ? [i, 1, i, 0, 0, 1, 2] : [i, 0, 1, i, 0, 0, 0, 1, 0, 2]))
      body(records)
    })
  }
  for (const [input, output] of compactInterfaces) {
    one(() => {
      w.beginSample(1, 1, 1, 0xffffffff, 0, 0, input, output)
      body([])
    })
  }
  for (const interfaces of expandedInterfaces) {
    one(() => {
      w.beginSample(3, 1, 0, 1, 1000, 0, 0, ...interfaces)
      body([])
    })
  }
  for (const records of counters) {
    one(() => {
      w.beginSample(2, 1, 1)
      body(records)
      w.beginSample(4, 1, 0, 1)
      body(records)
    })
  }
  one(() => {
    w.beginSample(0x7ff_00a, 1, 2, 3)
    w.endSample()
    w.beginSample(2, 1, 1)
    body([ifCounters(9, 3)])
  })
  for (const [reason, records] of [
    [258, flows[1]],
    [372, flows[29]],
    [777, []],
  ] as const) {
    one(() => {
      w.beginSample(5, 1, 0, 0, 0, 17, 0, reason)
      body(records ?? [])
    })
  }
  // An agent with an IPv6 address: the header is written over again, twelve bytes longer.
  const at = capture.begin()
  w.begin(capture.bytes, capture.view, at, 0, 0, 0)
  w.position = at + 40
  w.beginSample(1, 1, 1, 7, 0, 0, 1, 2)
  body(flows[1] ?? [])
  const length = w.end()
  for (const [i, word] of [5, 2, 0x20010db8, 0, 0, 0xabc, 0, 1, 1, 1].entries())
    capture.view.setUint32(at + i * 4, word)
  capture.end(length, 1_767_225_600, 999_999, 0xc0000209)
  capture.close()
}

const folder = join(import.meta.dirname, '..', 'fixtures', 'line')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const path = (name: string): string => join(folder, `${name}.pcap`)
writeEdges(path('edges'))
generateZipf({ samples: 60, flows: 40, seed: 7, path: path('zipf') })
generateMixed({ samples: 78, flows: 40, seed: 7, path: path('mixed') })
const tool = findSflowtool()
for (const name of ['edges', 'zipf', 'mixed']) {
  if (tool === undefined) console.log(`sflowtool not found: fixtures/line/${name}.sflowtool.txt is not written`)
  else writeFileSync(join(folder, `${name}.sflowtool.txt`), sflowtoolLines(tool, path(name)).lines)
}
