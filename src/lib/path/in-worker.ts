// Owns what the thread of path is started with. Knows no terminal. See path.ts for the folder; the thread's own file is worker.ts.

import { type WatchOptions, WatchThread } from '../analysis/watch-thread.ts'
import { threadUrl } from '../threads/threads.ts'
import type { PathFiles, PathQuery } from './query.ts'
import type { PathCommand, PathSnapshot } from './snapshot.ts'

export interface WatchTask extends WatchOptions {
  readonly query: PathQuery & { readonly windowMs: number }
  readonly settings: PathFiles
}

export class PathThread extends WatchThread<PathCommand, PathSnapshot> {
  constructor(task: WatchTask, stop: AbortSignal) {
    super(threadUrl(import.meta.url, 'path'), task, stop)
  }
}
