import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Cells, compileCells } from '../../src/lib/attributes/cells.ts'
import { SampleView } from '../../src/lib/attributes/context.ts'
import { attributes } from '../../src/lib/attributes/table.ts'
import { layersOf } from '../../src/lib/packet/full.ts'
import { layerTypes } from '../../src/lib/packet/layers.ts'
import { encodeDatagram } from '../../src/lib/sflow/encode.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { openCapture, openFrames } from '../../src/lib/source/open.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { Random } from '../bench/random.ts'
import { exactNumbers } from '../helpers/json.ts'
import { sharedJson, sharedPath } from '../helpers/shared.ts'
import { flow, header, ip4 } from './build.ts'

const decoder = new TextDecoder()

/** Rows of a capture, as lines of each of the given cells; `see` is called on every sample. */
async function rowsOf(path: string, all: readonly Cells[], see?: (view: SampleView, rows: (string | null)[]) => void) {
  const walker = new Walker(() => {})
  const view = new SampleView(walker)
  const out = new TextBuffer()
  const rows: string[][] = all.map(() => [])
  const source = await openCapture(path)
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      if (!walker.open(batch.bytes, batch.view, batch.offset[i]!, batch.length[i]!)) continue
      view.startDatagram(batch.sec[i]!, batch.nsec[i]!, batch.sender, i)
      while (walker.nextSample()) {
        view.startSample()
        const own = all.map((cells) => {
          out.clear()
          return cells.sample(view, out) ? decoder.decode(out.written()) : null
        })
        for (const [k, row] of own.entries()) if (row !== null) rows[k]!.push(row)
        see?.(view, own)
      }
    }
  }
  await source.close()
  return rows
}

function count(rows: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const row of rows) counts[row] = (counts[row] ?? 0) + 1
  return counts
}

/** Checks a share: within four standard deviations of what random sampling gives. */
function near(found: number, of: number, share: number, what: string) {
  const deviation = Math.sqrt((share * (1 - share)) / of)
  const off = Math.abs(found / of - share)
  assert.ok(off < 4 * deviation, `${what}: ${found} of ${of}, expected a share of ${share.toFixed(4)}`)
}

const lab = sharedPath('captures/agents/lab-rocev2.pcap')
const drops = sharedPath('captures/agents/drops-dropmon-1.pcap')
const ovs = sharedPath('captures/agents/ovs.pcap')

test('lab-rocev2: operations, RDMA lengths, credits and CE marks are what was sent', {
  skip: lab === undefined,
}, async () => {
  const names = [
    'ibbtopname',
    'ibbtopcode,ibbtrdmalen',
    'ibbtopcode,ibbtaethsyndrome',
    'ibbtopcode,ipecn',
    'ibbtdestqp',
  ]
  const rows = await rowsOf(
    lab!,
    names.map((x) => compileCells(x.split(','), 'csv')),
  )
  const [operations, lengths, syndromes, marks, pairs] = rows.map(count)
  const of = rows[0]!.length
  // 91,456 cycles of First, four Middles, ACK, CNP: lab-rocev2.truth.json.
  assert.deepEqual(Object.keys(operations!).sort(), ['Acknowledge', 'CNP', 'RDMA WRITE First', 'RDMA WRITE Middle'])
  near(operations!['RDMA WRITE First']!, of, 1 / 7, 'First')
  near(operations!['RDMA WRITE Middle']!, of, 4 / 7, 'Middle')
  near(operations!.Acknowledge!, of, 1 / 7, 'Acknowledge')
  near(operations!.CNP!, of, 1 / 7, 'CNP')
  assert.equal(lengths!['6,32768'], operations!['RDMA WRITE First'])
  assert.equal(syndromes!['17,7'], operations!.Acknowledge)
  assert.deepEqual(pairs, { 291: of })
  const congested = Object.entries(marks!).reduce((n, [key, x]) => (/^\d+,11$/.test(key) ? n + x : n), 0)
  near(congested, of, 0.10002624212736179, 'CE')
})

test('ovs: payload that looks like RoCE on other ports is none', { skip: ovs === undefined }, async () => {
  const [roce, ports] = await rowsOf(ovs!, [
    compileCells(['ibbt_offset', 'ibbtopcode', 'ibbtdestqp'], 'csv'),
    compileCells(['dport'], 'csv'),
  ])
  assert.deepEqual(roce, [])
  // INDEX.md: 1199 / 631 / 300 samples of the three flows.
  const counts = count(ports!)
  assert.deepEqual([counts['5001'], counts['5002'], counts['5003']], [1199, 631, 300])
})

