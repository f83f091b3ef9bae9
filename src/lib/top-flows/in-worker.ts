// Owns what the thread of top-flows is started with. Knows no terminal. See top-flows.ts for the folder; the thread's own file is worker.ts.

import { type WatchOptions, WatchThread } from '../analysis/watch-thread.ts'
import { threadUrl } from '../threads/threads.ts'
import type { Query } from './query.ts'
import type { SettingsFiles } from './settings.ts'
import type { TopFlowsCommand, TopFlowsSnapshot } from './snapshot.ts'

export interface WatchTask extends WatchOptions {
  readonly query: Query
  readonly settings: SettingsFiles
}

export class FlowsThread extends WatchThread<TopFlowsCommand, TopFlowsSnapshot> {
  constructor(task: WatchTask, stop: AbortSignal) {
    super(threadUrl(import.meta.url, 'top-flows'), task, stop)
  }
}
