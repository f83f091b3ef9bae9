// Owns the thread in which drops runs while a screen has the main thread. in-worker.ts makes the thread; the work itself is
// analysis/watch.ts with watched.ts.

import { loadSettings } from '../analysis/settings.ts'
import { watch } from '../analysis/watch.ts'
import { serve } from '../threads/inside.ts'
import type { WatchTask } from './in-worker.ts'
import type { DropsCommand, DropsSnapshot } from './snapshot.ts'
import { WatchedDrops } from './watched.ts'

await serve<WatchTask, DropsCommand, DropsSnapshot, DropsSnapshot>(async (task, inside) => {
  const settings = await loadSettings(task.settings)
  return watch(new WatchedDrops(task.query, settings, task.source), task.options, inside, task.everyMs)
})
