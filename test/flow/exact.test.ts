// What FlowEngine counts, against a straightforward count of decode's NDJSON objects: on generated input, and on every
// capture with flow samples in the shared folder.

import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { relative } from 'node:path'
import { test } from 'node:test'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import type { FlowWindow } from '../../src/lib/flow/flow.ts'
import { NdjsonWriter } from '../../src/lib/ndjson/ndjson-writer.ts'
import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { generateMixed, generateZipf } from '../bench/generate.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { sharedPath } from '../helpers/shared.ts'
import { Feed } from './feed.ts'

interface Object {
  readonly sample_type: string
  readonly time: string
  readonly agent: string
  readonly sampling_rate: number
  readonly layers?: readonly Readonly<Record<string, unknown>>[]
  readonly source_id_type: number
  readonly source_id_index: number
  readonly input_format: number
  readonly input_value: number
  readonly output_format: number
  readonly output_value: number
  readonly records: readonly { readonly name: string; readonly fields?: { readonly frame_length?: number } }[]
}

/** Every flow sample as decode writes it, duplicates of datagrams and samples left out. */
async function objectsOf(path: string): Promise<Object[]> {
  const objects: Object[] = []
  const walker = new Walker(() => {})
  const agents = new AgentTable()
  const writer = new NdjsonWriter()
  const out = new TextBuffer()
  const source = await openCapture(path)
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      if (!walker.open(batch.bytes, batch.view, batch.offset[i]!, batch.length[i]!)) continue
      agents.datagram(walker, batch.sec[i]!, batch.nsec[i]!)
      writer.datagram(walker, batch, i)
      while (walker.nextSample()) {
        agents.sample(walker)
        if (walker.sampleKind !== SampleKind.flow || walker.sampleBroken || agents.source < 0) continue
        out.clear()
        writer.sample(walker, out)
        objects.push(JSON.parse(new TextDecoder().decode(out.written())) as Object)
      }
    }
  }
  await source.close()
  return objects
}

const layer = (x: Object, name: string) => x.layers?.find((y) => y.layer === name)

/** IPv4 source, destination and protocol as the NDJSON has them; undefined without an IPv4 layer of 20 bytes. */
function key(x: Object): string | undefined {
  const ip = layer(x, 'ip')
  if (ip === undefined || ip['ip.src'] === undefined || ip['ip.dst'] === undefined || ip['ip.proto'] === undefined) {
    return undefined
  }
  return `${ip['ip.src']}|${ip['ip.dst']}|${ip['ip.proto']}`
}

const hasHeader = (x: Object) => x.records.some((r) => r.name === 'sampled_header')

interface Sums {
  frames: number
  bytes: number
  least: number
  most: number
}

function count(objects: readonly Object[]): Map<string, Sums> {
  const sums = new Map<string, Sums>()
  for (const x of objects) {
    const name = key(x) ?? '(no key)'
    const length = frameLength(x)
    const s = sums.get(name) ?? { frames: 0, bytes: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY }
    s.frames += x.sampling_rate
    if (length !== undefined) {
      s.bytes += x.sampling_rate * length
      s.least = Math.min(s.least, length)
      s.most = Math.max(s.most, length)
    }
    sums.set(name, s)
  }
  return sums
}

function frameLength(x: Object): number | undefined {
  return x.records.find((r) => r.name === 'sampled_header')?.fields?.frame_length
}

/** What was sampled on its way out is left out where its input port, or if that is not known any other, samples on entry. */
function countedOnce(objects: readonly Object[]): Object[] {
  const isInterface = (x: Object) => x.source_id_type === 0 && x.source_id_index !== 0
  const isIngress = (x: Object) => isInterface(x) && x.input_format === 0 && x.input_value === x.source_id_index
  const isEgress = (x: Object) =>
    !isIngress(x) && isInterface(x) && x.output_format === 0 && x.output_value === x.source_id_index
  const ports = new Set<string>()
  for (const x of objects.filter(isIngress)) ports.add(`${x.agent} ${x.source_id_index}`)
  return objects.filter((x) => {
    if (!isEgress(x)) return true
    const isKnown = x.input_format === 0 && ![0, 0x3fffffff, 0xffffffff].includes(x.input_value)
    if (!isKnown) return ![...ports].some((y) => y.startsWith(`${x.agent} `) && y !== `${x.agent} ${x.source_id_index}`)
    return !ports.has(`${x.agent} ${x.input_value}`)
  })
}

const asked = {
  keys: 'ipsource,ipdestination,ipprotocol',
  values: 'bytes,frames,min:framelength,max:framelength',
  scale: 'configured',
  agg: 'sum',
} as const

function compare(window: FlowWindow | undefined, objects: readonly Object[]): void {
  const want = count(countedOnce(objects))
  const noKey = want.get('(no key)')
  want.delete('(no key)')
  const got = new Map((window?.rows ?? []).map((row) => [row.key.join('|'), row.values.map((x) => x.total)]))
  const wanted = new Map(
    [...want].map(([name, s]) => [name, [s.bytes, s.frames, finite(s.least), finite(s.most)]] as const),
  )
  assert.deepEqual(new Map([...got].sort()), new Map([...wanted].sort()))
  if (window === undefined) return
  assert.equal(window.noKey.values[1]!.total, noKey?.frames ?? 0)
  assert.equal(window.noKey.values[0]!.total, noKey?.bytes ?? 0)
  const ranks = window.rows.map((row) => row.values[0]!.total!)
  assert.deepEqual(
    ranks,
    ranks.toSorted((a, b) => b - a),
  )
  assert.equal(window.flows, want.size)
}

const finite = (x: number) => (Number.isFinite(x) ? x : null)

for (const [name, generate] of Object.entries({ zipf: generateZipf, mixed: generateMixed })) {
  test(`sums of ${name} equal those of its NDJSON`, async () => {
    const path = temporaryPath(`${name}.pcap`)
    generate({ samples: 26_000, flows: 5000, seed: 3, path })
    const feed = new Feed({ ...asked, dropped: false })
    await feed.capture(path)
    const [window] = feed.finish()
    const objects = await objectsOf(path)
    assert.ok(objects.length > 10_000)
    compare(window, objects)
  })
}

const captures = sharedPath('captures')
const files = captures === undefined ? [] : globSync(`${captures}/{sflow,agents}/*.{pcap,pcapng}`).sort()

test('sums of every capture equal those of its NDJSON', { skip: captures === undefined }, async () => {
  let samples = 0
  let compared = 0
  for (const file of files) {
    const objects = (await objectsOf(file)).filter((x) => x.sample_type.startsWith('flow'))
    // Records sent instead of a header are attributes too; their NDJSON has other names.
    if (objects.length === 0 || !objects.every(hasHeader)) continue
    // A rate of 0 gives no sums.
    if (objects.some((x) => x.sampling_rate === 0)) continue
    const feed = new Feed(asked)
    await feed.capture(file)
    const [window] = feed.finish()
    samples += objects.length
    compared++
    assert.equal(window?.loss.received, objects.length, relative(captures!, file))
    compare(window, objects)
  }
  assert.ok(compared > 20, `${compared} captures`)
  console.log(`${compared} captures, ${samples} flow samples`)
})
