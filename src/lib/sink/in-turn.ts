// Owns taking turns at one descriptor: threads write whole blocks one after the other. See shared-output.ts.

import { writeSync } from 'node:fs'
import type { SharedOutput } from './sink.ts'

/** Places in SharedOutput.state. */
const BUSY = 0
const GONE = 1
/** A pipe that does not block and is full is tried again after this time. */
const FULL_MS = 1

/** Whether a thread found that the reader has gone. */
export function readerGone({ state }: SharedOutput): boolean {
  return Atomics.load(state, GONE) === 1
}

/**
 * Writes all bytes while no other thread does; blocks this thread for so long. What has failed is left to the caller, as writeSync
 * throws it; where the reader has gone, every thread gets EPIPE.
 * @param write writes a part, as writeSync
 * @returns `length`
 */
export function writeInTurn(
  shared: SharedOutput,
  bytes: Uint8Array,
  offset: number,
  length: number,
  write: typeof writeSync = writeSync,
): number {
  const { state, fd } = shared
  while (Atomics.compareExchange(state, BUSY, 0, 1) !== 0) Atomics.wait(state, BUSY, 1)
  try {
    if (readerGone(shared)) throw Object.assign(new Error('the reader has gone'), { code: 'EPIPE' })
    for (let done = 0; done < length; ) done += writePart(shared, write, fd, bytes, offset + done, length - done)
    return length
  } finally {
    Atomics.store(state, BUSY, 0)
    Atomics.notify(state, BUSY, 1)
  }
}

function writePart(
  { state }: SharedOutput,
  write: typeof writeSync,
  fd: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
): number {
  try {
    return write(fd, bytes, offset, length)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EPIPE') Atomics.store(state, GONE, 1)
    if (code !== 'EAGAIN' && code !== 'EINTR') throw error
    if (code === 'EAGAIN') Atomics.wait(state, GONE, 0, FULL_MS)
    return 0
  }
}
