// The lab's traffic as it is sent, sampled 1 in 100 by the lab's switches, through UDP into `sonde period`: each answer against the
// sender's log of just these cycles.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ended, says, startSonde } from '../helpers/cli.ts'
import { noNamespaces } from '../helpers/namespaces.ts'

const name = `p${process.pid}`
const port = 20_000 + (process.pid % 20_000)
const folder = mkdtempSync(join(tmpdir(), 'sonde-period-'))
const log = join(folder, 'cycles.ndjson')
/** Cycles of 0.7 s. */
const CYCLES = 45
const SETTLED_SECONDS = 20

interface Answer {
  readonly kind: string
  readonly end: string
  readonly as_of: string
  readonly period_s: number | null
  readonly error_s: number
  readonly window_s: number
  readonly reason: string | null
}

const lab = (command: string, ...args: string[]) => ended(startSonde(['lab', command, '--name', name, ...args]))

/** Starts of the cycles, seconds since 1970. */
const logged = (): readonly number[] =>
  readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => Number(/"start_ns":(\d+)/.exec(line)?.[1]) / 1e9)

describe('the lab, live', { skip: noNamespaces, timeout: 60_000 }, () => {
  after(async () => {
    await lab('down')
    rmSync(folder, { recursive: true, force: true })
  })

  test('each answer from 20 s of traffic on is within 0.3 %, or where the sender is uneven its ±, of the cycles that it is of', async () => {
    const up = await lab('up', '--to', `127.0.0.1:${port}`, '--routing', 'static', '--polling', '2s')
    assert.equal(up.code, 0, up.stderr)
    const asking = startSonde(['period', '-i', `udp://127.0.0.1:${port}`, '--every', '2s', '-f', 'ndjson'])
    const asked = ended(asking)
    await says(asking, /Listening on/)
    const sent = await lab('traffic', '--cycles', String(CYCLES), '--log', log, '-f', 'ndjson')
    assert.equal(sent.code, 0, sent.stderr)
    asking.kill('SIGINT')
    const { stdout, code, stderr } = await asked
    assert.equal(code, 0, stderr)
    const starts = logged()
    assert.equal(starts.length, CYCLES)
    let answers = 0
    for (const line of stdout.trim().split('\n')) {
      const answer = JSON.parse(line) as Answer
      const at = Date.parse(answer.as_of) / 1000
      if (answer.kind !== 'group' || !(at >= starts[0]! + SETTLED_SECONDS) || at > starts.at(-1)!) continue
      assert.ok(answer.period_s !== null, `${answer.end}: ${answer.reason}`)
      const own = starts.filter((start) => start >= at - answer.window_s && start <= at)
      const steps = own.slice(1).map((start, i) => start - own[i]!)
      const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length
      // On a machine that is busy with other things the sender's cycles vary; then the answer says so itself.
      const isEven = steps.every((step) => Math.abs(step / mean - 1) < 0.02)
      const most = isEven ? 0.003 * mean : Math.max(0.003 * mean, 2 * answer.error_s)
      // One pause of a sender that had to wait moves the mean of 40 cycles by 1 %, and their median not at all: either is a period.
      const median = steps.toSorted((x, y) => x - y)[steps.length >> 1]!
      const periods = isEven ? [mean] : [mean, median]
      const what = `${answer.end}: ${answer.period_s} ± ${answer.error_s}, sent ${periods.join(' or ')} in ${own.length} cycles`
      console.log(`  ${what}${isEven ? '' : ' (uneven)'}`)
      const off = Math.min(...periods.map((each) => Math.abs(answer.period_s! - each)))
      assert.ok(off <= most, what)
      answers++
    }
    assert.ok(answers >= 3, `${answers} answers`)
  })
})
