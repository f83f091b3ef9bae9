// Owns what the thread of ai-metrics is started with, and makes its states whole. Knows no terminal. See ai-metrics.ts for the
// folder; the thread's own file is worker.ts.

import { type WatchOptions, WatchThread } from '../analysis/watch-thread.ts'
import type { PeriodMethodName } from '../period/methods.ts'
import { type ThreadReport, threadUrl } from '../threads/threads.ts'
import type { AiFiles } from './query.ts'
import type { AiCommand, AiSnapshot, AiState } from './snapshot.ts'
import type { AiLiveQuery } from './watched.ts'

export interface AiTask extends WatchOptions {
  readonly query: AiLiveQuery
  readonly settings: AiFiles
  readonly method: PeriodMethodName
}

export class AiThread extends WatchThread<AiCommand, AiState> {
  constructor(task: AiTask, stop: AbortSignal) {
    super(threadUrl(import.meta.url, 'ai-metrics'), task, stop)
  }
}

/** States come several times a second, the trend with its thousands of numbers once: whoever shows them needs it each time. */
export function wholeSnapshots({ state, ...report }: ThreadReport<AiSnapshot>): ThreadReport<AiState> {
  let last: Pick<AiSnapshot, 'trend' | 'window'> | undefined
  return {
    ...report,
    state({ news, ...rest }) {
      last = news ?? last
      // The first state has news.
      if (last !== undefined) state({ ...rest, ...last })
    },
  }
}
