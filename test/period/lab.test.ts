// A real job whose cycles are known, as sFlow of four switches saw it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sonde } from '../helpers/cli.ts'
import { sharedJson, sharedPath } from '../helpers/shared.ts'

interface Truth {
  readonly jobs: readonly { readonly mean_period_s: number }[]
}

const capture = sharedPath('captures/agents/lab-rocev2.pcap')
const topology = sharedPath('captures/agents/lab-rocev2.topology.json')
const truth = sharedJson<Truth>('captures/agents/lab-rocev2.truth.json')

const skip = capture === undefined || topology === undefined || truth === undefined

test('each second: nothing while it learns, then the mean of the cycles, then nothing when the job is over', {
  skip,
}, () => {
  const { stdout } = sonde([
    'ai-metrics',
    capture!,
    '--topology',
    topology!,
    '--window',
    '1s',
    '--method',
    'threshold',
    '-f',
    'ndjson',
  ])
  const periods = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly period: number | null }).period)
  const found = periods.filter((period) => period !== null)
  const first = periods.findIndex((period) => period !== null)
  // 20 s of load and 20 cycles of 0.7 s after the job began, in the seventh second.
  assert.ok(first >= 34 && first < 50, `${first}`)
  assert.ok(found.length >= 10, `${found.length}`)
  const mean = truth!.jobs[0]!.mean_period_s
  for (const period of found) assert.ok(Math.abs(period - mean) < 0.005, `${period} is not ${mean}`)
  assert.equal(periods.at(-1), null)
})

test('of the whole capture: the period that the job had', { skip }, () => {
  const { stdout } = sonde(['ai-metrics', capture!, '--topology', topology!, '-f', 'table'])
  const [, period, error] = /Period (\S+) s ± (\S+)/.exec(stdout) ?? []
  const mean = truth!.jobs[0]!.mean_period_s
  assert.ok(Math.abs(Number(period) - mean) <= Number(error), `${period} ± ${error} is not ${mean}`)
})
