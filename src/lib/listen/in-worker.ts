// Owns running a listener in threads of its own: one, so that a slow screen never makes datagrams wait, or several behind
// one port (SO_REUSEPORT). Knows no terminal. Start at listenInWorkers; the thread's own file is worker.ts.

import { EnvironmentError } from '../errors.ts'
import type { PrintOptions } from '../print/options.ts'
import type { Sink } from '../sink/sink.ts'
import { Thread, threadUrl } from '../threads/threads.ts'
import { mergeSnapshots } from './merge.ts'
import type { ListenOptions } from './options.ts'
import type { ListenEnd } from './run.ts'
import type { ListenSnapshot } from './snapshot.ts'

/** Forms whose lines may be mixed: they stand for themselves. Cards need a view, which can't go to a thread. */
export const mixableFormats: readonly string[] = ['ndjson', 'line', 'csv']

export interface WorkerTask {
  readonly options: Omit<ListenOptions, 'stop' | 'onSnapshot'>
  /** Between two snapshots. */
  readonly everyMs: number
  /** How samples are printed; undefined: not. */
  readonly print: PrintOptions | undefined
  /** Whether this thread prints the header line. */
  readonly header: boolean
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
 * @returns the last state of all together; where one can't go on, all end
 * @throws as runListen
 */
export async function listenInWorkers(
  options: ListenOptions,
  { workers, everyMs, print }: WorkersOptions,
  report: WorkersReport,
  sink: Sink,
): Promise<ListenEnd> {
  const { stop, onSnapshot, ...plain } = options
  const end = new AbortController()
  const shared = print === undefined ? undefined : sink.share?.()
  const threads = Array.from({ length: workers }, (_, i) => {
    const task: WorkerTask = {
      options: { ...plain, sharePort: workers > 1 },
      everyMs,
      // Only forms without a view are printed in threads: the cast leaves it out.
      print: print as PrintOptions | undefined,
      header: i === 0,
    }
    const ended = AbortSignal.any([stop, end.signal])
    const url = threadUrl(import.meta.url, 'listen')
    return new Thread<never, ListenSnapshot, ListenSnapshot>(url, task, ended, sink, shared)
  })
  const states = new Array<ListenSnapshot | undefined>(workers).fill(undefined)
  try {
    const ends = await Promise.allSettled(
      threads.map(async (thread, i) => {
        const work = thread.run({
          tell: report.tell.bind(report),
          // Each thread says the same of its socket.
          note: (line) => (i === 0 ? report.note(line) : undefined),
          detail: () => {},
          state: (snapshot) => {
            states[i] = snapshot
            if (i > 0) return
            const all = mergeSnapshots(states.filter((x) => x !== undefined))
            report.snapshot(all)
            onSnapshot?.(all)
          },
        })
        try {
          states[i] = await work
        } catch (error) {
          end.abort()
          throw error
        }
        // It ended as nobody reads: so must those that have nothing to write now.
        if (sink.closed) end.abort()
      }),
    )
    const failed = ends.find((x) => x.status === 'rejected')
    const known = states.filter((x) => x !== undefined)
    if (failed === undefined) return { snapshot: mergeSnapshots(known), failure: undefined }
    const { reason } = failed as { readonly reason: unknown }
    // One that did not come to listen has no state.
    if (!(reason instanceof EnvironmentError) || known.length < workers) throw reason
    return { snapshot: mergeSnapshots(known), failure: reason }
  } finally {
    end.abort()
    await Promise.all(threads.map((thread) => thread.close()))
  }
}
