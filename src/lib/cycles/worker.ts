// Owns the thread in which cycles runs while a screen has the main thread. in-worker.ts makes the thread; the work itself is
// analysis/watch.ts with watched.ts.

import { loadSettings } from '../analysis/settings.ts'
import { watch } from '../analysis/watch.ts'
import { serve } from '../threads/inside.ts'
import type { CyclesTask } from './in-worker.ts'
import type { CyclesCommand, CyclesSnapshot } from './snapshot.ts'
import { WatchedCycles } from './watched.ts'

await serve<CyclesTask, CyclesCommand, CyclesSnapshot, CyclesSnapshot>(async (task, inside) => {
  const settings = await loadSettings(task.settings)
  return watch(new WatchedCycles(task.query, settings, task.source), task.options, inside, task.everyMs)
})
