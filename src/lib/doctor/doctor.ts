// Owns `sonde doctor`: what this machine permits, tried where that is harmless, and how to change it. Must not know the
// terminal, its environment or the command: what is needed of them is handed in. Start at examine; a probe finds facts
// (receiving.ts, kernel.ts), its judge (receiving-findings.ts, kernel-findings.ts) makes findings of them.

import { availableParallelism } from 'node:os'
import type { Finding } from './finding.ts'
import { probeKernel } from './kernel.ts'
import { judgeKernel } from './kernel-findings.ts'
import { judgeProgram, type TerminalFacts } from './program-findings.ts'
import { probeReceiving } from './receiving.ts'
import { judgeReceiving } from './receiving-findings.ts'
import { readsZstd } from './zstd.ts'

/**
 * Looks at this machine. Opens some sockets on free ports and sends a few datagrams over loopback; where this user may, loads
 * BPF programs of two instructions and lets them go; changes nothing.
 * @returns never throws for what the machine lacks: that is what it says
 */
export async function examine(terminal: TerminalFacts): Promise<Finding[]> {
  const receiving = await probeReceiving()
  const kernel = await probeKernel()
  return [
    ...judgeProgram({
      nodeVersion: process.version,
      platform: `${process.platform} ${process.arch}`,
      cpus: availableParallelism(),
      zstd: readsZstd(),
      terminal,
    }),
    ...judgeReceiving(receiving),
    ...judgeKernel(kernel),
  ]
}
