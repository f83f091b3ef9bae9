// Owns which sides a listener has, from plain values that can go to a thread. Knows no flag's text but the condition's.
// Start at openSides.

import { InputError } from '../errors.ts'
import { parseCondition } from '../parse/condition.ts'
import type { RingSize, Rotation } from '../parse/rotation.ts'
import type { UdpDestination } from '../parse/udp-address.ts'
import { checkFolder } from '../sink/capture-errors.ts'
import { splitCaptureName } from '../sink/capture-names.ts'
import { listenFactNames } from './facts.ts'
import { ForwardSide } from './forward-side.ts'
import type { Receiver } from './receiver.ts'
import { Ring } from './ring.ts'
import type { Side } from './side.ts'
import { WriteSide } from './write-side.ts'

/** Time and cause come before the ending. */
export const DEFAULT_DUMP_PATH = 'sonde.pcapng'

export interface SideOptions {
  /** --write, --rotate, --keep */
  readonly write?: string | undefined
  readonly rotate?: Rotation | undefined
  readonly keep?: number | undefined
  /** --forward */
  readonly forward?: readonly UdpDestination[] | undefined
  /** --ring, --dump-when, --dump-to */
  readonly ring?: RingSize | undefined
  readonly dumpWhen?: string | undefined
  readonly dumpTo?: string | undefined
}

export interface SideReport {
  /** Trouble, and that it is over. */
  tell(line: string): void
  /** What a ring does. */
  note(line: string): void
}

export interface Sides {
  readonly all: readonly Side[]
  /** Among them: it wants `check` once a second. */
  readonly ring: Ring | undefined
}

/**
 * Refuses what does not go together.
 * @throws InputError; also for a condition that is not understood
 */
export function checkSideOptions({ write, rotate, keep, ring, dumpWhen, dumpTo }: SideOptions): void {
  const needs = (flag: string, other: string, example: string): InputError =>
    new InputError(`${flag} is of no use without ${other}.`, [`Give both: ${example}`])
  if (rotate !== undefined && write === undefined) throw needs('--rotate', '--write', '--write out.pcap --rotate 100M')
  if (keep !== undefined && rotate === undefined) {
    throw needs('--keep', '--rotate', '--write out.pcap --rotate 1h --keep 24')
  }
  if (ring !== undefined && dumpWhen === undefined) {
    throw needs('--ring', '--dump-when', "--ring 60s --dump-when 'lost > 100'")
  }
  for (const [flag, value] of [
    ['--dump-when', dumpWhen],
    ['--dump-to', dumpTo],
  ] as const) {
    if (value !== undefined && ring === undefined) throw needs(flag, '--ring', "--ring 60s --dump-when 'lost > 100'")
  }
  if (dumpWhen !== undefined) parseCondition(dumpWhen, '--dump-when', listenFactNames)
}

/**
 * Opens all of them, or none.
 * @param receivers where the listener listens: shown in captures (the first one) and refused as destination
 * @throws InputError, EnvironmentError as WriteSide, ForwardSide and Ring do
 */
export async function openSides(
  options: SideOptions,
  receivers: readonly Receiver[],
  report: SideReport,
): Promise<Sides> {
  checkSideOptions(options)
  const { write, rotate, keep, forward = [], ring: size, dumpWhen, dumpTo } = options
  const tell = (line: string): void => report.tell(line)
  const receiver = receivers[0]
  const all: Side[] = []
  try {
    let ring: Ring | undefined
    if (size !== undefined && dumpWhen !== undefined) {
      await checkFolder(splitCaptureName(dumpTo ?? DEFAULT_DUMP_PATH, '--dump-to'), '--dump-to')
      ring = new Ring({
        ...size,
        condition: parseCondition(dumpWhen, '--dump-when', listenFactNames),
        path: dumpTo ?? DEFAULT_DUMP_PATH,
        receiver,
        tell,
        note: (line) => report.note(line),
      })
      all.push(ring)
    }
    for (const to of forward) all.push(await ForwardSide.open({ to, listening: receivers, tell }))
    // Last, so that trouble with the others leaves no empty file behind.
    if (write !== undefined) {
      const rotateBytes = rotate !== undefined && 'bytes' in rotate ? rotate.bytes : undefined
      const rotateSeconds = rotate !== undefined && 'seconds' in rotate ? rotate.seconds : undefined
      all.unshift(await WriteSide.open({ path: write, rotateBytes, rotateSeconds, keep, tell }, receiver))
    }
    return { all, ring }
  } catch (error) {
    for (const side of all) await side.close()
    throw error
  }
}
