// Owns running a listener in threads of its own: one, so that a slow screen never makes datagrams wait, or several behind
// one port (SO_REUSEPORT). Knows no terminal. Start at listenInWorkers; the thread's own file is worker.ts.

import { Worker } from 'node:worker_threads'
import { EnvironmentError, InputError } from '../errors.ts'
import type { PrintOptions } from '../print/options.ts'
import type { Sink } from '../sink/sink.ts'
import { mergeSnapshots } from './merge.ts'
import type { ListenOptions } from './options.ts'
import type { ListenSnapshot } from './snapshot.ts'

/** Forms whose lines may be mixed: they stand for themselves. Cards need a view, which can't go to a thread. */
export const mixableFormats: readonly string[] = ['ndjson', 'line', 'csv']

export interface WorkerTask {
  readonly options: Omit<ListenOptions, 'stop'>
  /** Between two snapshots. */
  readonly everyMs: number
  /** How samples are printed; undefined: not. */
  readonly print: PrintOptions | undefined
  /** Whether this thread prints the header line. */
  readonly header: boolean
}

/** `read`: a block of text was written. */
export type ToWorker = 'stop' | 'read'

export type FromWorker =
  | { readonly kind: 'snapshot'; readonly snapshot: ListenSnapshot }
  | { readonly kind: 'end'; readonly snapshot: ListenSnapshot }
  | { readonly kind: 'tell'; readonly line: string }
  | { readonly kind: 'note'; readonly line: string }
  | { readonly kind: 'text'; readonly text: Uint8Array }
  | {
      readonly kind: 'failure'
      readonly name: 'InputError' | 'EnvironmentError'
      readonly message: string
      readonly nextSteps: readonly string[]
    }

export interface WorkersReport {
  tell(line: string): void
  note(line: string): void
  /** The state of all threads together. */
  snapshot(snapshot: ListenSnapshot): void
}

/** What of printing can go to a thread: no functions. */
export type PlainPrint = Omit<PrintOptions, 'view'>

export interface WorkersOptions {
  /** Threads, each with its own socket on the same addresses. */
  readonly workers: number
  /** Between two snapshots. */
  readonly everyMs: number
  /** Undefined: nothing is printed. */
  readonly print: PlainPrint | undefined
}

/**
 * Listens in threads until `stop`, the limit (of each thread) or the duration; text goes to the sink as it comes.
 * @returns the last state of all together
 * @throws as runListen
 */
export async function listenInWorkers(
  options: ListenOptions,
  { workers, everyMs, print }: WorkersOptions,
  report: WorkersReport,
  sink: Sink,
): Promise<ListenSnapshot> {
  const { stop, ...plain } = options
  const end = new AbortController()
  const threads = Array.from({ length: workers }, (_, i) => {
    const task: WorkerTask = {
      options: { ...plain, sharePort: workers > 1 },
      everyMs,
      // Only forms without a view are printed in threads: the cast leaves it out.
      print: print as PrintOptions | undefined,
      header: i === 0,
    }
    return new Thread(task, AbortSignal.any([stop, end.signal]), sink)
  })
  const states = new Array<ListenSnapshot | undefined>(workers).fill(undefined)
  try {
    const last = await Promise.all(
      threads.map((thread, i) =>
        thread.run({
          tell: report.tell.bind(report),
          // Each thread says the same of its socket.
          note: (line) => (i === 0 ? report.note(line) : undefined),
          snapshot: (snapshot) => {
            states[i] = snapshot
            if (i === 0) report.snapshot(mergeSnapshots(states.filter((x) => x !== undefined)))
          },
        }),
      ),
    )
    return mergeSnapshots(last)
  } finally {
    end.abort()
    await Promise.all(threads.map((thread) => thread.close()))
  }
}

/** One thread and its conversation. */
class Thread {
  readonly #worker: Worker
  readonly #stop: AbortSignal
  readonly #sink: Sink

  constructor(task: WorkerTask, stop: AbortSignal, sink: Sink) {
    this.#worker = new Worker(workerUrl(), { workerData: task })
    this.#stop = stop
    this.#sink = sink
  }

  async run(report: WorkersReport): Promise<ListenSnapshot> {
    const worker = this.#worker
    const say = (message: ToWorker) => worker.postMessage(message)
    const onStop = () => say('stop')
    if (this.#stop.aborted) onStop()
    this.#stop.addEventListener('abort', onStop, { once: true })
    try {
      return await new Promise<ListenSnapshot>((resolve, reject) => {
        worker.on('message', (message: FromWorker) => {
          if (message.kind === 'text') this.#write(message.text, say, reject)
          else if (message.kind === 'snapshot') report.snapshot(message.snapshot)
          else if (message.kind === 'end') resolve(message.snapshot)
          else if (message.kind === 'failure') reject(failureOf(message))
          else report[message.kind](message.line)
        })
        worker.on('error', reject)
        worker.on('exit', (code) => reject(new Error(`a listening thread ended with ${code}`)))
      })
    } finally {
      this.#stop.removeEventListener('abort', onStop)
    }
  }

  #write(text: Uint8Array, say: (message: ToWorker) => void, reject: (error: Error) => void): void {
    if (this.#sink.closed) say('stop')
    else if (this.#sink.write(text)) say('read')
    else this.#sink.drain().then(() => say('read'), reject)
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}

function failureOf({ name, message, nextSteps }: FromWorker & { kind: 'failure' }): Error {
  return name === 'InputError' ? new InputError(message, nextSteps) : new EnvironmentError(message, nextSteps)
}

/** The thread's file: beside this one in the sources, an entry of its own in the bundle. */
function workerUrl(): URL {
  const here = import.meta.url
  return new URL(here.endsWith('.ts') ? './worker.ts' : '../lib/listen/worker.js', here)
}
