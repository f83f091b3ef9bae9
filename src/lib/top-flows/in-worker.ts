// Owns running top-flows in a thread of its own, so that a slow screen never makes datagrams wait. Knows no terminal.
// Start at FlowsThread; the thread's own file is worker.ts.

import type { ReadingOptions } from '../analysis/options.ts'
import { noSink } from '../sink/no-sink.ts'
import { Thread, type ThreadReport, threadUrl } from '../threads/threads.ts'
import type { Query } from './query.ts'
import type { SettingsFiles } from './settings.ts'
import type { TopFlowsCommand, TopFlowsSnapshot } from './snapshot.ts'

export interface WatchTask {
  readonly query: Query
  readonly settings: SettingsFiles
  readonly options: ReadingOptions
  /** For headings until the sockets are open. */
  readonly source: string
  /** Between two snapshots. */
  readonly everyMs: number
}

/** Commands go in, snapshots come out. */
export class FlowsThread {
  readonly #thread: Thread<TopFlowsCommand, TopFlowsSnapshot, TopFlowsSnapshot>

  constructor(task: WatchTask, stop: AbortSignal) {
    this.#thread = new Thread(threadUrl(import.meta.url, 'top-flows'), task, stop, noSink)
  }

  command(command: TopFlowsCommand): void {
    this.#thread.command(command)
  }

  /**
   * Until `stop`, the duration or the limit; the thread is gone then.
   * @returns the last state
   * @throws EnvironmentError where an address can't be had; InputError for texts that are not understood
   */
  async run(report: ThreadReport<TopFlowsSnapshot>): Promise<TopFlowsSnapshot> {
    try {
      return await this.#thread.run(report)
    } finally {
      await this.#thread.close()
    }
  }
}
