// Owns what makes a window's numbers doubtful, a sentence each. See ai-metrics.ts for the folder. Start at notesOf.

import { formatCount } from '../errors.ts'
import type { AiWindow } from './rows.ts'

/** Names are not made safe for a terminal. Sentences of one kind differ in numbers only: see noteKind. */
export function notesOf(window: AiWindow, hasTopology: boolean): string[] {
  const { fit, roceSamples, counted, loss, compat, sources } = window
  const notes: string[] = []
  if (window.silent)
    notes.push(
      `No datagram has come for ${formatCount(Math.floor(window.quietMs / 1000))} s: what is now is not known.`,
    )
  if (compat) {
    if (!hasTopology)
      notes.push('--compat: without --topology sFlow-RT counts no traffic, no marks and no ports: all is 0.')
    return notes
  }
  if (counted > 0 && roceSamples === 0) {
    const cut =
      window.cutBeforeBth > 0 ? `: ${formatCount(window.cutBeforeBth)} to UDP port 4791 end before the BTH` : ''
    notes.push(
      `No RoCE in ${formatCount(Math.round(counted))} counted samples${cut}. sonde top-flows --keys stack shows what there is.`,
    )
  }
  if (window.agg !== 'edge' && fit !== undefined && !fit.fits) {
    notes.push(
      'The topology does not fit the samples: no agent is one of its nodes, or no sampled port one of its links. It is not used to count.',
    )
  } else if (fit !== undefined && fit.unknownSamples > 0) {
    notes.push(
      `${formatCount(fit.unknownAgents)} of ${formatCount(fit.agents)} agents are no node of the topology: ${formatCount(fit.unknownSamples)} of their samples do not count.`,
    )
  }
  for (const link of window.strayLinks) notes.push(`${link}.`)
  if (!hasTopology && window.agg === 'max') {
    notes.push(
      'Without --topology only the switch with most RoCE packets counts: several see the same packet, and edge and core are not known.',
    )
  }
  if (window.ceComplete === false) {
    notes.push(
      window.agg === 'edge'
        ? 'ECN marks and trimmed packets are lower bounds (≥): ports at the edge do not sample what leaves by them, so what the last switch did is not seen. CNP tell what arrived.'
        : hasTopology
          ? 'ECN marks and trimmed packets are lower bounds (≥): what switches do behind the place where packets are counted is not seen. CNP tell what arrived.'
          : 'ECN marks and trimmed packets are lower bounds (≥): where packets leave the fabric is not known without --topology, so what switches behind did may not be seen. CNP tell what arrived.',
    )
  }
  if (window.cutBehindBth > 0) {
    notes.push(
      `${formatCount(window.cutBehindBth)} RoCE headers end before their RETH or AETH: operations, credits and NAK are too low by so many. Sample 128 bytes or more of each header.`,
    )
  }
  const missing = loss.lost + loss.agentDrops
  if (missing > 0)
    notes.push(
      `${formatCount(missing)} flow samples are missing (${formatCount(loss.agentDrops)} dropped by agents): put right by their numbers.`,
    )
  if (loss.tooLate > 0)
    notes.push(`${formatCount(loss.tooLate)} samples came too late for their window: see --lateness.`)
  if (loss.unplaced > 0)
    notes.push(`${formatCount(loss.unplaced)} samples came from more places than are kept: they are in no number.`)
  const off = sources.filter(({ kind }) => kind === 'rate off').length
  if (off > 0)
    notes.push(
      `${formatCount(off)} data sources do not sample at the rate that they say: the effective one is used. sonde ports shows which.`,
    )
  const without = sources.filter(({ kind }) => kind === 'no rate').length
  if (without > 0)
    notes.push(`${formatCount(without)} data sources say no sampling rate: they are in no number. See --sampling-rate.`)
  return notes
}

/** The same for sentences that say the same of another window. */
export function noteKind(note: string): string {
  return note.replace(/[\d,]+/g, '')
}
