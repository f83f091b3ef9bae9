// Owns what a listener says in words at the end: what came and what was lost. Start at summaryLines.

import { exitCode, formatCount } from '../errors.ts'
import { emptyAdvice, kernelDropAdvice, listed } from '../source/live-notices.ts'
import type { ListenSnapshot } from './snapshot.ts'

/**
 * At the end: what came, and loss of every kind; loss alone where `lossOnly`.
 * @param printed what came and was lost is in the output already: only the rest
 */
export function summaryLines(s: ListenSnapshot, lossOnly = false, printed = false): string[] {
  // One that was forgotten and came again counts twice.
  const agents = s.agents.length + s.moreAgents + s.forgotten
  const lines: string[] = []
  const span = s.seconds < 10 ? s.seconds.toFixed(1) : String(Math.round(s.seconds))
  if (!lossOnly && !printed) {
    const rate = s.seconds > 0 ? ` (${(s.datagrams / s.seconds).toFixed(1)}/s)` : ''
    lines.push(
      `${span} s: ${count(s.datagrams, 'datagram')}${rate} of ${count(agents, 'agent')}, ${count(s.samples, 'sample')}, ${count(s.issues, 'issue')}.`,
    )
    if (s.kept !== null) {
      lines.push(
        `Of these --resample ${formatCount(s.kept.oneIn)} kept ${count(s.kept.datagrams, 'datagram')} with ${count(s.kept.samples, 'sample')}; loss and issues are of all that came.`,
      )
    }
  }
  if (!lossOnly && s.datagrams === 0) lines.push(emptyAdvice(s.addresses, s.receiving ?? undefined))
  const { ownDrops: own, unknown } = s.loss
  const lost = s.loss.lost ?? 0
  const kernel = s.receiving?.kernelDropped
  const queue = s.receiving?.queueDropped ?? 0
  const refused = s.receiving?.refused ?? 0
  const parts = [
    `datagrams ${s.loss.lost === null ? 'not known' : formatCount(lost)}${s.lostShare !== null && s.lostShare > 0 ? ` (${percent(s.lostShare)})` : ''}`,
    `by the kernel ${kernel === null || kernel === undefined ? 'not known' : formatCount(kernel)}`,
    ...(queue > 0 ? [`by sonde itself ${formatCount(queue)}`] : []),
    `by agents themselves ${count(own, 'sample')}`,
  ]
  const bad = lost + own + queue + (kernel ?? 0)
  if (!printed) {
    if (!lossOnly || bad > 0) lines.push(`Lost: ${parts.join(', ')}.`)
    if (s.receiving !== null && (kernel ?? 0) > 0) {
      lines.push(kernelDropAdvice(s.receiving.bufferGranted, (kernel ?? 0) > lost))
    }
    const samples = samplesLost(s)
    if (samples !== undefined) lines.push(samples)
    const order = outOfOrder(s)
    if (order !== undefined && !lossOnly) lines.push(order)
    // Where agents were forgotten, one of these says so.
    if (!lossOnly || bad > 0 || s.forgotten > 0) lines.push(...unknown)
  }
  if (refused > 0) {
    const senders = listed(s.receiving?.refusedSenders ?? [])
    lines.push(`Refused: ${count(refused, 'datagram')} from senders that --allow does not name (${senders}).`)
  }
  for (const side of s.sides) {
    // A refused datagram is not always said to be one (sys/udp-sender.ts).
    const least = side.kind === 'collector' ? 'at least ' : ''
    const failed =
      side.failed > 0 ? `, ${least}${formatCount(side.failed)} failed (${side.problem ?? 'not known why'})` : ''
    if (!lossOnly || side.failed > 0) lines.push(`${side.name}: ${count(side.datagrams, 'datagram')}${failed}.`)
  }
  return lines
}

/**
 * 5 where a capture lacks what came: the machine did not take it. 0 otherwise: what is wrong on the network or with what comes in
 * is what a listener is there to tell.
 */
export function listenExitCode({ sides }: ListenSnapshot): number {
  return sides.some(({ kind, failed }) => kind === 'capture' && failed > 0) ? exitCode.environment : exitCode.good
}

const count = (n: number, one: string) => `${formatCount(n)} ${one}${n === 1 ? '' : 's'}`

/** Samples are numbered for themselves: what an agent loses between its sampler and its sender shows only here. */
function samplesLost({ loss: { flow, counters, discard } }: ListenSnapshot): string | undefined {
  const kinds = [
    `flow ${formatCount(flow.lost)}`,
    `counters ${formatCount(counters.lost)}`,
    `discards ${formatCount(discard.lost)}`,
  ]
  return flow.lost + counters.lost + discard.lost > 0
    ? `Samples missing by their own numbers: ${kinds.join(', ')}.`
    : undefined
}

function outOfOrder({ loss: { late, duplicates } }: ListenSnapshot): string | undefined {
  return late + duplicates > 0
    ? `Out of order: ${formatCount(late)} late, ${formatCount(duplicates)} come twice.`
    : undefined
}

const percent = (share: number) => `${(share * 100).toPrecision(2)} %`
