// Owns what the thread of cycles is started with. Knows no terminal. See cycles.ts for the folder; the thread's own file is worker.ts.

import { type WatchOptions, WatchThread } from '../analysis/watch-thread.ts'
import { threadUrl } from '../threads/threads.ts'
import type { CyclesFiles, CyclesQuery } from './query.ts'
import type { CyclesCommand, CyclesSnapshot } from './snapshot.ts'

export interface CyclesTask extends WatchOptions {
  readonly query: CyclesQuery
  readonly settings: CyclesFiles
}

export class CyclesThread extends WatchThread<CyclesCommand, CyclesSnapshot> {
  constructor(task: CyclesTask, stop: AbortSignal) {
    super(threadUrl(import.meta.url, 'cycles'), task, stop)
  }
}
