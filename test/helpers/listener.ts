// Owns `sonde listen`, and whatever else listens, as a child process in tests: started at free ports, watched, stopped; and
// sending to it as fast as it reads, without loss.

import type { ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { UdpSender } from '../../src/lib/sys/udp-sender.ts'
import { openUdpSender } from '../../src/lib/sys/udp-sender.ts'
import { type CliResult, startSonde } from './cli.ts'

/** Any wait of a test; a machine that is busy with other tests is slow. */
const PATIENCE_MS = 40_000

export interface ListenerOptions {
  /** A command that listens; `listen` where not given. */
  readonly command?: string
  /** `udp://127.0.0.1:0` where not given. */
  readonly inputs?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly uid?: number
  readonly gid?: number
  /** False where only its lines are counted: an hour of output has no room. */
  readonly keepOutput?: boolean
}

/** A listener that runs. End it, or `kill` it where a test fails. */
export class Listener {
  /** Of its addresses, in their order. */
  readonly ports: readonly number[]
  readonly child: ChildProcess
  readonly #out: Buffer[] = []
  readonly #err: Buffer[] = []
  readonly #ended: Promise<number | null>
  #newlines = 0

  private constructor(child: ChildProcess, first: string, ended: Promise<number | null>, keepOutput: boolean) {
    this.child = child
    this.#ended = ended
    this.#err.push(Buffer.from(first))
    this.ports = portsIn(first)
    child.stderr!.on('data', (bytes: Buffer) => this.#err.push(bytes))
    child.stdout?.on('data', (bytes: Buffer) => {
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) this.#newlines++
      if (keepOutput) this.#out.push(bytes)
    })
  }

  /** Resolves when it listens. */
  static async start(
    args: readonly string[],
    { command = 'listen', inputs, keepOutput = true, ...spawn }: ListenerOptions = {},
  ): Promise<Listener> {
    const at = (inputs ?? ['udp://127.0.0.1:0']).flatMap((input) => ['-i', input])
    const child = startSonde([...command.split(' '), ...at, ...args], spawn)
    const ended = once(child, 'close').then(([code]) => code as number | null)
    let first = ''
    const told = new Promise<void>((resolve) => {
      const take = (bytes: Buffer) => {
        first += bytes.toString()
        if (!/^Listening on .*\n/m.test(first)) return
        child.stderr!.off('data', take)
        resolve()
      }
      child.stderr!.on('data', take)
    })
    const code = await within(Promise.race([told, ended]), () => `it does not listen; it said:\n${first}`)
    if (code !== undefined) throw new Error(`it ended with ${code}:\n${first}`)
    return new Listener(child, first, ended, keepOutput)
  }

  get port(): number {
    return this.ports[0]!
  }

  get stdout(): string {
    return Buffer.concat(this.#out).toString()
  }

  get stderr(): string {
    return Buffer.concat(this.#err).toString()
  }

  /** Whole lines of output. */
  lines(): string[] {
    return this.stdout.split('\n').slice(0, -1)
  }

  /** How many whole lines were printed. */
  get lineCount(): number {
    return this.#newlines
  }

  /** Waits until so many lines were printed. */
  async printed(lines: number): Promise<void> {
    await until(
      () => this.#newlines >= lines,
      () => `${this.#newlines} of ${lines} lines were printed; stderr:\n${this.stderr}`,
    )
  }

  /** Waits until it has taken all that was sent to it. */
  async read(): Promise<void> {
    await until(
      () => this.ports.every((port) => waitingBytes(port) === 0),
      () => `${this.ports.map(waitingBytes)} bytes wait at its sockets`,
    )
    // What it took in its last look is handed on within the millisecond; some more, for a machine that is busy.
    await pause(50)
  }

  /** Resident memory in bytes. */
  rss(): number {
    const kib = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))?.[1]
    return Number(kib) * 1024
  }

  /** Waits until it ends by itself. */
  async end(): Promise<CliResult> {
    const code = await within(this.#ended, () => `it does not end; it said:\n${this.stderr}`)
    return { stdout: this.stdout, stderr: this.stderr, code }
  }

  stop(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' = 'SIGINT'): Promise<CliResult> {
    this.child.kill(signal)
    return this.end()
  }

  /** For a test's end, whatever became of it. */
  kill(): void {
    this.child.kill('SIGKILL')
  }
}

/** Runs `use` with a listener, which is gone afterwards. */
export async function listening<T>(
  args: readonly string[],
  use: (listener: Listener) => Promise<T>,
  options?: ListenerOptions,
): Promise<T> {
  const listener = await Listener.start(args, options)
  try {
    return await use(listener)
  } finally {
    listener.kill()
  }
}

function portsIn(text: string): number[] {
  const [, list = ''] = /^Listening on (.*?) with /m.exec(text) ?? []
  return list.split(', ').map((address) => Number(address.split(':').at(-1)))
}

async function until(done: () => boolean, complaint: () => string): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !done(); await pause(5)) {
    if (performance.now() > end) throw new Error(complaint())
  }
}

