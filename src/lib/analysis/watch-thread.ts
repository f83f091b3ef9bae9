// Owns the thread in which an analysis runs while a screen has the main thread, so that a slow screen never makes datagrams wait.
// Knows no analysis and no terminal. Start at WatchThread; what runs in the thread is watch.ts.

import { noSink } from '../sink/no-sink.ts'
import { Thread, type ThreadReport } from '../threads/threads.ts'
import type { ReadingOptions } from './options.ts'

/** What every such thread is started with; an analysis adds its question. */
export interface WatchOptions {
  readonly options: ReadingOptions
  /** For headings until the sockets are open. */
  readonly source: string
  /** Between two snapshots. */
  readonly everyMs: number
}

/** Commands go in, snapshots come out. */
export class WatchThread<Command, Snapshot> {
  readonly #thread: Thread<Command, Snapshot, Snapshot>

  /** @param url of the thread's file, from threadUrl @param stop asks it to end */
  constructor(url: URL, task: WatchOptions, stop: AbortSignal) {
    this.#thread = new Thread(url, task, stop, noSink)
  }

  command(command: Command): void {
    this.#thread.command(command)
  }

  /**
   * Until `stop`, the duration or the limit; the thread is gone then.
   * @returns the last state
   * @throws EnvironmentError where an address can't be had; InputError for texts and files that are not understood
   */
  async run(report: ThreadReport<Snapshot>): Promise<Snapshot> {
    try {
      return await this.#thread.run(report)
    } finally {
      await this.#thread.close()
    }
  }
}
