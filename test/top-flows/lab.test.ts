// A real fabric of four switches whose traffic is known: the packets of its job lie within the error, however they are counted.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { runAnalysis } from '../../src/lib/analysis/run.ts'
import { noData } from '../../src/lib/expression/data.ts'
import { makeQuery } from '../../src/lib/top-flows/make-query.ts'
import { TopFlows } from '../../src/lib/top-flows/top-flows.ts'
import { readTopology } from '../../src/lib/topo/read-topology.ts'
import { plain } from '../helpers/cards.ts'
import { sharedJson, sharedPath } from '../helpers/shared.ts'

interface Truth {
  readonly jobs: readonly { readonly src_ip: string; readonly dst_ip: string; readonly packets: number }[]
}
interface Row {
  readonly kind: string
  readonly keys: Readonly<Record<string, string>>
  readonly frames: number
  readonly error_pct: number
  readonly low: number | null
  readonly high: number | null
}

const capture = sharedPath('captures/agents/lab-rocev2.pcap')
const topologyFile = sharedPath('captures/agents/lab-rocev2.topology.json')
const truth = sharedJson<Truth>('captures/agents/lab-rocev2.truth.json')

/** How many of the four switches see each packet: leaf1, spine1, leaf2. */
const OBSERVERS = 3

const cases = [
  ['edge', 1],
  ['max', 1],
  ['sum', OBSERVERS],
] as const

for (const [agg, times] of cases) {
  test(`--agg ${agg}`, { skip: capture === undefined }, async () => {
    const flags = { keys: undefined, value: 'frames,bytes', filter: undefined, recipe: 'roce', top: undefined }
    const rest = { window: undefined, every: undefined, smooth: undefined, by: undefined, agg, dropped: false }
    const query = makeQuery({ ...flags, ...rest }, undefined, true)
    const settings = {
      scale: 'effective',
      maxFlows: 1000,
      latenessMs: 0,
      rates: [],
      topology: readTopology(readFileSync(topologyFile!, 'utf8'), 'topology'),
      names: true,
      data: noData,
    } as const
    const text: string[] = []
    const sink = {
      write: (bytes: Uint8Array) => text.push(new TextDecoder().decode(bytes)) > 0,
      drain: async () => {},
      close: async () => {},
      closed: false,
    }
    const code = await runAnalysis(
      new TopFlows(query, settings, 'lab'),
      {
        input: { kind: 'recorded', paths: [capture!], ports: [6343] },
        agents: [],
        since: undefined,
        until: undefined,
        limit: undefined,
        format: 'ndjson',
        view: { style: plain, width: 80, time: () => '', day: () => '', clock: () => '' },
        failIf: [],
        stop: new AbortController().signal,
      },
      { tell: assert.fail, failure: assert.fail, note() {}, detail() {}, verbose: false, progress() {} },
      () => sink,
    )
    assert.equal(code, 0)
    const [first] = text
      .join('')
      .split('\n')
      .slice(0, 1)
      .map((line) => JSON.parse(line) as Row)
    const { src_ip: src, dst_ip: dst, packets } = truth!.jobs[0]!
    assert.deepEqual(first!.keys, { src, dst })
    const error = (first!.error_pct / 100) * first!.frames
    const low = first!.low ?? first!.frames - error
    const high = first!.high ?? first!.frames + error
    const expected = packets * times
    assert.ok(low <= expected && expected <= high, `${low} … ${high}, not ${expected}`)
    assert.ok(first!.error_pct < 3)
  })
}
