// Owns what makes the numbers of cycles doubtful, in sentences. See cycles.ts for the folder. Start at notesOf.

import { formatCount } from '../errors.ts'
import { MOST_GROUPS } from './groups.ts'
import type { CyclesQuery } from './query.ts'
import { BY_JOB } from './question.ts'
import type { CyclesWindow } from './snapshot.ts'

/** Where less of the traffic counts, sums are too low to be told without a word. */
const LEAST_SHARE = 0.8

/**
 * @param misfit the topology has nothing to do with what is sampled @param share of the traffic that the busiest switch of each row
 *   sees; null is not known
 */
export function notesOf(
  window: Omit<CyclesWindow, 'notes'>,
  { by }: CyclesQuery,
  misfit: boolean,
  share: number | null,
): string[] {
  const { rows, agents, stampedAgents, beyond, lost, noKey } = window
  const notes: string[] = []
  const held = rows.filter(({ hold }) => (hold?.shortestSeconds ?? 0) > 0)
  if (held.length > 0) {
    const most = held.reduce((a, b) => (a.hold!.shortestSeconds > b.hold!.shortestSeconds ? a : b)).hold!
    notes.push(
      `Agents hold samples for up to ${most.seconds.toFixed(1)} s and do not say when they took them: periods below ${most.shortestSeconds.toFixed(1)} s can't be seen. Record 0:1043 would tell.`,
    )
  }
  if (stampedAgents > 0 && stampedAgents < agents) {
    notes.push(
      `${formatCount(stampedAgents)} of ${formatCount(agents)} agents say when they took samples (0:1043); of the others it is when these came, by uptime.`,
    )
  }
  if (misfit) notes.push('The topology does not fit the agents that are heard: packets count at the busiest switch.')
  if (share !== null && share < LEAST_SHARE) {
    notes.push(
      `The busiest switch of each row sees about ${(share * 100).toFixed(0)} % of the traffic: bytes per step are so much too low. --topology counts all of it.`,
    )
  }
  if (lost > 0) notes.push(`${formatCount(lost)} samples are missing by their sequence numbers.`)
  if (noKey > 0) {
    notes.push(
      by === BY_JOB
        ? `${formatCount(noKey)} samples have no addresses: they are in no job.`
        : `${formatCount(noKey)} samples have no value for --by: they are in no row.`,
    )
  }
  if (beyond > 0) {
    const what =
      by === BY_JOB ? 'pairs of hosts than are followed' : `groups than are followed (${formatCount(MOST_GROUPS)})`
    notes.push(`There are more ${what}: ${formatCount(beyond)} samples are in none. --filter takes less.`)
  }
  return notes
}
