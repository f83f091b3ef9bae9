// Owns what the thread of ports is started with. Knows no terminal. See analysis.ts for the folder; the thread's own file is worker.ts.

import { type WatchOptions, WatchThread } from '../analysis/watch-thread.ts'
import { threadUrl } from '../threads/threads.ts'
import type { PortsFiles, PortsQuery } from './query.ts'
import type { PortsCommand, PortsSnapshot } from './snapshot.ts'

export interface WatchTask extends WatchOptions {
  readonly query: PortsQuery
  readonly settings: PortsFiles
}

export class PortsThread extends WatchThread<PortsCommand, PortsSnapshot> {
  constructor(task: WatchTask, stop: AbortSignal) {
    super(threadUrl(import.meta.url, 'ports'), task, stop)
  }
}
