// Owns what the thread of a status is started with. Knows no terminal. See fabric.ts for the folder; the thread's own file is worker.ts.

import { type WatchOptions, WatchThread } from '../analysis/watch-thread.ts'
import { threadUrl } from '../threads/threads.ts'
import type { StatusSnapshot } from './snapshot.ts'
import type { StatusCheck } from './status.ts'

export interface StatusTask extends WatchOptions {
  /** The topology's file; undefined: one is still to come, by HTTP. */
  readonly topology: string | undefined
  readonly names: boolean
  readonly ignoreCase: boolean
  readonly ignore: readonly StatusCheck[]
}

export class StatusThread extends WatchThread<never, StatusSnapshot> {
  constructor(task: StatusTask, stop: AbortSignal) {
    super(threadUrl(import.meta.url, 'topo-status'), task, stop)
  }
}
