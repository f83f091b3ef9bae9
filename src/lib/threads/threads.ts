// Owns work in threads of their own: how one is started, stopped and told something, and how its text and its states come
// back. Must not know what the work is. Start at Thread; what the thread itself calls is in inside.ts.

import { Worker } from 'node:worker_threads'
import { EnvironmentError, InputError } from '../errors.ts'
import type { SharedOutput, Sink } from '../sink/sink.ts'

/** To the thread. `read`: a block of its text was written. */
export type ToThread<Command> =
  | { readonly kind: 'stop' | 'read' }
  | { readonly kind: 'command'; readonly command: Command }

/** From the thread. */
export type FromThread<State, Result> =
  | { readonly kind: 'state'; readonly state: State }
  | { readonly kind: 'end'; readonly result: Result }
  | { readonly kind: 'tell' | 'note' | 'detail'; readonly line: string }
  | { readonly kind: 'text'; readonly text: Uint8Array }
  | {
      readonly kind: 'failure'
      readonly name: 'InputError' | 'EnvironmentError'
      readonly message: string
      readonly nextSteps: readonly string[]
    }

/** What the thread's file is started with. */
export interface ThreadData<Task> {
  readonly task: Task
  /** Where its text goes; to the main thread where undefined. */
  readonly shared: SharedOutput | undefined
}

/** What a thread says while it works. */
export interface ThreadReport<State> {
  tell(line: string): void
  note(line: string): void
  detail(line: string): void
  state(state: State): void
}

/**
 * One thread and its conversation.
 * @typeParam Command what it can be told while it works
 * @typeParam State what it shows meanwhile @typeParam Result what it ends with; all are structured clones
 */
export class Thread<Command, State, Result> {
  readonly #worker: Worker
  readonly #stop: AbortSignal
  readonly #sink: Sink

  /**
   * @param url from threadUrl @param task what `serve` gets there
   * @param stop asks the thread to end: it flushes, and its result still comes
   * @param sink takes its text
   * @param shared the sink's descriptor, where the thread writes to it itself: nothing is copied then
   */
  constructor(url: URL, task: unknown, stop: AbortSignal, sink: Sink, shared?: SharedOutput) {
    this.#worker = new Worker(url, { workerData: { task, shared } satisfies ThreadData<unknown> })
    this.#stop = stop
    this.#sink = sink
  }

  /** @throws InputError, EnvironmentError of the thread; Error where it dies */
  async run(report: ThreadReport<State>): Promise<Result> {
    const worker = this.#worker
    const onStop = () => this.#say({ kind: 'stop' })
    if (this.#stop.aborted) onStop()
    this.#stop.addEventListener('abort', onStop, { once: true })
    try {
      return await new Promise<Result>((resolve, reject) => {
        worker.on('message', (message: FromThread<State, Result>) => {
          if (message.kind === 'text') this.#write(message.text, reject)
          else if (message.kind === 'state') report.state(message.state)
          else if (message.kind === 'end') resolve(message.result)
          else if (message.kind === 'failure') reject(failureOf(message))
          else report[message.kind](message.line)
        })
        worker.on('error', reject)
        worker.on('exit', (code) => reject(new Error(`a thread ended with ${code}`)))
      })
    } finally {
      this.#stop.removeEventListener('abort', onStop)
    }
  }

  command(command: Command): void {
    this.#say({ kind: 'command', command })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #say(message: ToThread<Command>): void {
    this.#worker.postMessage(message)
  }

  #write(text: Uint8Array, reject: (error: Error) => void): void {
    if (this.#sink.closed) this.#say({ kind: 'stop' })
    else if (this.#sink.write(text)) this.#say({ kind: 'read' })
    else this.#sink.drain().then(() => this.#say({ kind: 'read' }), reject)
  }
}

function failureOf({ name, message, nextSteps }: FromThread<unknown, unknown> & { kind: 'failure' }): Error {
  return name === 'InputError' ? new InputError(message, nextSteps) : new EnvironmentError(message, nextSteps)
}

/**
 * The file of a feature's thread: `worker.ts` beside the caller in the sources, an entry of its own in the bundle.
 * @param here the caller's import.meta.url @param feature its folder in lib
 */
export function threadUrl(here: string, feature: string): URL {
  return new URL(here.endsWith('.ts') ? './worker.ts' : `../lib/${feature}/worker.js`, here)
}
