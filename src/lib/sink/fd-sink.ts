// Owns writing bytes to a descriptor: stdout, a pipe, a file. Knows no format. Start at FdSink; openFileSink makes files.

import { closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { EnvironmentError, InputError } from '../errors.ts'
import { widenPipe } from '../sys/pipe.ts'
import { readerGone } from './in-turn.ts'
import type { SharedOutput, Sink } from './sink.ts'

/**
 * A pipe that is full says so (EAGAIN) where somebody made it non-blocking. It is tried again in the next turns of the
 * event loop, so many times; then each millisecond, so that a reader that has stopped costs no CPU.
 */
const EAGER_TRIES = 64
const PATIENT_MS = 1

/**
 * Behind so much output a pipe is made wider, so that its reader and this process need not take turns: with a reader that does
 * nothing, NDJSON comes out in 0.6 of the time. Less output is not worth loading what can do it.
 */
const WIDEN_BYTES = 4 << 20

/** The writing call; replaced in tests to give errors that can't be had otherwise. */
export type WriteCall = (fd: number, bytes: Uint8Array, offset: number, length: number) => number

/** Writes blocks to a descriptor at once; queues what a full pipe does not take. */
export class FdSink implements Sink {
  readonly #fd: number
  readonly #name: string
  readonly #owned: boolean
  readonly #write: WriteCall
  /** Asked at the start: once a terminal has hung up it no longer says that it is one. */
  readonly #isTerminal: boolean
  /** Bytes written behind which the pipe is widened; infinite where there is none, or it was done. */
  #widenAt: number
  #queue: Uint8Array[] = []
  /** Bytes of the first block of the queue that are written. */
  #done = 0
  #written = 0
  #tries = 0
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  #failure: Error | undefined
  #shared: SharedOutput | undefined
  #closed = false
  #released = false

  /**
   * @param name for messages: a path, or `stdout`
   * @param owned whether close() closes the descriptor
   */
  constructor(fd: number, name: string, owned = false, write: WriteCall = writeSync) {
    this.#fd = fd
    this.#name = name
    this.#owned = owned
    this.#write = write
    this.#isTerminal = isatty(fd)
    this.#widenAt = write === writeSync && isPipe(fd) ? WIDEN_BYTES : Number.POSITIVE_INFINITY
  }

  get closed(): boolean {
    return this.#closed || (this.#shared !== undefined && readerGone(this.#shared))
  }

  /** Threads then write to the same descriptor. */
  share(): SharedOutput {
    if (isPipe(this.#fd)) void widenPipe(this.#fd)
    this.#shared ??= { fd: this.#fd, name: this.#name, state: new Int32Array(new SharedArrayBuffer(8)) }
    return this.#shared
  }

  /** Bytes that the descriptor took. */
  get written(): number {
    return this.#written
  }

  /** @throws EnvironmentError where the bytes can't be written: no space left, a broken disk */
  write(bytes: Uint8Array): boolean {
    if (this.#failure) throw this.#failure
    if (this.#closed || this.#released) return false
    if (this.#queue.length > 0) {
      this.#queue.push(bytes.slice())
      return false
    }
    const n = this.#push(bytes, 0)
    if (this.#written >= this.#widenAt) {
      this.#widenAt = Number.POSITIVE_INFINITY
      void widenPipe(this.#fd)
    }
    if (this.#failure) throw this.#failure
    if (n === bytes.length) return true
    if (this.#closed) return false
    this.#queue.push(bytes.slice(n))
    this.#done = 0
    this.#later()
    return false
  }

  /** Rejects with an EnvironmentError where queued bytes can't be written. */
  drain(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure)
    if (this.#queue.length === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
    })
  }

  async close(): Promise<void> {
    if (this.#released) return
    try {
      await this.drain()
    } finally {
      this.#released = true
      if (this.#owned) closeSync(this.#fd)
    }
  }

  /** Writes from `from` on until all is written or the pipe is full; gives the first byte that was not written. */
  #push(bytes: Uint8Array, from: number): number {
    let at = from
    while (at < bytes.length) {
      let n: number
      try {
        n = this.#write(this.#fd, bytes, at, bytes.length - at)
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined
        if (code === 'EINTR') continue
        if (code === 'EAGAIN' || code === 'EWOULDBLOCK') return at
        // EIO: the terminal was closed. Nobody reads any more, as behind a pipe.
        if (code === 'EPIPE' || (code === 'EIO' && this.#isTerminal)) this.#closed = true
        else this.#failure = notWritten(this.#name, this.#written, error)
        return at
      }
      at += n
      this.#written += n
      this.#tries = 0
    }
    return at
  }

  #later(): void {
    const flush = () => this.#flush()
    if (this.#tries++ < EAGER_TRIES) setImmediate(flush)
    else setTimeout(flush, PATIENT_MS)
  }

  #flush(): void {
    while (this.#queue.length > 0) {
      const block = this.#queue[0]!
      this.#done = this.#push(block, this.#done)
      if (this.#closed || this.#failure) {
        this.#queue = []
      } else if (this.#done === block.length) {
        this.#queue.shift()
        this.#done = 0
      } else {
        this.#later()
        return
      }
    }
    const waiting = this.#waiting
    this.#waiting = []
    for (const { resolve, reject } of waiting) {
      if (this.#failure) reject(this.#failure)
      else resolve()
    }
  }
}

function isPipe(fd: number): boolean {
  try {
    return fstatSync(fd).isFIFO()
  } catch {
    return false
  }
}

/**
 * Creates a file, or empties it, and writes to it.
 * @throws InputError where the directory is missing or the path is one; EnvironmentError where it is not permitted
 */
export function openFileSink(path: string): FdSink {
  let fd: number
  try {
    fd = openSync(path, 'w')
  } catch (error) {
    throw notCreated(path, error)
  }
  return new FdSink(fd, `'${path}'`, true)
}

function notCreated(path: string, error: unknown): Error {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new InputError(
        `'${path}' can't be created: there is no such directory.`,
        ['Create the directory first (mkdir -p).'],
        {
          cause: error,
        },
      )
    case 'EISDIR':
      return new InputError(
        `'${path}' is a directory; a file to write to is needed.`,
        [`Name a file in it: ${path}/out`],
        {
          cause: error,
        },
      )
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new EnvironmentError(
        `'${path}' can't be created: writing there is not permitted to this user.`,
        ['Choose another file with --output, or change the permission.'],
        { cause: error },
      )
    default:
      return new EnvironmentError(`'${path}' can't be created: ${wordsOf(error)}.`, [], { cause: error })
  }
}

function notWritten(name: string, written: number, error: unknown): EnvironmentError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const what = code === 'ENOSPC' ? 'no space is left on the device' : "the user's disk quota is used up"
    return new EnvironmentError(
      `Writing to ${name} stopped after ${written} bytes: ${what}.`,
      ['Free some space, or write elsewhere with --output.'],
      { cause: error },
    )
  }
  return new EnvironmentError(`Writing to ${name} stopped after ${written} bytes: ${wordsOf(error)}.`, [], {
    cause: error,
  })
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
