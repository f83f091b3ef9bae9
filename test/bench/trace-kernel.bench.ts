// Owns `npm run bench:trace` (root): what following packets costs the kernel for each tracepoint that a packet reaches, told or
// refused, what it costs the packet's whole way, and what reading an event costs this process. In network namespaces of its own.
// Prints and never fails on a time.
//
//   node --import tsx test/bench/trace-kernel.bench.ts [--packets N] [--rounds N]

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { openTrace } from '../../src/lib/kernel/trace/open-trace.ts'
import type { TraceWish } from '../../src/lib/kernel/trace/trace-watch.ts'
import { byTracepoints, udpTo } from '../helpers/heard-steps.ts'
import { Namespaces, noNamespaces } from '../helpers/namespaces.ts'
import { blast, sink } from '../helpers/udp-blast.ts'

const STATS = '/proc/sys/kernel/bpf_stats_enabled'
const PORT = 7777
/** UDP payload, so that a packet has 256 bytes. */
const PAYLOAD = 214
/** Nothing listens there: an inode of no namespace. */
const NO_NETNS = 1

const { values } = parseArgs({
  options: { packets: { type: 'string', default: '50000' }, rounds: { type: 'string', default: '3' } },
})
const packets = Number(values.packets)
const say = (line: string) => process.stdout.write(`${line}\n`)

const wishes: Readonly<Record<string, Partial<TraceWish>>> = {
  told: {},
  'told, by a filter': { filter: udpTo(PORT) },
  'told, followed': { filter: udpTo(PORT), track: true },
  'told, with 4 fields': { meta: ['skb->mark', 'skb->len', 'skb->dev->ifindex', 'skb->dev->nd_net.net->ns.inum'] },
  'told, with callers': { caller: true },
  'told, with stacks': { stack: true },
  'refused by a filter': { filter: udpTo(PORT + 1) },
  'refused by a filter, if followed': { filter: udpTo(PORT + 1), track: true },
  'refused by interface': { interfaceName: 'nowhere' },
  'refused by namespace': { netns: NO_NETNS },
}

/** Runs and nanoseconds of the programs that this process holds at tracepoints. */
function held(): { runs: number; nanoseconds: number } {
  const sum = { runs: 0, nanoseconds: 0 }
  for (const fd of readdirSync('/proc/self/fd')) {
    let text = ''
    try {
      text = readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')
    } catch {
      continue // closed meanwhile
    }
    if (!/^prog_type:/m.test(text)) continue
    sum.runs += Number(/^run_cnt:\t(\d+)$/m.exec(text)?.[1] ?? 0)
    sum.nanoseconds += Number(/^run_time_ns:\t(\d+)$/m.exec(text)?.[1] ?? 0)
  }
  return sum
}

interface Measured {
  readonly nsPerRun: number
  readonly runsPerPacket: number
  readonly nsPerPacket: number
  readonly nsPerDrained: number
  readonly told: number
  readonly ringFull: number
  readonly openMs: number
  readonly closeMs: number
}

/** One wish: so many packets with the kernel's statistics, and so many without, for the time of a packet's whole way. */
async function measure(spaces: Namespaces, wish: Partial<TraceWish> | undefined): Promise<Measured> {
  const begin = performance.now()
  const watch = wish && (await openTrace({ ...byTracepoints, ...wish }))
  const openMs = performance.now() - begin
  let told = 0
  let drainMs = 0
  const drain = () => {
    const from = performance.now()
    told += watch?.drain(() => undefined) ?? 0
    drainMs += performance.now() - from
  }
  const send = () => {
    const from = performance.now()
    const drained = drainMs
    blast(spaces, { from: 'a', to: '10.99.0.2', port: PORT, count: packets, bytes: [PAYLOAD], between: drain })
    return performance.now() - from - (drainMs - drained)
  }
  send()
  writeFileSync(STATS, '1')
  const before = held()
  send()
  const after = held()
  writeFileSync(STATS, '0')
  told = 0
  drainMs = 0
  const ms = send()
  const ringFull = watch?.counts().ringFull ?? 0
  const closing = performance.now()
  watch?.close()
  return {
    nsPerRun: (after.nanoseconds - before.nanoseconds) / Math.max(1, after.runs - before.runs),
    runsPerPacket: (after.runs - before.runs) / packets,
    nsPerPacket: (ms * 1e6) / packets,
    nsPerDrained: told > 0 ? (drainMs * 1e6) / told : 0,
    told,
    ringFull,
    openMs,
    closeMs: performance.now() - closing,
  }
}

async function main(): Promise<void> {
  if (noNamespaces) {
    say(`skipped: ${noNamespaces}`)
    return
  }
  const before = readFileSync(STATS, 'latin1')
  const spaces = new Namespaces()
  try {
    spaces.make('a', 'b')
    spaces.veth('a', 'va', 'b', 'vb')
    spaces.ip('a', 'addr', 'add', '10.99.0.1/24', 'dev', 'va')
    spaces.ip('b', 'addr', 'add', '10.99.0.2/24', 'dev', 'vb')
    const close = sink(spaces, 'b', '10.99.0.2', PORT)
    say(`${packets} packets of 256 bytes over a veth, all tracepoints, least of ${values.rounds}:`)
    const best = new Map<string, Measured>()
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const [name, wish] of [['not traced', undefined] as const, ...Object.entries(wishes)]) {
        const one = await measure(spaces, wish)
        const known = best.get(name)
        if (!known || one.nsPerPacket < known.nsPerPacket) {
          best.set(name, { ...one, nsPerRun: Math.min(one.nsPerRun, known?.nsPerRun ?? one.nsPerRun) })
        }
      }
    }
    const idle = best.get('not traced')!.nsPerPacket
    for (const [name, x] of best) {
      say(
        `  ${name.padEnd(34)} ${x.nsPerRun.toFixed(0).padStart(5)} ns a run in the kernel, ${x.runsPerPacket.toFixed(1)} runs a packet; ` +
          `a packet's whole way ${x.nsPerPacket.toFixed(0).padStart(5)} ns (+${(x.nsPerPacket - idle).toFixed(0)}); ` +
          `${x.told} events told, read in ${x.nsPerDrained.toFixed(0)} ns each, ${x.ringFull} lost; ` +
          `open ${x.openMs.toFixed(0)} ms, close ${x.closeMs.toFixed(0)} ms`,
      )
    }
    close()
  } finally {
    spaces.remove()
    writeFileSync(STATS, before)
  }
}

await main()
