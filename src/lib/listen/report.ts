// Owns what a listener says in words: what it listens with at the start, what came and what was lost at the end.
// Start at noticesOf and summaryLines.

import { formatCount } from '../errors.ts'
import type { LiveReport } from '../source/source.ts'
import type { ListenSnapshot } from './snapshot.ts'

const MIB = 1 << 20
const mib = (bytes: number) => `${(bytes / MIB).toFixed(bytes % MIB === 0 ? 0 : 1)} MiB`

/** At the start: where it listens, with which receiver and buffer, and what to set where the buffer is small. */
export function noticesOf(live: LiveReport | undefined): string[] {
  if (live === undefined) return []
  const lines = [
    `Listening on ${live.bound.join(', ')} with ${live.receiver} (${live.why}); receive buffer ${mib(live.bufferGranted)}.`,
    ...live.notices,
  ]
  if (live.bufferGranted < live.bufferAsked) lines.push(bufferAdvice(live.bufferGranted, live.bufferAsked))
  return lines
}

/** What to set where the kernel grants less buffer than was asked for. */
export function bufferAdvice(granted: number, asked: number): string {
  return `The kernel grants ${mib(granted)} of the ${mib(asked)} asked for: sysctl -w net.core.rmem_max=${asked} (docs/tuning.md).`
}

/** At the end: what came, and loss of every kind; loss alone where `lossOnly`. */
export function summaryLines(s: ListenSnapshot, lossOnly = false): string[] {
  const agents = s.agents.length + s.moreAgents
  const lines: string[] = []
  const span = s.seconds < 10 ? s.seconds.toFixed(1) : String(Math.round(s.seconds))
  if (!lossOnly) {
    const rate = s.seconds > 0 ? ` (${(s.datagrams / s.seconds).toFixed(1)}/s)` : ''
    lines.push(
      `${span} s: ${formatCount(s.datagrams)} datagrams${rate} of ${formatCount(agents)} ${agents === 1 ? 'agent' : 'agents'}, ${formatCount(s.samples)} samples, ${formatCount(s.issues)} issues.`,
    )
    if (s.kept !== null) {
      lines.push(
        `Of these --resample ${formatCount(s.kept.oneIn)} kept ${formatCount(s.kept.datagrams)} datagrams with ${formatCount(s.kept.samples)} samples; the loss below is of all that came.`,
      )
    }
    if (s.datagrams === 0) lines.push(emptyAdvice(s))
  }
  const { lost, ownDrops: own, unknown } = s.loss
  const kernel = s.receiving?.kernelDropped
  const queue = s.receiving?.queueDropped ?? 0
  const refused = s.receiving?.refused ?? 0
  const parts = [
    `datagrams ${formatCount(lost)}${s.lostShare !== null && s.lostShare > 0 ? ` (${percent(s.lostShare)})` : ''}`,
    `by the kernel ${kernel === null || kernel === undefined ? 'not known' : formatCount(kernel)}`,
    ...(queue > 0 ? [`by sonde itself ${formatCount(queue)}`] : []),
    `by agents themselves ${formatCount(own)} samples`,
  ]
  const bad = lost + own + queue + (kernel ?? 0)
  if (!lossOnly || bad > 0) lines.push(`Lost: ${parts.join(', ')}.`)
  // Where agents were forgotten, one of these says so.
  if (!lossOnly || bad > 0 || s.forgotten > 0) lines.push(...unknown)
  if (refused > 0) lines.push(`Refused: ${formatCount(refused)} datagrams from senders that --allow does not name.`)
  for (const side of s.sides) {
    const failed = side.failed > 0 ? `, ${formatCount(side.failed)} failed (${side.problem ?? 'not known why'})` : ''
    if (!lossOnly || side.failed > 0) lines.push(`${side.name}: ${formatCount(side.datagrams)} datagrams${failed}.`)
  }
  return lines
}

const percent = (share: number) => `${(share * 100).toPrecision(2)} %`

/** Nothing came: what to check. */
export function emptyAdvice(s: ListenSnapshot): string {
  const where = s.addresses.join(', ')
  return `Nothing came to ${where}. Check that the agents send to this address and port, and that no firewall is between: tcpdump -ni any udp port 6343 shows what arrives.`
}