test('drops-dropmon-1: Linux reasons and inputs as the kernel counted them', {
  skip: drops === undefined,
}, async () => {
  const truth = sharedJson<{ by_linux_reason: object; by_input_ifindex: object }>(
    'captures/agents/drops-dropmon-1.truth.json',
  )!
  const [reasons, inputs] = await rowsOf(drops!, [
    compileCells(['linuxreason'], 'csv'),
    compileCells(['reason', 'inputifindex'], 'csv'),
  ])
  assert.deepEqual(count(reasons!), truth.by_linux_reason)
  const discards = inputs!.filter((row) => !row.startsWith(',')).map((row) => row.split(',')[1]!)
  assert.deepEqual(count(discards), truth.by_input_ifindex)
})

/** Cells of a CSV line that has no line break in it. */
function splitCsv(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((x) => x[1]?.replaceAll('""', '"') ?? x[2]!)
}

test('JSON and CSV say the same, of every attribute', async () => {
  const names = attributes.map((x) => x.name)
  for (const path of [lab, drops, ovs]) {
    if (path === undefined) continue
    let rows = 0
    await rowsOf(path, [compileCells(names, 'json'), compileCells(names, 'csv')], (_, [json, csv]) => {
      // Some are enough; 97 is odd to the rhythm of what was sent.
      if (rows++ % 97 !== 0) return
      assert.equal(json === null, csv === null)
      if (json === null) return
      const values = Object.values(exactNumbers(`{${json}}`) as object)
      const cells = splitCsv(csv!)
      assert.deepEqual(
        cells,
        values.map((x) => (x === null ? '' : String(x))),
      )
    })
    assert.ok(rows > 500, `${rows} rows of ${path}`)
  }
})

/** Flow samples of the first frames of each capture of real packets, cut as an agent cuts them; also each one damaged. */
async function* sampledFrames(folder: string): AsyncIterable<{ file: string; datagram: Uint8Array }> {
  const random = new Random(11)
  for (const file of globSync('{packets,roce}/*.pcap*', { cwd: folder }).sort()) {
    const reader = await openFrames(join(folder, file))
    const batch = await reader.next()
    for (let i = 0; batch !== undefined && i < Math.min(batch.count, 25); i++) {
      // Link type 1 is Ethernet, header_protocol 1 too.
      if (batch.linkType[i] !== 1) continue
      const at = batch.offset[i]!
      const frame = batch.bytes.slice(at, at + Math.min(batch.length[i]!, 256))
      const damaged = frame.slice()
      for (let flips = 0; flips < 3; flips++) damaged[random.below(Math.min(64, frame.length))] = random.below(256)
      for (const bytes of [frame, damaged]) {
        const samples = [flow([header(bytes)])]
        const agent = ip4('192.0.2.1')
        yield { file, datagram: encodeDatagram({ agent, sub_agent_id: 0, sequence_number: 1, uptime: 0, samples }) }
      }
    }
    await reader.close()
  }
}

test("every field of every layer can be asked for by Wireshark's name, and is what the full face says", async () => {
  const owners = new Map<string, Set<string>>()
  for (const { name, fields, variable } of layerTypes) {
    for (const field of [...fields.filter((x) => !x.hidden), ...variable]) {
      owners.set(field.name, (owners.get(field.name) ?? new Set()).add(name))
    }
  }
  // A name that several layers have is read from whichever comes first; here those that are one layer's alone.
  const names = [...owners].filter(([, layers]) => layers.size === 1).map(([name]) => name)
  const folder = sharedPath('captures')
  if (folder === undefined) return
  const outer = compileCells(names, 'json')
  const inner = compileCells(
    names.map((x) => `${x}.1`),
    'json',
  )
  const walker = new Walker(() => {})
  const view = new SampleView(walker)
  const out = new TextBuffer()
  const seen = [new Set<string>(), new Set<string>()]
  for await (const { file, datagram } of sampledFrames(folder)) {
    walker.open(datagram, new DataView(datagram.buffer), 0, datagram.length)
    walker.nextSample()
    view.startSample()
    const layers = layersOf(view.packet()).filter((x) => !x.quoted)
    for (const [nth, cells] of [outer, inner].entries()) {
      out.clear()
      cells.sample(view, out)
      const values = exactNumbers(`{${decoder.decode(out.written())}}`) as Record<string, unknown>
      for (const name of names) {
        const want = layers.filter((x) => owners.get(name)!.has(x.layer))[nth]?.fields[name]
        const text = Array.isArray(want) ? want.join(' ') : want
        assert.equal(values[nth === 0 ? name : `${name}.1`] ?? '', text ?? '', `${name} of layer ${nth} in ${file}`)
        if (want !== undefined) seen[nth]!.add(name)
      }
    }
  }
  assert.ok(seen[0]!.size > 180 && seen[1]!.size > 30, `only ${seen[0]!.size} and ${seen[1]!.size} fields met`)
})
