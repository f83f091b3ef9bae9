// Drops of a real Linux kernel, told by hsflowd: every cause that was made is found, counted exactly and named.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DropsWindow } from '../../src/lib/drops/snapshot.ts'
import { sharedJson, sharedPath } from '../helpers/shared.ts'
import { dropsOf } from './run.ts'

interface Reported {
  readonly code: number
  readonly linux_reason: string
  readonly function: string
  readonly input: number
  readonly count: number
}

interface Truth {
  readonly discard_samples: number
  readonly by_sflow_code: Readonly<Record<string, number>>
  readonly by_input_ifindex: Readonly<Record<string, number>>
  readonly by_kind: Readonly<Record<string, { readonly source_port: number | null; readonly as_reported: Reported[] }>>
  readonly other_discards: readonly Reported[]
}

const capture = sharedPath('captures/agents/drops-dropmon-1.pcap')
const truth = sharedJson<Truth>('captures/agents/drops-dropmon-1.truth.json')
const isMissing = capture === undefined || truth === undefined

async function windowOf(asked: Parameters<typeof dropsOf>[1]): Promise<DropsWindow> {
  const windows = await dropsOf(capture!, { top: 1000, ...asked })
  assert.equal(windows.length, 1)
  return windows[0]!
}

const nameOf = ({ code, linux_reason, function: symbol, input }: Omit<Reported, 'count'>) =>
  `${code} ${linux_reason} in ${symbol} at ${input}`

function sums(list: readonly (readonly [string, number])[]): Record<string, number> {
  const all: Record<string, number> = {}
  for (const [name, count] of list) all[name] = (all[name] ?? 0) + count
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)))
}

test('each reason is counted exactly, 0 is a reason', { skip: isMissing }, async () => {
  const window = await windowOf({ by: ['reason'] })
  assert.deepEqual(
    sums(window.rows.map(({ reason, packets }) => [String(reason!.code), packets!])),
    sums(Object.entries(truth!.by_sflow_code)),
  )
  assert.equal(window.total.packets, truth!.discard_samples)
  assert.equal(window.told, 772)
  assert.equal(window.limited + window.lost, 0)
  const none = window.rows.find(({ reason }) => reason!.code === 0)!
  assert.equal(none.reason!.name, 'net_unreachable')
  assert.equal(none.packets, 28)
})

test('each cause is told apart by reason, Linux reason, function and port', { skip: isMissing }, async () => {
  const { rows } = await windowOf({ by: ['reason'], keys: 'inputifindex' })
  const found = rows.flatMap(({ reason, keys, details }) =>
    details.map((detail): [string, number] => [
      nameOf({
        code: reason!.code!,
        linux_reason: detail.linuxReason!,
        // The agent cuts this text at 40 characters.
        function: detail.function!,
        input: Number(keys[0]),
      }),
      detail.packets,
    ]),
  )
  const caused = [...Object.values(truth!.by_kind).flatMap((kind) => kind.as_reported), ...truth!.other_discards]
  assert.deepEqual(sums(found), sums(caused.map((one) => [nameOf(one), one.count])))
})

test('each kind of drop that was caused has its packets', { skip: isMissing }, async () => {
  const { rows } = await windowOf({ by: ['reason'], keys: 'sport,inputifindex' })
  const found = sums(rows.map(({ reason, keys, packets }) => [`${keys[0]} ${reason!.code} ${keys[1]}`, packets!]))
  // The header of these is broken, so that no port can be read.
  const broken = ['bad-ip-header', 'truncated-ip']
  for (const [kind, { source_port, as_reported }] of Object.entries(truth!.by_kind)) {
    if (source_port === null || broken.includes(kind)) continue
    const expected = sums(as_reported.map(({ code, input, count }) => [`${source_port} ${code} ${input}`, count]))
    for (const [name, count] of Object.entries(expected)) assert.equal(found[name], count, `${kind}: ${name}`)
  }
})

test('ports of other namespaces are not known, and said so', { skip: isMissing }, async () => {
  const window = await windowOf({ by: ['place'] })
  const found = sums(window.rows.map(({ place, packets }) => [String(place!.ifIndex), packets!]))
  assert.deepEqual(found, sums(Object.entries(truth!.by_input_ifindex)))
  for (const { place } of window.rows) {
    assert.equal(place!.node, 'router1')
    assert.equal(place!.direction, 'in')
    assert.equal(place!.isKnown, false)
    assert.equal(place!.port, null)
  }
  assert.match(window.notes.join('\n'), /router1: ports 11, 101, 102, 103 \(\?\) are not among the ports/)
})

test('timelines add up to the packets of their row', { skip: isMissing }, async () => {
  const { rows, sliceMs } = await windowOf({})
  assert.equal(sliceMs, 1000)
  for (const { timeline, packets, id } of rows) {
    assert.equal(timeline!.length, 42, id)
    assert.equal(
      timeline!.reduce((a, b) => a + b, 0),
      packets,
      id,
    )
  }
})

test('windows add up to the whole', { skip: isMissing }, async () => {
  const windows = await dropsOf(capture!, { windowMs: 10_000, top: 1000 })
  assert.equal(windows.length, 5)
  let sum = 0
  for (const { total, rows } of windows) {
    sum += total.packets!
    assert.equal(
      rows.reduce((a, { packets }) => a + packets!, 0),
      total.packets,
    )
  }
  assert.equal(sum, 772)
})
