// Owns when the packets of a cycle are sent, and what is known of a cycle when it is over. Knows no namespace and no file.
// See lab.ts for the folder. Start at sendCycles.

import type { DiscardReceiver } from '../sys/discard-receiver.ts'
import type { PatternSender } from '../sys/pattern-sender.ts'
import { PreciseWait } from '../sys/precise-wait.ts'
import type { WallClock } from '../sys/wall-clock.ts'
import { round } from './roce-messages.ts'

/** Packets are handed over in so short steps that a switch sees them spread out: 50 of them at 50,000 a second. */
const STEP_NS = 1_000_000n
const STEPS_PER_S = 1000
/** A stop is heard so soon in a pause. */
const HEARD_NS = 100_000_000n
/** What is in queues on the way is waited for so long behind the last packet. */
const SETTLE_NS = 300_000_000n

/** One cycle. Times are CLOCK_REALTIME, ns since 1970. */
export interface Cycle {
  /** Counts from 1. */
  readonly number: number
  /** Before the first packet was handed to the kernel. */
  readonly startNs: bigint
  /** After the last was. */
  readonly endNs: bigint
  /** Taken by the kernel. */
  readonly packets: number
  /** Of them, those that were marked. */
  readonly ce: number
  /** What came to the receiver from the start of this cycle to that of the next. */
  readonly received: number
}

export interface CyclePlan {
  readonly cycles: number
  readonly packets: number
  readonly pauseNs: bigint
  /** Packets a second within a cycle. */
  readonly rate: number
  readonly ecn: number
  readonly stop: AbortSignal
}

export interface CycleEnds {
  /** Take turns, packet after packet; at least one. */
  readonly senders: readonly PatternSender[]
  readonly receiver: DiscardReceiver
  readonly clock: WallClock
}

/**
 * Sends cycle after cycle: the seven messages of `round` over and over, evenly at the rate, until there were `packets`; then
 * nothing for the pause. A stop ends the cycle that it meets.
 * @param told gets each cycle when it is over and its packets have had time to arrive
 */
export async function sendCycles(plan: CyclePlan, ends: CycleEnds, told: (cycle: Cycle) => void): Promise<void> {
  const { receiver } = ends
  const wait = new PreciseWait()
  let before = 0
  let begin = process.hrtime.bigint()
  for (let number = 1; number <= plan.cycles && !plan.stop.aborted; number++) {
    const sent = await sendCycle(plan, ends, wait, begin)
    const isLast = number === plan.cycles || plan.stop.aborted
    begin = process.hrtime.bigint() + (isLast ? SETTLE_NS : plan.pauseNs)
    await waitDraining(plan, receiver, wait, begin, isLast)
    told({ number, ...sent, received: receiver.count - before })
    before = receiver.count
  }
}

/** A cycle, without what comes of it. */
type SentCycle = Omit<Cycle, 'number' | 'received'>

/** @param from on the monotonic clock; a late step is caught up with, a late beginning makes all of the cycle late */
async function sendCycle(plan: CyclePlan, ends: CycleEnds, wait: PreciseWait, from: bigint): Promise<SentCycle> {
  const { senders, receiver, clock } = ends
  const { packets, rate, ecn, stop } = plan
  const sentBefore = sentBy(senders)
  const markedBefore = markedBy(senders)
  let sent = 0
  await wait.waitUntil(from)
  const startNs = clock.nowNs()
  const begin = process.hrtime.bigint()
  for (let step = 1; sent < packets && !stop.aborted; step++) {
    const due = Math.min(packets, Math.ceil((step * rate) / STEPS_PER_S))
    for (; sent < due; sent++) {
      const turn = senders.length === 1 ? sent : Math.floor(sent / senders.length)
      senders[sent % senders.length]!.send(round[turn % round.length]!, Math.random() < ecn)
    }
    for (const sender of senders) sender.flush()
    receiver.drain()
    if (sent < packets) await wait.waitUntil(begin + BigInt(step) * STEP_NS)
  }
  const endNs = clock.nowNs()
  return { startNs, endNs, packets: sentBy(senders) - sentBefore, ce: markedBy(senders) - markedBefore }
}

const sentBy = (senders: readonly PatternSender[]): number => senders.reduce((sum, { counts }) => sum + counts.sent, 0)

const markedBy = (senders: readonly PatternSender[]): number => senders.reduce((sum, { marked }) => sum + marked, 0)

/** Waits until just before the moment, so that the first packet of the next cycle is on time. */
async function waitDraining(
  { stop }: CyclePlan,
  receiver: DiscardReceiver,
  wait: PreciseWait,
  until: bigint,
  isLast: boolean,
): Promise<void> {
  for (;;) {
    receiver.drain()
    const left = until - process.hrtime.bigint() - 2n * STEP_NS
    if (left <= 0n || (stop.aborted && !isLast)) return
    await wait.waitUntil(process.hrtime.bigint() + (left < HEARD_NS ? left : HEARD_NS))
  }
}
