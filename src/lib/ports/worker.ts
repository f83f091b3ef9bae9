// Owns the thread in which ports runs while a screen has the main thread. in-worker.ts makes the thread; the work itself is
// analysis/watch.ts with watched.ts.

import { loadSettings } from '../analysis/settings.ts'
import { watch } from '../analysis/watch.ts'
import { serve } from '../threads/inside.ts'
import type { WatchTask } from './in-worker.ts'
import type { PortsCommand, PortsSnapshot } from './snapshot.ts'
import { WatchedPorts } from './watched.ts'

await serve<WatchTask, PortsCommand, PortsSnapshot, PortsSnapshot>(async (task, inside) => {
  const settings = await loadSettings(task.settings)
  return watch(new WatchedPorts(task.query, settings, task.source), task.options, inside, task.everyMs)
})
