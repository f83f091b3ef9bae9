// Owns `sonde lab traffic` from options to exit code. Knows no terminal. See lab.ts for the folder; when packets are sent is in
// cycles.ts, what they are in roce-messages.ts.

import { EnvironmentError, exitCode } from '../errors.ts'
import { parseAddress } from '../parse/address.ts'
import { openFileSink } from '../sink/fd-sink.ts'
import type { Sink } from '../sink/sink.ts'
import { DiscardReceiver } from '../sys/discard-receiver.ts'
import { SystemCallError } from '../sys/errno.ts'
import { type Libc, loadLibc } from '../sys/libc.ts'
import { inNetns } from '../sys/netns.ts'
import { PatternSender } from '../sys/pattern-sender.ts'
import { goFirst } from '../sys/real-time.ts'
import { AF_INET, AF_INET6, type Family } from '../sys/sockaddr.ts'
import { UdpSocket } from '../sys/socket.ts'
import { WallClock } from '../sys/wall-clock.ts'
import { type CycleEnds, sendCycles } from './cycles.ts'
import { refuseWithoutRights } from './needs.ts'
import { blockSender, clearTheWay, slowDown } from './obstacles.ts'
import { type LabReport, type TrafficKind, type TrafficOptions, USUAL_LAB } from './options.ts'
import { hostAddress, netnsOf, receivingHost, sendingHosts } from './plan.ts'
import { Programs } from './programs.ts'
import { CONGESTED, paddedMessages, ROCE_PORT, SOURCE_PORT } from './roce-messages.ts'
import { CycleSums, formatCycle, formatLosses, formatSummary, type TrafficSummary } from './traffic-summary.ts'

/** The messages as they are, or so long that the packets of an incast fill a queue. */
const payloadBytes: Readonly<Record<TrafficKind, number>> = { job: 0, blocked: 0, incast: 1024 }
/** Room for a cycle that comes while this process waits for a processor. */
const RECEIVE_BYTES = 16 << 20
/** More than any queue on the way holds: the kernel counts a packet as the sender's until it is received, and would make it wait. */
const SEND_BYTES = 16 << 20

/**
 * Sends the lab's traffic to its end or a stop.
 * @param openOutput for the summary object
 * @returns 0; 5 where packets could not be sent
 * @throws EnvironmentError where there is no such lab, or this user may not enter it
 */
export async function runTraffic(options: TrafficOptions, report: LabReport, openOutput: () => Sink): Promise<number> {
  refuseWithoutRights()
  const { libc, why } = await loadLibc()
  if (!libc) throw new EnvironmentError(`Packets can't be sent from a namespace: ${why}.`)
  const { name, kind, isIpv6 } = options
  const programs = new Programs(options.environment)
  const ends = openEnds(libc, options)
  const log = options.log === undefined ? undefined : openFileSink(options.log)
  const sums = new CycleSums()
  try {
    await clearTheWay(programs, name)
    if (kind === 'incast') await slowDown(programs, name)
    if (kind === 'blocked') await blockSender(programs, name, isIpv6)
    for (const line of whatIsSent(options)) report.note(line)
    // With twice as many busy processes as processors, cycles were late by up to 80 ms without.
    const stepBack = goFirst(libc)
    await sendCycles(options, ends, (cycle) => {
      sums.add(cycle)
      log?.write(new TextEncoder().encode(formatCycle(cycle)))
      report.progress('lab', cycle.number, options.cycles, `${cycle.number} of ${options.cycles} cycles`)
    }).finally(stepBack)
  } finally {
    if (kind !== 'job') await clearTheWay(programs, name)
    await log?.close()
    ends.close()
  }
  const summary = summaryOf(options, sums, ends)
  for (const line of formatLosses(summary)) report.tell(line)
  for (const line of formatSummary(summary)) report.note(line)
  if (options.format === 'ndjson') {
    const output = openOutput()
    output.write(new TextEncoder().encode(`${JSON.stringify(summary)}\n`))
    await output.close()
  }
  return Object.keys(summary.not_sent).length > 0 ? exitCode.environment : exitCode.good
}

/** The senders of a kind, the first alone or all. */
const sendersOf = (kind: TrafficKind) => (kind === 'incast' ? sendingHosts : sendingHosts.slice(0, 1))

