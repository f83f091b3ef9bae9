// Owns running path in a thread of its own, so that a slow screen never makes datagrams wait. Knows no terminal. See path.ts
// for the folder. Start at PathThread; the thread's own file is worker.ts.

import type { ReadingOptions } from '../analysis/options.ts'
import { noSink } from '../sink/no-sink.ts'
import { Thread, type ThreadReport, threadUrl } from '../threads/threads.ts'
import type { PathFiles, PathQuery } from './query.ts'
import type { PathCommand, PathSnapshot } from './snapshot.ts'

export interface WatchTask {
  readonly query: PathQuery & { readonly windowMs: number }
  readonly settings: PathFiles
  readonly options: ReadingOptions
  /** For headings until the sockets are open. */
  readonly source: string
  /** Between two snapshots. */
  readonly everyMs: number
}

/** Commands go in, snapshots come out. */
export class PathThread {
  readonly #thread: Thread<PathCommand, PathSnapshot, PathSnapshot>

  constructor(task: WatchTask, stop: AbortSignal) {
    this.#thread = new Thread(threadUrl(import.meta.url, 'path'), task, stop, noSink)
  }

  command(command: PathCommand): void {
    this.#thread.command(command)
  }

  /**
   * Until `stop`, the duration or the limit; the thread is gone then.
   * @returns the last state
   * @throws EnvironmentError where an address can't be had; InputError for a filter that is not understood
   */
  async run(report: ThreadReport<PathSnapshot>): Promise<PathSnapshot> {
    try {
      return await this.#thread.run(report)
    } finally {
      await this.#thread.close()
    }
  }
}
