// Owns the thread in which top-flows runs while a screen has the main thread. in-worker.ts makes the thread; the work
// itself is analysis/watch.ts with watched.ts.

import { loadSettings } from '../analysis/settings.ts'
import { watch } from '../analysis/watch.ts'
import { serve } from '../threads/inside.ts'
import type { WatchTask } from './in-worker.ts'
import type { TopFlowsCommand, TopFlowsSnapshot } from './snapshot.ts'
import { WatchedFlows } from './watched.ts'

await serve<WatchTask, TopFlowsCommand, TopFlowsSnapshot, TopFlowsSnapshot>(async (task, inside) => {
  const settings = await loadSettings(task.settings)
  return watch(new WatchedFlows(task.query, settings, task.source), task.options, inside, task.everyMs)
})
