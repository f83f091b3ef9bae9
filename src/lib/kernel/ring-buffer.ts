// Owns reading a BPF ring buffer that is mapped into this process. See bpf.ts for the folder.

import type { Bpf, BpfMap } from './bpf.ts'
import { BpfRefusal } from './refusal.ts'

/** A ring buffer's reader. One a map. */
export interface RingBuffer {
  /** The ring's data, mapped twice in a row: a record that wraps lies in one piece. Empty after close. */
  readonly bytes: Uint8Array
  readonly view: DataView
  /**
   * Hands on the records that were complete when it was called, in order; never blocks, allocates nothing a record.
   * @param take is told where a record begins in bytes and view (a multiple of 8) and its length; both are valid until it returns
   * @returns records handed on
   */
  drain(take: (at: number, length: number) => void): number
  close(): void
}

/** Maps the ring. @throws BpfRefusal, EPERM where mmap is not permitted */
export function openRingBuffer(_bpf: Bpf, map: BpfMap): RingBuffer {
  throw new BpfRefusal('none', `no ring ${map.name}`, 'The BPF loader is not there yet.')
}
