// Ports that never were: snapshots of `sonde ports`, for the tests of its screen.

import type { PortRow, PortSide } from '../../../src/lib/port-rates/port-row.ts'
import type { PortsCommand, PortsSnapshot } from '../../../src/lib/ports/snapshot.ts'
import { noise } from './snapshots.ts'

export const quietSide: PortSide = {
  bytes: 0,
  packets: 0,
  errors: 0,
  discards: 0,
  bitsPerSecond: 0,
  packetsPerSecond: 0,
  peakBitsPerSecond: null,
  errorsPerSecond: 0,
  discardsPerSecond: 0,
  utilization: 0,
  sampledBitsPerSecond: 0,
  samples: 0,
  sampledBy: null,
  history: [],
}

/** One direction at so many bits a second, over 20 s. */
export const side = (bits: number, speed: number, rest: Partial<PortSide> = {}): PortSide => ({
  ...quietSide,
  bytes: (bits / 8) * 20,
  packets: (bits / 8000) * 20,
  bitsPerSecond: bits,
  packetsPerSecond: bits / 8000,
  peakBitsPerSecond: null,
  utilization: bits / speed,
  sampledBitsPerSecond: bits,
  samples: 812,
  sampledBy: 'own',
  history: [0.2, 0.4, null, 0.6, 0.9, 1].map((part) => (part === null ? null : part * bits)),
  ...rest,
})

export const spine: PortRow = {
  id: 'spine2 12',
  node: 'spine2',
  agent: '10.0.0.2',
  ifIndex: 12,
  port: 'Ethernet12',
  link: 'L7',
  place: 'core',
  ifType: 6,
  speed: 400e9,
  duplex: 'full',
  admin: 'up',
  oper: 'up',
  lag: null,
  seconds: 20,
  counterAge: 3.2,
  in: side(12.1e9, 400e9),
  out: side(398.8e9, 400e9, { discards: 1020, discardsPerSecond: 51 }),
  ratio: { value: 0.99, errorPct: 3.1, low: 0.96, high: 1.02, off: false },
  samplingRate: 100_000,
  effectiveRate: 100_412.4,
  note: null,
}

const leaf: PortRow = {
  ...spine,
  id: 'leaf4 3',
  node: 'leaf4.example.net',
  agent: '10.0.0.4',
  ifIndex: 3,
  port: 'Ethernet3',
  link: null,
  place: 'edge',
  speed: 100e9,
  in: side(9.8e9, 100e9),
  out: side(1.2e9, 100e9),
  ratio: { value: 0.51, errorPct: 4, low: 0.49, high: 0.53, off: true },
  effectiveRate: 196_000,
}

const unknownSide: PortSide = {
  ...quietSide,
  bytes: null,
  packets: null,
  errors: null,
  discards: null,
  bitsPerSecond: null,
  packetsPerSecond: null,
  peakBitsPerSecond: null,
  errorsPerSecond: null,
  discardsPerSecond: null,
  utilization: null,
  sampledBitsPerSecond: null,
}

/** One that told no counters, and one that is down. */
const silent: PortRow = {
  ...spine,
  id: '10.0.0.9 7',
  node: '10.0.0.9',
  agent: '10.0.0.9',
  ifIndex: 7,
  port: null,
  link: null,
  place: null,
  speed: null,
  seconds: null,
  counterAge: null,
  in: { ...unknownSide, sampledBitsPerSecond: 5.2e6, samples: 40, sampledBy: 'others' },
  out: unknownSide,
  ratio: null,
  samplingRate: null,
  effectiveRate: null,
  admin: null,
  oper: null,
  note: 'no counter samples: bits are by flow samples of other ports',
}
const down: PortRow = {
  ...leaf,
  id: 'leaf4 4',
  ifIndex: 4,
  port: 'Ethernet4',
  oper: 'down',
  in: quietSide,
  out: quietSide,
  ratio: null,
}

