// Owns the way into the C library: koffi loaded when first asked for, and the few functions that sockets and memory need.
// Must not know a protocol, a feature or the terminal; what koffi lacks here becomes a reason in words, never a crash.
// Start at loadLibc; arena.ts says where memory for the kernel comes from, socket.ts and the rings use both.

/** A typed array handed to a call; koffi passes its address for the time of the call only. */
type Memory = Int32Array | Uint32Array | Uint8Array

/**
 * Functions of the C library. Addresses are plain numbers (user space has 47 bits on x64, 48 on arm64); -1 is an error, whose number
 * `errno` gives until the next call.
 */
export interface Libc {
  readonly mmap: (at: number, bytes: number, protection: number, flags: number, fd: number, offset: number) => number
  readonly munmap: (at: number, bytes: number) => number
  readonly socket: (family: number, type: number, protocol: number) => number
  readonly bind: (fd: number, address: Memory, bytes: number) => number
  readonly connect: (fd: number, address: Memory, bytes: number) => number
  readonly getsockname: (fd: number, address: Memory, bytes: Memory) => number
  readonly setsockopt: (fd: number, level: number, name: number, value: Memory, bytes: number) => number
  readonly getsockopt: (fd: number, level: number, name: number, value: Memory, bytes: Memory) => number
  /** `messages` is the address of `count` struct mmsghdr, `timeout` that of a struct timespec, or 0. */
  readonly recvmmsg: (fd: number, messages: number, count: number, flags: number, timeout: number) => number
  readonly sendmmsg: (fd: number, messages: number, count: number, flags: number) => number
  /** `fds` is the address of `count` struct pollfd. Blocks this thread. */
  readonly poll: (fds: number, count: number, timeoutMs: number) => number
  /** `poll` in a thread of libuv's pool, so that timers and signals of this one go on. An error counts as 0 ready. */
  readonly pollAside: (fds: number, count: number, timeoutMs: number) => Promise<number>
  readonly eventfd: (initial: number, flags: number) => number
  readonly write: (fd: number, bytes: Memory, count: number) => number
  readonly close: (fd: number) => number
  /** Only commands whose third argument is an integer. */
  readonly fcntl: (fd: number, command: number, argument: number) => number
  /** syscall(2): call numbers differ by architecture. At most six arguments, all integers or addresses. */
  readonly syscall: (number: number, a: number, b: number, c: number, d: number, e: number, f: number) => number
  readonly errno: () => number
  /** The memory at an address as an ArrayBuffer. It has no owner: nothing keeps the memory mapped. */
  readonly viewOf: (at: number, bytes: number) => ArrayBuffer
}

/** The C library, or why there is none: a clause such as `koffi is not installed`. */
export type LoadedLibc =
  | { readonly libc: Libc; readonly why?: undefined }
  | { readonly libc: undefined; readonly why: string }

/** Architectures whose struct layouts (64-bit, little-endian, asm-generic constants) the rings have. */
const architectures: readonly string[] = ['x64', 'arm64']

/**
 * Loads koffi and binds the functions. Costs some milliseconds once; a second call takes koffi from Node's module cache.
 * @returns never throws: what is missing is said
 */
export async function loadLibc(): Promise<LoadedLibc> {
  if (process.platform !== 'linux') return { libc: undefined, why: `${process.platform} has no recvmmsg` }
  if (!architectures.includes(process.arch)) {
    return { libc: undefined, why: `struct layouts are known for ${architectures.join(' and ')}, not ${process.arch}` }
  }
  try {
    const { default: koffi } = await import('koffi')
    return { libc: bindFunctions(koffi) }
  } catch (error) {
    return { libc: undefined, why: whyNotLoaded(error) }
  }
}

function whyNotLoaded(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return 'koffi is not installed'
  return `koffi can't be loaded (${String(message ?? error).split('\n')[0]})`
}

/** The part of koffi that is used. Its own types return `any`. */
interface Koffi {
  load(path: null): { func(name: string, result: string, parameters: string[]): unknown }
  errno(): number
  view(at: bigint, bytes: number): ArrayBuffer
}

type PollWithCallback = {
  async(fds: number, count: number, timeoutMs: number, done: (error: unknown, ready: number) => void): void
}

function bindFunctions(koffi: Koffi): Libc {
  // The process's own symbols: glibc or musl, whichever Node itself is linked with.
  const library = koffi.load(null)
  const func = <Name extends keyof Libc>(name: string, result: string, ...parameters: string[]): Libc[Name] =>
    library.func(name, result, parameters) as Libc[Name]
  const poll = func<'poll'>('poll', 'int', 'intptr_t', 'ulong', 'int')
  // koffi hangs `async` on each function that it binds; Libc's own signature of poll does not say so.
  const inPool = poll as unknown as PollWithCallback
  return {
    mmap: func<'mmap'>('mmap', 'intptr_t', 'intptr_t', 'size_t', 'int', 'int', 'int', 'intptr_t'),
    munmap: func<'munmap'>('munmap', 'int', 'intptr_t', 'size_t'),
    socket: func<'socket'>('socket', 'int', 'int', 'int', 'int'),
    bind: func<'bind'>('bind', 'int', 'int', 'void *', 'uint'),
    connect: func<'connect'>('connect', 'int', 'int', 'void *', 'uint'),
    getsockname: func<'getsockname'>('getsockname', 'int', 'int', 'void *', 'void *'),
    setsockopt: func<'setsockopt'>('setsockopt', 'int', 'int', 'int', 'int', 'void *', 'uint'),
    getsockopt: func<'getsockopt'>('getsockopt', 'int', 'int', 'int', 'int', 'void *', 'void *'),
    recvmmsg: func<'recvmmsg'>('recvmmsg', 'int', 'int', 'intptr_t', 'uint', 'int', 'intptr_t'),
    sendmmsg: func<'sendmmsg'>('sendmmsg', 'int', 'int', 'intptr_t', 'uint', 'int'),
    poll,
    pollAside: (fds, count, timeoutMs) =>
      new Promise((resolve) => {
        inPool.async(fds, count, timeoutMs, (error, ready) => resolve(error ? 0 : Math.max(ready, 0)))
      }),
    eventfd: func<'eventfd'>('eventfd', 'int', 'uint', 'int'),
    write: func<'write'>('write', 'intptr_t', 'int', 'void *', 'size_t'),
    close: func<'close'>('close', 'int', 'int'),
    // Variadic in C; integers are passed alike in both ABIs (System V x86-64, AAPCS64).
    fcntl: func<'fcntl'>('fcntl', 'int', 'int', 'int', 'int'),
    syscall: func<'syscall'>('syscall', 'intptr_t', ...Array.from({ length: 7 }, () => 'intptr_t')),
    errno: () => koffi.errno(),
    viewOf: (at, bytes) => koffi.view(BigInt(at), bytes),
  }
}
