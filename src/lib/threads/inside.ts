// Owns a thread's side of the conversation: text to the main thread, which writes it (or past it), and states; stop and commands
// from there. See threads.ts. Start at serve.

import { parentPort, workerData } from 'node:worker_threads'
import { EnvironmentError, InputError } from '../errors.ts'
import { openShared } from '../sink/shared-output.ts'
import type { Sink } from '../sink/sink.ts'
import type { FromThread, ThreadData, ToThread } from './threads.ts'

/** Blocks of text that may be on their way to the main thread; then this one waits. */
const MOST_UNREAD = 16

/** What the work in a thread has. */
export interface Inside<Command, State> {
  /** Asks it to end. */
  readonly stop: AbortSignal
  /** Where its text goes: to the main thread, or with other threads to its descriptor. */
  readonly sink: Sink
  readonly report: {
    tell(line: string): void
    note(line: string): void
    detail(line: string): void
    state(state: State): void
  }
  /** Commands that came before are given at once. */
  onCommand(listener: (command: Command) => void): void
}

/**
 * Does the work of this thread: call it once, at the top of the thread's file. What the work throws as InputError or
 * EnvironmentError is thrown by Thread.run in the main thread.
 */
export async function serve<Task, Command, State, Result>(
  work: (task: Task, inside: Inside<Command, State>) => Promise<Result>,
): Promise<void> {
  const port = parentPort!
  const say = (message: FromThread<State, Result>) => port.postMessage(message)
  const stop = new AbortController()
  const early: Command[] = []
  let listener = (command: Command): void => void early.push(command)
  let unread = 0
  let readAgain: (() => void) | undefined
  port.on('message', (message: ToThread<Command>) => {
    if (message.kind === 'stop') stop.abort()
    else if (message.kind === 'command') listener(message.command)
    else if (--unread < MOST_UNREAD) readAgain?.()
  })
  const { task, shared } = workerData as ThreadData<Task>
  const toMain: Sink = {
    write(bytes) {
      const text = bytes.slice()
      port.postMessage({ kind: 'text', text } satisfies FromThread<State, Result>, [text.buffer])
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
  const inside: Inside<Command, State> = {
    stop: stop.signal,
    sink: shared === undefined ? toMain : openShared(shared),
    report: {
      tell: (line) => say({ kind: 'tell', line }),
      note: (line) => say({ kind: 'note', line }),
      detail: (line) => say({ kind: 'detail', line }),
      state: (state) => say({ kind: 'state', state }),
    },
    onCommand(next) {
      listener = next
      for (const command of early.splice(0)) next(command)
    },
  }
  try {
    say({ kind: 'end', result: await work(task, inside) })
  } catch (error) {
    if (!(error instanceof InputError || error instanceof EnvironmentError)) throw error
    say({ kind: 'failure', name: error.name, message: error.message, nextSteps: error.nextSteps })
  } finally {
    port.close()
  }
}
