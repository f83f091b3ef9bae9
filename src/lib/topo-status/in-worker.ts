// Owns running a status in a thread of its own, so that a slow screen never makes datagrams wait. Knows no terminal. See fabric.ts
// for the folder. Start at StatusThread; the thread's own file is worker.ts.

import type { ReadingOptions } from '../analysis/options.ts'
import { noSink } from '../sink/no-sink.ts'
import { Thread, type ThreadReport, threadUrl } from '../threads/threads.ts'
import type { StatusSnapshot } from './snapshot.ts'
import type { StatusCheck } from './status.ts'

export interface StatusTask {
  /** The topology's file. */
  readonly topology: string
  readonly names: boolean
  readonly ignoreCase: boolean
  readonly ignore: readonly StatusCheck[]
  readonly options: ReadingOptions
  /** For headings until the sockets are open. */
  readonly source: string
  /** Between two snapshots. */
  readonly everyMs: number
}

export class StatusThread {
  readonly #thread: Thread<never, StatusSnapshot, StatusSnapshot>

  constructor(task: StatusTask, stop: AbortSignal) {
    this.#thread = new Thread(threadUrl(import.meta.url, 'topo-status'), task, stop, noSink)
  }

  /**
   * Until `stop`, the duration or the limit; the thread is gone then.
   * @returns the last state
   * @throws EnvironmentError where an address can't be had; InputError for a topology that can't be read
   */
  async run(report: ThreadReport<StatusSnapshot>): Promise<StatusSnapshot> {
    try {
      return await this.#thread.run(report)
    } finally {
      await this.#thread.close()
    }
  }
}
