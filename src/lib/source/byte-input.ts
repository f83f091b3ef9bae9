// Owns getting bytes from a file or from stdin, in blocks. Knows no format.
// Start at ByteInput; openInput chooses between the two kinds.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { Socket } from 'node:net'
import { setImmediate as breathe } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { EnvironmentError, InputError } from '../errors.ts'
import { isNoCapture } from './no-capture.ts'

/** Bytes in order, from wherever they come. */
export interface ByteInput {
  /** For messages: the path, or `stdin`. */
  readonly name: string
  /**
   * Reads into `target` from index `from`, at most up to `to`.
   * @returns how many bytes were read; 0 at the end
   * @throws EnvironmentError when the machine can't read on
   */
  read(target: Uint8Array, from: number, to: number): Promise<number>
  /** Goes back to the first byte; false where that can't be done. */
  rewind(): boolean
  close(): Promise<void>
  readonly bytesRead: number
  /** Size where it is known. */
  readonly bytesTotal: number | undefined
}

/** Reading from memory never waits, so after this many bytes timers and signals get their turn. */
const BREATHE_BYTES = 1 << 20

/** A regular file, read by position, so that it can be read again from the start; or a character device. */
class FileInput implements ByteInput {
  readonly name: string
  readonly bytesTotal: number | undefined
  readonly #fd: number
  readonly #owned: boolean
  #position = 0
  #sinceBreath = 0
  #closed = false

  /**
   * @param owned whether close() closes the descriptor
   * @param size undefined for what has no positions (a character device)
   */
  constructor(name: string, fd: number, owned: boolean, size: number | undefined) {
    this.name = name
    this.bytesTotal = size
    this.#fd = fd
    this.#owned = owned
  }

  get bytesRead(): number {
    return this.#position
  }

