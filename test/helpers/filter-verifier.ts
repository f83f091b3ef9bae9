// Bodies of filter functions before the running kernel's verifier, and run by it: a SCHED_CLS program of a few instructions that
// calls one as sonde's programs do. Needs root. Used by test/kernel, and by the guests of test/vm, hence on Node's modules alone.

import { BpfCalls } from '../../src/lib/kernel/bpf/bpf-calls.ts'
import { FILTER_BYTES, linkTypes } from '../../src/lib/pcap-filter/classic.ts'
import { compileFilter } from '../../src/lib/pcap-filter/compile.ts'
import { classicToEbpf } from '../../src/lib/pcap-filter/ebpf.ts'
import { loadLibc } from '../../src/lib/sys/libc.ts'
import { runClassic } from './classic-machine.ts'
import { dice, frames, randomProgram } from './filter-packets.ts'
import { classicOf, filterPrograms } from './filter-programs.ts'

const PER_CPU_ARRAY = 6
const SCHED_CLS = 3
/** struct __sk_buff, of which nothing is set. */
const CONTEXT_BYTES = 192
/** BPF_PROG_TEST_RUN takes no less; and of IP, by its EtherType, no less than its header. */
const ETHERNET_BYTES = 14
const IPV4 = 0x0800
const IPV6 = 0x86dd
const headerBytes: Readonly<Record<number, number>> = { [IPV4]: 20, [IPV6]: 40 }

type Row = readonly [opcode: number, destination: number, source: number, offset: number, immediate: number]

/** As the filter's callers do it: up to FILTER_BYTES of the packet into a per-CPU array's value, then the call. */
const caller = (mapFd: number): readonly Row[] => [
  [0xbf, 6, 1, 0, 0], //       r6 = skb
  [0x62, 10, 0, -4, 0], //     key = 0
  [0x18, 1, 1, 0, mapFd], //   r1 = map, in two slots
  [0x00, 0, 0, 0, 0],
  [0xbf, 2, 10, 0, 0], //      r2 = &key
  [0x07, 2, 0, 0, -4],
  [0x85, 0, 0, 0, 1], //       bpf_map_lookup_elem
  [0x55, 0, 0, 2, 0], //       found?
  [0xb4, 0, 0, 0, 0],
  [0x95, 0, 0, 0, 0],
  [0xbf, 7, 0, 0, 0], //       r7 = bytes
  [0x61, 8, 6, 0, 0], //       w8 = skb->len
  [0xbc, 9, 8, 0, 0], //       w9 = min(len, FILTER_BYTES), in the form that 6.1 understands
  [0xb6, 9, 0, 1, FILTER_BYTES],
  [0xb4, 9, 0, 0, FILTER_BYTES],
  [0x04, 9, 0, 0, -1],
  [0x54, 9, 0, 0, FILTER_BYTES - 1],
  [0x04, 9, 0, 0, 1],
  [0xbf, 1, 6, 0, 0],
  [0xb4, 2, 0, 0, 0],
  [0xbf, 3, 7, 0, 0],
  [0xbf, 4, 9, 0, 0],
  [0x85, 0, 0, 0, 26], //      bpf_skb_load_bytes
  [0xbf, 1, 7, 0, 0],
  [0xbc, 2, 9, 0, 0],
  [0xbc, 3, 8, 0, 0],
  [0x85, 0, 1, 0, 1], //       the function that follows behind the exit
  [0x95, 0, 0, 0, 0],
]

function assemble(rows: readonly Row[], body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(rows.length * 8 + body.length)
  const view = new DataView(bytes.buffer)
  rows.forEach(([opcode, destination, source, offset, immediate], i) => {
    view.setUint8(i * 8, opcode)
    view.setUint8(i * 8 + 1, destination | (source << 4))
    view.setInt16(i * 8 + 2, offset, true)
    view.setInt32(i * 8 + 4, immediate, true)
  })
  bytes.set(body, rows.length * 8)
  return bytes
}

export class FilterVerifier {
  readonly #calls: BpfCalls
  readonly #map: number

  /** @throws Error where this machine takes no programs */
  static async open(): Promise<FilterVerifier> {
    const { libc, why } = await loadLibc()
    const calls = libc && BpfCalls.open(libc)
    if (calls === undefined) throw new Error(why ?? 'bpf(2) is not known here')
    return new FilterVerifier(calls)
  }