async function within<T>(promise: Promise<T>, complaint: () => string): Promise<T> {
  const timer = new AbortController()
  const late = pause(PATIENCE_MS, undefined, { signal: timer.signal }).then(
    () => Promise.reject(new Error(complaint())),
    () => new Promise<never>(() => {}),
  )
  try {
    return await Promise.race([promise, late])
  } finally {
    timer.abort()
  }
}

/** Bytes, with the kernel's overhead, that wait at each UDP socket of this port: rx_queue of /proc/net/udp and udp6. */
function queues(port: number): number[] {
  return ['/proc/net/udp', '/proc/net/udp6'].flatMap((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16) === port)
      .map(([, , , , queue = '']) => Number.parseInt(queue.split(':')[1]!, 16)),
  )
}

/** What the kernel holds for the sockets at a port. */
export const waitingBytes = (port: number) => queues(port).reduce((sum, bytes) => sum + bytes, 0)

/** Waits until somebody listens at this port. */
export function opened(port: number): Promise<void> {
  return until(
    () => queues(port).length > 0,
    () => `nobody listens at port ${port}`,
  )
}

/** So much may wait at the receiver: far below the smallest buffer that a kernel grants by default (212,992, twice). */
const MOST_WAITING_BYTES = 128 << 10
/** Between two looks at the receiver. With the largest datagrams here this is less than the buffer that is left. */
const BURST_BYTES = 64 << 10

/** Sends as fast as the receiver reads, so that a test loses nothing whatever else the machine does. */
export class PatientSender {
  readonly #sender: UdpSender
  readonly #port: number
  #unlooked = 0

  private constructor(sender: UdpSender, port: number) {
    this.#sender = sender
    this.#port = port
  }

  static async open(port: number, host = '127.0.0.1'): Promise<PatientSender> {
    return new PatientSender(await openUdpSender({ host, port, wait: true }), port)
  }

  async send(bytes: Uint8Array): Promise<void> {
    this.#sender.send(bytes, 0, bytes.length)
    this.#unlooked += bytes.length + 1024
    if (this.#unlooked < BURST_BYTES) return
    this.#unlooked = 0
    await this.#sender.drain()
    await until(
      () => waitingBytes(this.#port) < MOST_WAITING_BYTES,
      () => `${waitingBytes(this.#port)} bytes wait at port ${this.#port}`,
    )
  }

  /** Sends what waits for more. */
  async flush(): Promise<void> {
    await this.#sender.drain()
  }

  async close(): Promise<void> {
    await this.#sender.close()
  }
}

/** Sends all of them, patiently. */
export async function sendAll(datagrams: Iterable<Uint8Array>, port: number, host?: string): Promise<void> {
  const sender = await PatientSender.open(port, host)
  for (const datagram of datagrams) await sender.send(datagram)
  await sender.close()
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}
