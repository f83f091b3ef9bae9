// The whole of `sonde top-flows` at a real terminal, fed by a replay: its screen has the numbers of the capture, the question is
// changed while it runs, it ends well.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { repositoryRoot, sonde } from '../helpers/cli.ts'
import { freePort, opened } from '../helpers/listener.ts'
import { noTerminal, Pane, withTerminals } from '../helpers/pane.ts'

const capture = join(repositoryRoot, 'fixtures/fabric.pcap')
const flags = ['--window', 'all', '--scale', 'configured', '--agg', 'sum', '--value', 'frames']

interface Row {
  readonly kind: string
  readonly keys: Readonly<Record<string, string>>
  readonly frames: number
}

/** Of the capture: flows by key, and the total. */
function recorded(...args: readonly string[]): Row[] {
  return sonde(['top-flows', capture, '-f', 'ndjson', '-q', ...flags, ...args])
    .stdout.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
}

/** As the screen writes totals of packets: all digits below ten millions. */
function shown(frames: number): string {
  if (frames < 1e7) return String(frames).replace(/\B(?=(?:\d{3})+$)/g, ',')
  return `${(frames / 1e6).toFixed(1)}M`
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

describe('top-flows at a terminal', { skip: noTerminal }, () => {
  withTerminals()

  for (const [columns, rows] of [
    [80, 24],
    [200, 50],
  ] as const) {
    test(`fed by a replay, ${columns}×${rows}`, async (t) => {
      const port = await freePort()
      const pane = new Pane(
        `sonde top-flows -i udp://127.0.0.1:${port} ${flags.join(' ')} --every 200ms`,
        columns,
        rows,
      )
      t.after(() => pane.close())
      await opened(port)
      await pane.until(/^ Nothing (has come|came) to udp:/m)
      sonde(['replay', capture, '--to', `127.0.0.1:${port}`, '--speed', 'max', '-q'])
      // Totals, which don't depend on how fast it was replayed.
      pane.keys('t')
      const rowsOfCapture = recorded()
      const total = rowsOfCapture.find(({ kind }) => kind === 'total')!
      await pane.until(new RegExp(`^ +${escaped(shown(total.frames))} .* total`, 'm'))
      const text = pane.lines().join('\n')
      for (const { keys, frames } of rowsOfCapture.filter(({ kind }) => kind === 'flow').slice(0, 5)) {
        assert.match(
          text,
          new RegExp(`^.? *${escaped(shown(frames))} .*${escaped(keys.src!)} .*${escaped(keys.dst!)}`, 'm'),
        )
      }

      // Another question counts from then on.
      pane.keys('k', 'C-u')
      for (const key of 'proto') pane.keys(key)
      pane.keys('Enter')
      await pane.until(/^ proto · frames/m)
      sonde(['replay', capture, '--to', `127.0.0.1:${port}`, '--speed', 'max', '--restart-sequence', '-q'])
      for (const { keys, frames } of recorded('-k', 'proto').filter(({ kind }) => kind === 'flow')) {
        await pane.until(new RegExp(`^.? *${escaped(shown(frames))} .* ${keys.proto} `, 'm'))
      }

      pane.keys('q')
      const end = await pane.until(/^exit 0$/m)
      assert.match(end, /^\d+(\.\d)? s: \d+ datagrams, \d+ samples for the last question; lost: /m)
      assert.deepEqual(pane.modes(), { otherScreen: false, cursor: true, wraps: true })
    })
  }

  test('with --fail-if there is no screen, and that is said', async (t) => {
    const port = await freePort()
    const flag = `--duration 1s --window all --fail-if 'total.samples > 1M'`
    const pane = new Pane(`sonde top-flows -i udp://127.0.0.1:${port} ${flag}`, 120, 24)
    t.after(() => pane.close())
    const end = await pane.until(/^exit \d$/m)
    assert.match(end, /No screen with --fail-if: it is printed and judged at the end, by Ctrl-C or --duration\./)
  })
})
