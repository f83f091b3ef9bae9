// Owns the thread in which ai-metrics runs while a screen has the main thread. in-worker.ts makes the thread; the work itself is
// analysis/watch.ts with watched.ts.

import { watch } from '../analysis/watch.ts'
import { periodMethod } from '../period/methods.ts'
import { serve } from '../threads/inside.ts'
import type { AiTask } from './in-worker.ts'
import { loadAiSettings } from './query.ts'
import type { AiCommand, AiState } from './snapshot.ts'
import { WatchedAi } from './watched.ts'

await serve<AiTask, AiCommand, AiState, AiState>(async (task, inside) => {
  const settings = await loadAiSettings(task.settings)
  const watched = new WatchedAi(task.query, settings, task.source, () => periodMethod(task.method))
  return watch(watched, task.options, inside, task.everyMs)
})
