// The commands themselves push: what servers got is what `--format prometheus` says of the same capture.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sonde } from '../helpers/cli.ts'
import { absent, type MetricServer, startVictoriaMetrics } from '../helpers/metric-servers.ts'

/** `name{label="value"}` to number, of text that has no escapes. */
function readText(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [sorted(line.slice(0, at)), Number(line.slice(at + 1))]
    }),
  )
}

/** Labels of a series in the order of their names. */
function sorted(series: string): string {
  const [, name, labels] = /^([^{]+)(?:\{(.*)\})?$/.exec(series)!
  return `${name}{${
    (labels ?? '')
      .match(/\w+="[^"]*"/g)
      ?.sort()
      .join(',') ?? ''
  }}`
}

describe('victoria-metrics', { skip: absent('victoria-metrics') }, () => {
  let server: MetricServer
  before(async () => {
    server = await startVictoriaMetrics()
  })
  after(() => server.stop())

  async function readBack(match: string): Promise<Map<string, { value: number; timeMs: number }>> {
    await fetch(`${server.url}/internal/force_flush`)
    const answer = await fetch(`${server.url}/api/v1/export?match[]=${encodeURIComponent(match)}`)
    const found = new Map<string, { value: number; timeMs: number }>()
    for (const line of (await answer.text()).trim().split('\n')) {
      const { metric, values, timestamps } = JSON.parse(line) as {
        metric: Record<string, string>
        values: number[]
        timestamps: number[]
      }
      const { __name__: name, site: _, ...labels } = metric
      const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
      found.set(sorted(`${name}{${pairs.join(',')}}`), { value: values.at(-1)!, timeMs: timestamps.at(-1)! })
    }
    return found
  }

  for (const [command, end] of [
    ['ports', '2026-11-23T09:46:20.061Z'],
    ['top-flows', '2026-11-23T09:46:16.059Z'],
  ] as const) {
    test(`sonde ${command} --remote-write`, async () => {
      const { stdout, stderr, code } = sonde([
        ...[command, 'fixtures/agents/ovs.pcap', '--format', 'prometheus', '--metrics-label', `site=${command}`],
        ...['--remote-write', `${server.url}/api/v1/write`],
      ])
      assert.equal(code, 0, stderr)
      assert.match(stderr, /Pushed to http:\/\/127\.0\.0\.1:\d+\/api\/v1\/write: \d+ values in 1 request\./)
      const printed = readText(stdout)
      assert.ok(printed.size > 10)
      const pushed = await readBack(`{site="${command}"}`)
      // What is printed is the analysis; sonde itself and the push are told to servers only.
      const own = [...pushed.keys()].filter((series) => !printed.has(series))
      assert.ok(own.includes('sonde_datagrams_total{}'))
      assert.equal(own.filter((series) => series.startsWith('sonde_push_')).length, 7)
      assert.ok(own.every((series) => /^sonde_(?!flow)/.test(series)))
      for (const [series, value] of printed) {
        // It keeps some 13 digits.
        assert.ok(Math.abs(pushed.get(series)!.value - value) <= 1e-11 * Math.abs(value), series)
        assert.equal(pushed.get(series)!.timeMs, Date.parse(end), series)
      }
    })
  }

  test('a server that refuses: the run has its output, ends with 5, and says what was lost', () => {
    const { stdout, stderr, code } = sonde([
      ...['ports', 'fixtures/agents/ovs.pcap', '--format', 'csv', '--quiet'],
      ...['--influx', `${server.url}/nothing/write?db=x`],
    ])
    assert.equal(code, 5)
    assert.ok(stdout.split('\n').length > 3)
    assert.match(stderr, /^http:\S+\/nothing\/write: it refuses \d+ values \(400\): .*nothing/m)
    assert.match(stderr, /^Lost on the way to http:\S+\/nothing\/write: \d+ values, \d+ refused by the server\.$/m)
  })
})
