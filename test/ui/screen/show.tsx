// Draws a screen of any size without a terminal, and presses its keys through ink.

import type { TestContext } from 'node:test'
import { cleanup, render } from 'ink-testing-library'
import { coloursOfLevel } from '../../../src/lib/ui/colour.ts'
import { ScreenLoop } from '../../../src/lib/ui/screen/loop.ts'
import type { Page } from '../../../src/lib/ui/screen/page.ts'
import { ScreenView } from '../../../src/lib/ui/screen/run-screen.tsx'
import { ScreenFeed } from '../../../src/lib/ui/screen/screen.ts'

export interface Shown<S> {
  readonly feed: ScreenFeed<S>
  readonly loop: ScreenLoop<S>
  /** The lines of the newest frame, once React has drawn it. */
  lines(): Promise<string[]>
  keys(...sequences: readonly string[]): Promise<void>
  resize(columns: number, rows: number): void
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5))

/** Closed when the test ends, also when it fails. @param level of colour, 0 to 3 */
export function show<S>(
  t: TestContext,
  page: Page<S>,
  columns: number,
  rows: number,
  level: 0 | 1 | 2 | 3 = 0,
): Shown<S> {
  const feed = new ScreenFeed<S>()
  // As many frames as there are snapshots: the tests look at each.
  const framesPerSecond = Number.POSITIVE_INFINITY
  const loop = new ScreenLoop({
    name: 'sonde test',
    page,
    feed,
    colours: coloursOfLevel(level),
    keys: true,
    framesPerSecond,
  })
  loop.start()
  let frame: readonly string[] = []
  const target = {
    draw: (lines: readonly string[]) => {
      frame = lines
    },
    forget: () => {},
    hold: () => {},
    release: () => {},
  }
  const app = render(<ScreenView loop={loop} keys={true} target={target} />)
  const resize = (width: number, height: number) => {
    Object.defineProperty(app.stdout, 'columns', { value: width, configurable: true })
    Object.defineProperty(app.stdout, 'rows', { value: height, configurable: true })
    app.stdout.emit('resize')
  }
  resize(columns, rows)
  t.after(() => {
    loop.close()
    cleanup()
  })
  return {
    feed,
    loop,
    resize,
    async lines() {
      await settle()
      return frame.map((line) => line.trimEnd())
    },
    async keys(...sequences) {
      for (const sequence of sequences) {
        await settle()
        app.stdin.write(sequence)
        // ink waits 20 ms for the rest of what begins with ESC.
        if (sequence === '\u001b') await new Promise((resolve) => setTimeout(resolve, 30))
      }
    },
  }
}