export const noPorts: PortsSnapshot = {
  source: 'udp://[::]:6343',
  seconds: 0.01,
  windowMs: 60_000,
  startMs: null,
  endMs: null,
  sort: 'utilization',
  filter: null,
  rows: [],
  ports: 0,
  down: 0,
  withErrors: 0,
  withDiscards: 0,
  samplingOff: 0,
  datagrams: 0,
  datagramsPerSecond: 0,
  lostShare: null,
  notes: [],
  answered: 0,
  refused: null,
}

/** The ports of the sketch in the design, one that is known by samples only, and one that is down. */
export const fourPorts: PortsSnapshot = {
  ...noPorts,
  seconds: 72.4,
  startMs: 1_777_636_800_000,
  endMs: 1_777_636_860_000,
  rows: [spine, leaf, silent, down],
  ports: 4,
  down: 1,
  withDiscards: 1,
  samplingOff: 1,
  datagrams: 3089,
  datagramsPerSecond: 42.9,
  lostShare: 0,
}

/** `count` ports at step `n` whose numbers all change and jump by powers of ten. */
export function busyPorts(n: number, count: number): PortsSnapshot {
  const rows = Array.from({ length: count }, (_, i): PortRow => {
    const speed = [1e9, 10e9, 100e9, 400e9, null][i % 5]!
    const one = (kind: number): PortSide => {
      const bits = noise(n, i, kind) ** 3 * (speed ?? 1e9)
      const rate = (which: number) => (i % 4 === 0 ? 10 ** (noise(n, i, which) * 8 - 3) : 0)
      return side(bits, speed ?? 1e9, {
        utilization: speed === null ? null : bits / speed,
        bitsPerSecond: i % 7 === 6 ? null : bits,
        errorsPerSecond: rate(kind + 2),
        discardsPerSecond: rate(kind + 4),
        history: Array.from({ length: Math.min(n, 30) }, (_, at) => noise(i, n - at, kind) * bits),
      })
    }
    return {
      ...spine,
      id: String(i),
      node: `leaf${i % 20}${i % 3 === 0 ? '.rack7.example.net' : ''}`,
      ifIndex: i,
      port: i % 6 === 5 ? null : `Ethernet${i}/1`,
      speed,
      oper: i % 9 === 8 ? 'down' : 'up',
      in: one(1),
      out: one(2),
      ratio: i % 3 === 2 ? null : { ...spine.ratio!, value: 10 ** (noise(n, i) * 2 - 1), off: i % 8 === 7 },
    }
  })
  const notes = n % 20 < 10 ? [] : ['10.0.0.1 restarted']
  return { ...fourPorts, seconds: n / 5, rows, ports: count * 3, notes }
}

/** Takes commands as the engine does: rows stay as they are; a filter with `ifspd` is refused. */
export class FakePortEngine {
  readonly commands: PortsCommand[] = []
  #asked: Partial<PortsSnapshot> = {}

  readonly send = (command: PortsCommand): void => {
    this.commands.push(command)
    const answered = command.id
    if (command.kind === 'set' && command.filter?.includes('ifspd')) {
      const message = `--filter is wrong: "ifspd" is no attribute.\n  ${command.filter}\n  ^^^^^`
      this.#asked = { ...this.#asked, answered, refused: { message, nextSteps: [] } }
      return
    }
    this.#asked = { ...this.#asked, answered, refused: null }
    if (command.kind === 'reset') return
    const { sort, windowMs, filter } = command
    if (sort !== undefined) this.#asked = { ...this.#asked, sort }
    if (windowMs !== undefined) this.#asked = { ...this.#asked, windowMs }
    if (filter !== undefined) this.#asked = { ...this.#asked, filter: filter === '' ? null : filter }
  }

  answer(snapshot: PortsSnapshot): PortsSnapshot {
    return { ...snapshot, ...this.#asked }
  }
}
