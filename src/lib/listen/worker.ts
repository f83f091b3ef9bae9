// Owns the thread in which a listener runs while a screen has the main thread, or one of several behind a port.
// in-worker.ts makes the thread and has the types of what goes to and fro; the work itself is run.ts.

import { parentPort, workerData } from 'node:worker_threads'
import { EnvironmentError, InputError } from '../errors.ts'
import type { Format } from '../print/format.ts'
import { createFormat, nothing } from '../print/formats.ts'
import type { Sink } from '../sink/sink.ts'
import type { FromWorker, ToWorker, WorkerTask } from './in-worker.ts'
import { runListen } from './run.ts'

/** Blocks of text that may be on their way to the main thread; then this one waits. */
const MOST_UNREAD = 16

const port = parentPort!
const { options, everyMs, print, header } = workerData as WorkerTask
const say = (message: FromWorker) => port.postMessage(message)

const stop = new AbortController()
let unread = 0
let readAgain: (() => void) | undefined
port.on('message', (message: ToWorker) => {
  if (message === 'stop') stop.abort()
  else if (--unread < MOST_UNREAD) readAgain?.()
})

/** Hands text to the main thread, which writes it. */
const toMain: Sink = {
  write(bytes) {
    const text = bytes.slice()
    port.postMessage({ kind: 'text', text } satisfies FromWorker, [text.buffer])
    return ++unread < MOST_UNREAD
  },
  drain: () =>
    new Promise((resolve) => {
      readAgain = resolve
      if (unread < MOST_UNREAD) resolve()
    }),
  close: async () => {},
  closed: false,
}

async function formatOf(): Promise<Format> {
  if (print === undefined) return nothing
  const format = await createFormat(print, (line) => say({ kind: 'note', line }))
  if (!header) format.begin = () => {}
  return format
}

try {
  const { snapshot } = await runListen(
    { ...options, stop: stop.signal },
    await formatOf(),
    {
      tell: (line) => say({ kind: 'tell', line }),
      note: (line) => say({ kind: 'note', line }),
      detail: () => {},
      watch: { everyMs, snapshot: (state) => say({ kind: 'snapshot', snapshot: state }) },
    },
    toMain,
  )
  say({ kind: 'end', snapshot })
} catch (error) {
  if (!(error instanceof InputError || error instanceof EnvironmentError)) throw error
  say({ kind: 'failure', name: error.name, message: error.message, nextSteps: error.nextSteps })
} finally {
  port.close()
}