/** Sockets in the namespaces of hosts. */
interface OpenEnds extends CycleEnds {
  close(): void
}

function openEnds(libc: Libc, { name, kind, isIpv6 }: TrafficOptions): OpenEnds {
  const closing: (() => void)[] = []
  const close = () => {
    for (const each of closing.splice(0).reverse()) each()
  }
  const family = isIpv6 ? AF_INET6 : AF_INET
  const socketIn = (host: string, use: (socket: UdpSocket) => void): UdpSocket => {
    const socket = openSocketIn(libc, netnsOf(name, host), family, use)
    closing.push(() => socket.close())
    return socket
  }
  const from = sendersOf(kind)
  const to = { words: parseAddress(hostAddress(receivingHost, isIpv6))!, port: ROCE_PORT }
  try {
    const taking = socketIn(receivingHost.name, (socket) => {
      socket.askReceiveBuffer(RECEIVE_BYTES, true)
      socket.bind(to.words, to.port)
    })
    const receiver = new DiscardReceiver(libc, taking.fd)
    closing.push(() => receiver.close())
    const senders = from.map((host) => {
      const socket = socketIn(host.name, (opened) => {
        opened.askSendBuffer(SEND_BYTES, true)
        opened.bind(parseAddress(hostAddress(host, isIpv6))!, SOURCE_PORT)
      })
      const sender = new PatternSender(libc, socket, to, paddedMessages(payloadBytes[kind]), CONGESTED)
      closing.push(() => sender.close())
      return sender
    })
    const clock = new WallClock(libc)
    closing.push(() => clock.close())
    return { senders, receiver, clock, close }
  } catch (error) {
    close()
    throw cannotEnter(name, error)
  }
}

function openSocketIn(libc: Libc, netns: string, family: Family, use: (socket: UdpSocket) => void): UdpSocket {
  return inNetns(libc, netns, () => {
    const socket = new UdpSocket(libc, family)
    try {
      socket.leaveOutChecksum()
      use(socket)
      return socket
    } catch (error) {
      socket.close()
      throw error
    }
  })
}

function cannotEnter(name: string, cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
    const up = name === USUAL_LAB ? 'sonde lab up' : `sonde lab up --name ${name}`
    return new EnvironmentError(`There is no lab "${name}".`, [`Make it: ${up}`], { cause })
  }
  if (!(cause instanceof SystemCallError)) return cause
  const steps = cause.code === 'EADDRINUSE' ? ['Is traffic being sent already?'] : ['sonde lab up makes the lab anew.']
  return new EnvironmentError(`Traffic can't be sent in the lab "${name}": ${cause.message}.`, steps, { cause })
}

function whatIsSent({ kind, cycles, packets, isIpv6 }: TrafficOptions): string[] {
  const from = sendersOf(kind).map((host) => `${host.name} (${hostAddress(host, isIpv6)})`)
  const to = `${receivingHost.name} (${hostAddress(receivingHost, isIpv6)})`
  const lines = [`${from.join(', ')} to ${to}: ${cycles} cycles of ${packets} packets.`]
  const { leaf, port } = receivingHost
  if (kind === 'incast') lines.push(`${leaf} ${port}, the port to ${receivingHost.name}, has 100 Mb/s.`)
  if (kind === 'blocked') lines.push(`A firewall in ${leaf} drops it.`)
  return lines
}

function summaryOf(options: TrafficOptions, sums: CycleSums, { senders }: CycleEnds): TrafficSummary {
  const period = sums.periodS
  const notSent: Record<string, number> = {}
  for (const { counts } of senders) {
    for (const [error, count] of counts.failed) notSent[error] = (notSent[error] ?? 0) + count
    if (counts.full > 0) notSent['send buffer full'] = (notSent['send buffer full'] ?? 0) + counts.full
  }
  return {
    lab: options.name,
    kind: options.kind,
    cycles: sums.count,
    packets: sums.packets,
    received: sums.received,
    ce: sums.ce,
    period_s: period?.mean ?? null,
    period_min_s: period?.min ?? null,
    period_max_s: period?.max ?? null,
    burst_s: sums.burstS ?? null,
    not_sent: notSent,
    stopped: options.stop.aborted,
  }
}
