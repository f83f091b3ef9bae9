// Owns what the thread of drops is started with. Knows no terminal. See drops.ts for the folder; the thread's own file is worker.ts.

import { type WatchOptions, WatchThread } from '../analysis/watch-thread.ts'
import { threadUrl } from '../threads/threads.ts'
import type { DropsFiles, DropsQuery } from './query.ts'
import type { DropsCommand, DropsSnapshot } from './snapshot.ts'

export interface WatchTask extends WatchOptions {
  readonly query: DropsQuery
  readonly settings: DropsFiles
}

export class DropsThread extends WatchThread<DropsCommand, DropsSnapshot> {
  constructor(task: WatchTask, stop: AbortSignal) {
    super(threadUrl(import.meta.url, 'drops'), task, stop)
  }
}
