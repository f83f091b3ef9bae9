// Owns running a listener in a worker thread: a slow screen then never makes datagrams wait. Knows no terminal.
// Start at listenInWorker; the thread's own file is worker.ts.

import { Worker } from 'node:worker_threads'
import { EnvironmentError, InputError } from '../errors.ts'
import type { ListenOptions } from './options.ts'
import type { ListenSnapshot } from './snapshot.ts'

/** What of the options can go to a thread. */
export type WorkerOptions = Omit<ListenOptions, 'stop'>

export interface WorkerTask {
  readonly options: WorkerOptions
  /** Between two snapshots. */
  readonly everyMs: number
}

export type ToWorker = 'stop'

export type FromWorker =
  | { readonly kind: 'snapshot'; readonly snapshot: ListenSnapshot }
  | { readonly kind: 'end'; readonly snapshot: ListenSnapshot }
  | { readonly kind: 'tell'; readonly line: string }
  | { readonly kind: 'note'; readonly line: string }
  | {
      readonly kind: 'failure'
      readonly name: 'InputError' | 'EnvironmentError'
      readonly message: string
      readonly nextSteps: readonly string[]
    }

export interface WorkerReport {
  tell(line: string): void
  note(line: string): void
  snapshot(snapshot: ListenSnapshot): void
}

/**
 * Listens in a thread of its own until `stop`, the limit or the duration.
 * @returns the last state
 * @throws as runListen
 */
export async function listenInWorker(
  options: ListenOptions,
  everyMs: number,
  report: WorkerReport,
): Promise<ListenSnapshot> {
  const { stop, ...plain } = options
  const task: WorkerTask = { options: plain, everyMs }
  const worker = new Worker(workerUrl(), { workerData: task })
  const onStop = () => worker.postMessage('stop' satisfies ToWorker)
  if (stop.aborted) onStop()
  stop.addEventListener('abort', onStop, { once: true })
  try {
    return await new Promise<ListenSnapshot>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'snapshot') report.snapshot(message.snapshot)
        else if (message.kind === 'end') resolve(message.snapshot)
        else if (message.kind === 'failure') reject(failureOf(message))
        else report[message.kind](message.line)
      })
      worker.on('error', reject)
      worker.on('exit', (code) => reject(new Error(`the listening thread ended with ${code}`)))
    })
  } finally {
    stop.removeEventListener('abort', onStop)
    await worker.terminate()
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