  async read(target: Uint8Array, from: number, to: number): Promise<number> {
    if (this.#closed) return 0
    if (this.#sinceBreath >= BREATHE_BYTES) {
      this.#sinceBreath = 0
      await breathe()
      if (this.#closed) return 0
    }
    let n: number
    try {
      n = readSync(this.#fd, target, from, to - from, this.bytesTotal === undefined ? null : this.#position)
    } catch (error) {
      throw unreadable(this.name, error, this.#position)
    }
    this.#position += n
    this.#sinceBreath += n
    return n
  }

  rewind(): boolean {
    if (this.bytesTotal === undefined || this.#closed) return false
    this.#position = 0
    return true
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#owned) closeSync(this.#fd)
  }
}

/** So much of a pipe is kept for rewind(): enough for a small damaged file that somebody pipes in. */
const KEPT_BYTES = 1 << 20
const PIPE_BYTES = 1 << 16

/**
 * A pipe or socket. Read through net.Socket, because fs.read leaves a thread that waits in read(2), and the process
 * can't end before the writer writes again (measured: exit after 4 s instead of 0.3 s).
 */
class PipeInput implements ByteInput {
  readonly name: string
  readonly bytesTotal = undefined
  readonly #socket: Socket
  readonly #block = Buffer.allocUnsafe(PIPE_BYTES)
  /** Unread part of #block. */
  #from = 0
  #to = 0
  #ended = false
  #failure: Error | undefined
  #wake: (() => void) | undefined
  #kept: Uint8Array | undefined = new Uint8Array(PIPE_BYTES)
  #keptLength = 0
  /** Bytes of #kept that are to be read again. */
  #again = 0
  #received = 0

  constructor(name: string, fd: number) {
    this.name = name
    const buffer = this.#block
    this.#socket = new Socket({
      fd,
      readable: true,
      writable: false,
      onread: {
        buffer,
        callback: (n: number) => {
          this.#from = 0
          this.#to = n
          this.#signal()
          return false // one block at a time: the block is reused
        },
      },
    } as ConstructorParameters<typeof Socket>[0])
    this.#socket.on('end', () => this.#end())
    this.#socket.on('close', () => this.#end())
    this.#socket.on('error', (error) => {
      this.#failure = error
      this.#end()
    })
  }

  get bytesRead(): number {
    return this.#received
  }

  async read(target: Uint8Array, from: number, to: number): Promise<number> {
    if (this.#again > 0) {
      const start = this.#keptLength - this.#again
      const n = Math.min(to - from, this.#again)
      target.set(this.#kept!.subarray(start, start + n), from)
      this.#again -= n
      return n
    }
    while (this.#from === this.#to) {
      if (this.#failure) throw unreadable(this.name, this.#failure, this.#received)
      if (this.#ended) return 0
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#socket.resume()
      await woken
    }
    const n = Math.min(to - from, this.#to - this.#from)
    const bytes = this.#block.subarray(this.#from, this.#from + n)
    target.set(bytes, from)
    this.#from += n
    this.#received += n
    this.#keep(bytes)
    return n
  }

  rewind(): boolean {
    if (!this.#kept) return false
    this.#again = this.#keptLength
    return true
  }

  async close(): Promise<void> {
    this.#end()
    this.#socket.destroy()
  }

  #keep(bytes: Uint8Array): void {
    if (!this.#kept) return
    const need = this.#keptLength + bytes.length
    if (need > KEPT_BYTES) {
      this.#kept = undefined
      return
    }
    if (need > this.#kept.length) {
      const grown = new Uint8Array(Math.min(KEPT_BYTES, need * 2))
      grown.set(this.#kept.subarray(0, this.#keptLength))
      this.#kept = grown
    }
    this.#kept.set(bytes, this.#keptLength)
    this.#keptLength = need
  }

  #end(): void {
    this.#ended = true
    this.#signal()
  }

  #signal(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}

/**
 * Opens a file, or stdin for `-`.
 * @param stdin descriptor that `-` means
 * @throws InputError for a missing or unreadable file, a directory, a terminal as stdin
 */
export function openInput(path: string, stdin = 0): ByteInput {
  const name = path === '-' ? 'stdin' : path
  let fd = stdin
  if (path !== '-') {
    try {
      // A named pipe without a writer would hold the whole process in open(2), where Ctrl-C can't reach it.
      fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    } catch (error) {
      throw notOpened(path, error)
    }
  }
  const owned = path !== '-'
  let stat: ReturnType<typeof fstatSync>
  try {
    stat = fstatSync(fd)
  } catch (error) {
    throw new InputError(
      `${name} can't be read: ${codeOf(error) === 'EBADF' ? 'it is closed' : wordsOf(error)}.`,
      ['Give a file, or pipe a capture in.'],
      { cause: error },
    )
  }
  if (stat.isDirectory()) {
    if (owned) closeSync(fd)
    throw new InputError(`${name} is a directory; a capture file is needed.`, [`Name the files in it: ${path}/*.pcap`])
  }
  if (stat.isFile()) return new FileInput(name, fd, owned, stat.size)
  if (stat.isFIFO() || stat.isSocket()) return new PipeInput(name, fd)
  if (isatty(fd)) {
    if (owned) closeSync(fd)
    throw new InputError(`${name} is a terminal; a capture is needed.`, [
      'Give a file, or pipe a capture in: tcpdump -w - udp port 6343 | sonde decode -',
    ])
  }
  return new FileInput(name, fd, owned, undefined)
}

function notOpened(path: string, error: unknown): Error {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      if (path.startsWith('kernel:')) return isNoCapture(path)
      return new InputError(`There is no file '${path}'.`, ['Check the name; - reads from stdin.'], { cause: error })
    case 'EACCES':
    case 'EPERM':
      return new EnvironmentError(
        `'${path}' can't be opened: reading it is not permitted to this user.`,
        [`See who may: ls -l '${path}'`],
        { cause: error },
      )
    case 'EMFILE':
    case 'ENFILE':
      return new EnvironmentError(
        `'${path}' can't be opened: too many files are open.`,
        ['Raise the limit (ulimit -n), or give fewer files at once.'],
        { cause: error },
      )
    default:
      return new InputError(`'${path}' can't be opened: ${wordsOf(error)}.`, [], { cause: error })
  }
}

function unreadable(name: string, error: unknown, at: number): Error {
  return new EnvironmentError(
    `${name} can't be read on at byte ${at}: ${wordsOf(error)}.`,
    ['Check the disk or network share that the file is on.'],
    { cause: error },
  )
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
