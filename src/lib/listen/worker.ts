// Owns the thread in which a listener runs while a screen has the main thread, or one of several behind a port.
// in-worker.ts makes the thread; the work itself is run.ts.

import type { Format } from '../print/format.ts'
import { createFormat, nothing } from '../print/formats.ts'
import { serve } from '../threads/inside.ts'
import type { WorkerTask } from './in-worker.ts'
import { runListen } from './run.ts'
import type { ListenSnapshot } from './snapshot.ts'

async function formatOf({ print, header }: WorkerTask, note: (line: string) => void): Promise<Format> {
  if (print === undefined) return nothing
  const format = await createFormat(print, note)
  if (!header) format.begin = () => {}
  return format
}

await serve<WorkerTask, never, ListenSnapshot, ListenSnapshot>(async (task, { stop, sink, report }) => {
  const { snapshot, failure } = await runListen(
    { ...task.options, stop },
    await formatOf(task, report.note),
    {
      tell: report.tell,
      note: report.note,
      detail: () => {},
      watch: { everyMs: task.everyMs, snapshot: report.state },
    },
    sink,
  )
  if (failure === undefined) return snapshot
  report.state(snapshot)
  throw failure
})
