// Owns the thread in which a status is made while a screen has the main thread. in-worker.ts makes the thread; the work itself
// is analysis/watch.ts with watched.ts.

import { watch } from '../analysis/watch.ts'
import { serve } from '../threads/inside.ts'
import { loadTopology } from '../topo/load-topology.ts'
import { emptyTopology } from '../topo/topology.ts'
import type { StatusTask } from './in-worker.ts'
import type { StatusSnapshot } from './snapshot.ts'
import { WatchedStatus } from './watched.ts'

await serve<StatusTask, never, StatusSnapshot, StatusSnapshot>(async (task, inside) => {
  const topology = task.topology === undefined ? emptyTopology : await loadTopology(task.topology)
  return watch(new WatchedStatus(task, topology), task.options, inside, task.everyMs)
})