  private constructor(calls: BpfCalls) {
    this.#calls = calls
    this.#map = calls.createMap({
      name: 'filter_test',
      type: PER_CPU_ARRAY,
      keyBytes: 4,
      valueBytes: FILTER_BYTES,
      maxEntries: 1,
      flags: 0,
    })
  }

  /**
   * Has a body verified, runs it on packets of at least 14 bytes, and lets it go.
   * @returns what it gave for each
   * @throws LoadError with the verifier's words
   */
  run(body: Uint8Array, packets: readonly Uint8Array[]): number[] {
    const program = this.#calls.loadProgram({
      name: 'filter_test',
      type: SCHED_CLS,
      attachType: 0,
      licence: 'GPL',
      instructions: assemble(caller(this.#map), body),
      btfFd: 0,
      functionInfo: new Uint8Array(),
      coreRelocations: new Uint8Array(),
      attachBtfId: 0,
    })
    try {
      const context = new Uint8Array(CONTEXT_BYTES)
      return packets.map((packet) => this.#calls.testRun(program, packet, context, 1).result)
    } finally {
      this.#calls.libc.close(program)
    }
  }

  close(): void {
    this.#calls.libc.close(this.#map)
  }
}

/** Frames whole, cut within their headers, and longer than what a filter sees. */
const packets: readonly Uint8Array[] = frames.flatMap(({ bytes }) => {
  const long = new Uint8Array(FILTER_BYTES + 72)
  long.set(bytes)
  const least = ETHERNET_BYTES + (headerBytes[new DataView(long.buffer).getUint16(12)] ?? 0)
  const cuts = [14, 30, 37, 54].map((cut) => bytes.subarray(0, cut))
  return [bytes, ...cuts, long].filter(({ length }) => length >= least)
})

export interface Verified {
  readonly programs: number
  readonly runs: number
  /** Runs whose packet was not rejected. */
  readonly accepted: number
}

const many = (count: number, one: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => one(i)).join(' or ')

/** What sonde compiles itself, for frames; `false` where packets without a link header have no such thing. */
const compiled: readonly (readonly [expression: string, raw: boolean])[] = [
  ['port https', true],
  ['tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn', true],
  ['not (src net 10.0.0.0/8 and dst portrange 1-1023)', true],
  ['ip protochain 6', true],
  ['ip6 protochain 17 and port 53', true],
  ['protochain 17', true],
  ['geneve and tcp port 80', true],
  ['vlan and vlan and tcp port 80 and host 10.0.0.1', false],
  ['mpls and mpls and host 10.0.0.1', false],
  ['pppoes and tcp port 80', false],
  ['tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420', true],
  ['ip[ip[2:2] - 20] * 3 % 7 > 2 or len / ip[8] < 9', true],
  [many(100, (i) => `host 10.0.${i}.1`), true],
  [many(50, (i) => `port ${1000 + 3 * i}`), true],
]

const ownPrograms = compiled.flatMap(([expression, raw]) =>
  [linkTypes.ethernet, ...(raw ? [linkTypes.raw] : [])].map((link) => ({
    name: `${expression.slice(0, 60)} on ${link}`,
    program: compileFilter(expression, link),
  })),
)

/**
 * tcpdump's programs, sonde's own and random ones: each must be taken, and answer on each packet as classic BPF does.
 * @throws Error that names the program
 */
export async function verifyFilters(randomPrograms: number): Promise<Verified> {
  const roll = dice(6_1)
  const programs = [
    ...filterPrograms.map(({ expression, instructions }) => ({ name: expression, program: classicOf(instructions) })),
    ...ownPrograms,
    ...Array.from({ length: randomPrograms }, (_, i) => ({ name: `random ${i}`, program: randomProgram(roll) })),
  ]
  const verifier = await FilterVerifier.open()
  let runs = 0
  let accepted = 0
  try {
    for (const { name, program } of programs) {
      const want = packets.map((packet) =>
        runClassic(program, packet, Math.min(packet.length, FILTER_BYTES), packet.length),
      )
      let found: number[]
      try {
        found = verifier.run(classicToEbpf(program), packets)
      } catch (error) {
        const log = 'log' in (error as object) ? (error as { log: string }).log.slice(-1000) : ''
        throw new Error(`${name}: ${(error as Error).message} ${log}`)
      }
      found.forEach((answer, i) => {
        if (answer !== want[i]) throw new Error(`${name} on packet ${i}: ${answer}, not ${want[i]}`)
      })
      runs += found.length
      accepted += found.filter((answer) => answer > 0).length
    }
  } finally {
    verifier.close()
  }
  return { programs: programs.length, runs, accepted }
}
