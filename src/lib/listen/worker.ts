// Owns the worker thread in which a listener runs while a screen has the main thread. in-worker.ts makes the thread and has
// the types of what goes to and fro; the work itself is run.ts.

import { parentPort, workerData } from 'node:worker_threads'
import { EnvironmentError, InputError } from '../errors.ts'
import { nothing } from '../print/formats.ts'
import type { Sink } from '../sink/sink.ts'
import type { FromWorker, ToWorker, WorkerTask } from './in-worker.ts'
import { runListen } from './run.ts'

const port = parentPort!
const { options, everyMs } = workerData as WorkerTask
const say = (message: FromWorker) => port.postMessage(message)

const stop = new AbortController()
port.on('message', (message: ToWorker) => {
  if (message === 'stop') stop.abort()
})

/** The screen shows counts, not samples. */
const nowhere: Sink = { write: () => true, drain: async () => {}, close: async () => {}, closed: false }

try {
  const { snapshot } = await runListen(
    { ...options, stop: stop.signal },
    nothing,
    {
      tell: (line) => say({ kind: 'tell', line }),
      note: (line) => say({ kind: 'note', line }),
      detail: () => {},
      watch: { everyMs, snapshot: (state) => say({ kind: 'snapshot', snapshot: state }) },
    },
    nowhere,
    [],
  )
  say({ kind: 'end', snapshot })
} catch (error) {
  if (!(error instanceof InputError || error instanceof EnvironmentError)) throw error
  say({ kind: 'failure', name: error.name, message: error.message, nextSteps: error.nextSteps })
} finally {
  port.close()
}
