// Owns the terminal while a screen is shown: the other screen, raw keys, resizing, and giving all of it back, whatever
// happens. What is drawn and what keys do is in loop.ts. See screen.ts for the folder.

import { closeSync, openSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { ReadStream } from 'node:tty'
import { render, useApp, useInput, usePaste, useStdout, useWindowSize } from 'ink'
import { type ReactNode, useLayoutEffect, useSyncExternalStore } from 'react'
import type { ScreenFeed } from './feed.ts'
import { FrameWriter } from './frame-writer.ts'
import { keyNames } from './keys.ts'
import { type EndReason, type LoopOptions, ScreenLoop } from './loop.ts'

export interface ScreenOptions<S> extends Omit<LoopOptions<S>, 'keys'> {
  /** Aborted by SIGINT, SIGTERM and SIGHUP; the screen ends then. */
  readonly signal: AbortSignal
}

export interface ScreenEnd {
  readonly reason: EndReason
}

// DECAWM (xterm's control sequences, private mode 7): a line that the terminal finds wider than we do, for a letter that is newer
// than one of us, is cut at the edge. With it on, one such name would push the whole frame up.
const wrapOff = '\u001b[?7l'
const wrapOn = '\u001b[?7h'
/** Signals come to threads in their own time; by then this process has been stopped, and goes on. */
const stopMs = 50

/** Where frames go. */
export type FrameTarget = Pick<FrameWriter, 'draw' | 'forget' | 'hold' | 'release'>

/** The whole screen: keys to the loop, and its frames to `target`. ink itself draws nothing, see frame-writer.ts. */
export function ScreenView<S>({
  loop,
  keys,
  target,
}: {
  readonly loop: ScreenLoop<S>
  readonly keys: boolean
  readonly target: FrameTarget
}): ReactNode {
  const { columns, rows } = useWindowSize()
  const { stdout } = useStdout()
  useSyncExternalStore(loop.subscribe, loop.version)
  // An effect, because ink ends them also when it is ended by a signal.
  useLayoutEffect(() => {
    if (!('isTTY' in stdout && stdout.isTTY)) return
    stdout.write(wrapOff)
    return () => {
      stdout.write(wrapOn)
    }
  }, [stdout])
  const { suspendTerminal } = useApp()
  // As the terminal itself does where keys are not raw: all processes of the job, until the shell lets them go on. Where there is
  // no shell that could (the process group is orphaned), the kernel does not stop them, and the screen is back at once.
  const suspend = async () => {
    target.hold()
    await suspendTerminal(async () => {
      stdout.write(wrapOn)
      process.kill(0, 'SIGTSTP')
      await pause(stopMs)
      stdout.write(wrapOff)
    })
    target.release()
    loop.redraw()
  }
  useInput(
    (input, key) => {
      for (const name of keyNames(input, key)) {
        if (name === 'ctrl-l') {
          target.forget()
          loop.redraw()
        } else if (name === 'ctrl-z') void suspend()
        else loop.press(name)
      }
    },
    { isActive: keys },
  )
  usePaste((text) => loop.paste(text), { isActive: keys })
  const lines = loop.draw(columns, rows)
  useLayoutEffect(() => target.draw(lines, columns))
  return null
}

/** Where keys come from: stdin, or where data comes on it the terminal itself; undefined where there is none. */
function openKeyboard(): { readonly stream: ReadStream; readonly own: boolean } | undefined {
  if (process.stdin.isTTY) return { stream: process.stdin, own: false }
  let descriptor: number
  try {
    descriptor = openSync('/dev/tty', 'r')
  } catch {
    // No controlling terminal: under a service manager, in some containers.
    return undefined
  }
  try {
    return { stream: new ReadStream(descriptor), own: true }
  } catch {
    closeSync(descriptor)
    return undefined
  }
}

/** Waits for the first snapshot, so that work that fails at once does so without a screen that flashes. */
function firstSnapshot<S>(feed: ScreenFeed<S>, signal: AbortSignal): Promise<EndReason | undefined> {
  return new Promise((resolve) => {
    const done = (reason: EndReason | undefined) => {
      feed.disconnect()
      signal.removeEventListener('abort', stop)
      resolve(reason)
    }
    const stop = () => done('stopped')
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    else if (feed.ended) done('ended')
    else feed.connect({ snapshot: () => done(undefined), line: () => {}, end: () => done('ended') })
  })
}

/**
 * Shows a screen on stdout, which must be a terminal, until `q`, Ctrl-C, the signal or the end of the feed. When it resolves
 * the terminal is as it was before, with nothing of the screen left: print a summary then. After an exception anywhere in
 * the process the terminal is given back before the exception is reported.
 * @throws what a page threw
 */
export async function runScreen<S>({ signal, ...options }: ScreenOptions<S>): Promise<ScreenEnd> {
  const early = await firstSnapshot(options.feed, signal)
  if (early !== undefined) return { reason: early }
  const keyboard = openKeyboard()
  const keys = keyboard !== undefined
  const loop = new ScreenLoop({ ...options, keys })
  loop.start()
  const target = new FrameWriter((text) => process.stdout.write(text))
  const instance = render(<ScreenView loop={loop} keys={keys} target={target} />, {
    stdin: keyboard?.stream ?? process.stdin,
    alternateScreen: true,
    // ink would not draw where the environment says CI; that stdout is a terminal is what counts.
    interactive: true,
    isScreenReaderEnabled: false,
    // Ctrl-C is a key here, so that the loop ends as with q.
    exitOnCtrlC: false,
    patchConsole: false,
  })
  const giveBack = () => {
    instance.unmount()
    if (keyboard?.stream.isRaw) keyboard.stream.setRawMode(false)
  }
  process.on('uncaughtExceptionMonitor', giveBack)
  const stop = () => loop.stop('stopped')
  // EIO: the terminal was closed. Unheard it would end the process before what it does beside the screen is finished.
  keyboard?.stream.on('error', stop)
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    // ink's own end comes first only where a page threw.
    const exit = instance.waitUntilExit().then(() => 'ended' as const)
    const reason = await Promise.race([loop.end, exit])
    giveBack()
    await instance.waitUntilExit()
    return { reason }
  } finally {
    loop.close()
    giveBack()
    if (keyboard?.own) keyboard.stream.destroy()
    signal.removeEventListener('abort', stop)
    process.off('uncaughtExceptionMonitor', giveBack)
  }
}
