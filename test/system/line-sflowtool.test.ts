import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { LineWriter } from '../../src/lib/print/line.ts'
import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { CaptureWriter } from '../bench/capture-writer.ts'
import { findSflowtool, sflowtoolLines } from '../helpers/sflowtool.ts'
import { sharedPath } from '../helpers/shared.ts'

/** Captures in which sonde prints more lines than sflowtool: how many more, and why. There are none with fewer. */
const excused: Readonly<Record<string, readonly [more: number, reason: string]>> = {
  'derived-overflowd-ipfrag.pcap': [53, 'datagrams in IP fragments: sflowtool takes each fragment for a whole one'],
  'derived-overflowd-snaplen128.pcap': [40, 'datagrams cut by the snaplen: sflowtool skips them'],
  'gopacket-extended-router-length.pcap': [1, 'a wrong length: sflowtool gives up the sample'],
  'vectors.pcap': [2, 'the two records whose layout sflowtool reads otherwise (docs/records.md, C5 and C7)'],
  'gopacket-lacp-length.pcap': [1, 'a wrong length: sflowtool gives up the sample'],
}

const tool = findSflowtool()
const skip = tool === undefined ? 'sflowtool not found: set SFLOWTOOL or PATH' : false
const folder = mkdtempSync(join(tmpdir(), 'sonde-line-'))
after(() => rmSync(folder, { recursive: true }))

/** What a capture's samples have in them, for the claim that the comparison reaches all of it. */
interface Found {
  lines: string[]
  kinds: Set<string>
}

async function sondeLines(path: string): Promise<Found> {
  const found: Found = { lines: [], kinds: new Set() }
  const walker = new Walker(() => {})
  const writer = new LineWriter()
  const out = new TextBuffer()
  try {
    const source = await openCapture(path)
    for await (const batch of source.batches()) {
      for (let i = 0; i < batch.count; i++) {
        if (!walker.open(batch.bytes, batch.view, batch.offset[i]!, batch.length[i]!)) continue
        while (walker.nextSample()) {
          if (walker.sampleKind === SampleKind.discard) continue
          writer.sample(walker, out)
          for (const kind of kindsOf(walker)) found.kinds.add(kind)
        }
      }
    }
    await source.close()
  } catch (error) {
    // Several of the malformed ones are no captures.
    if (!(error instanceof InputError)) throw error
  }
  found.lines = new TextDecoder().decode(out.written()).split('\n').slice(0, -1)
  return found
}

function* kindsOf(w: Walker): Generator<string> {
  if (w.sampleTag === 2 || w.sampleTag === 4) yield 'counters'
  if (w.sampleTag === 3 || w.sampleTag === 4) yield 'expanded'
  if (w.sampleKind !== SampleKind.flow) return
  const header = w.findRecord(1)
  for (const tag of [2, 3, 4]) if (header < 0 && w.findRecord(tag) >= 0) yield `0:${tag} only`
  if (header < 0 || w.view.getUint32(w.recordOffset[header]!) !== 1) return
  const type = w.view.getUint16(w.recordOffset[header]! + 16 + 12)
  if (type === 0x8100 || type === 0x88a8) yield 'VLAN'
  if (type === 0x86dd) yield 'IPv6'
}

/** sflowtool reads classic microsecond pcap only; undefined where editcap can't make one. */
function forSflowtool(path: string): string | undefined {
  const magic = readFileSync(path).subarray(0, 4).toString('hex')
  if (magic === 'd4c3b2a1' || magic === 'a1b2c3d4') return path
  const converted = join(folder, basename(path))
  const run = spawnSync('editcap', ['-F', 'pcap', path, converted])
  return run.status === 0 ? converted : undefined
}

/** The vectors as a capture of one datagram each. */
function vectorCapture(path: string): string {
  const all = JSON.parse(readFileSync(path, 'utf8')) as Record<'vectors' | 'record_vectors', { hex: string }[]>
  const capture = new CaptureWriter(join(folder, 'vectors.pcap'))
  for (const { hex } of [...all.vectors, ...all.record_vectors]) {
    const bytes = Buffer.from(hex, 'hex')
    capture.bytes.set(bytes, capture.begin())
    capture.end(bytes.length, 1_767_225_600, 0, 0xc0000209)
  }
  capture.close()
  return join(folder, 'vectors.pcap')
}

function captures(): string[] {
  const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'line')
  const paths = ['edges', 'zipf', 'mixed'].map((name) => join(fixtures, `${name}.pcap`))
  for (const name of ['captures/sflow', 'captures/agents', 'captures/malformed']) {
    const shared = sharedPath(name)
    if (shared === undefined) console.log(`../shared/${name} is not there: not compared`)
    else for (const file of readdirSync(shared).sort()) if (/\.pcap(ng)?$/.test(file)) paths.push(join(shared, file))
  }
  const vectors = sharedPath('spec/vectors.json')
  if (vectors === undefined) console.log('../shared/spec/vectors.json is not there: not compared')
  else paths.push(vectorCapture(vectors))
  return paths
}

test('the line format equals sflowtool -l on every capture that it decodes', { skip }, async (t) => {
  t.diagnostic(
    execFileSync('sh', ['-c', '"$0" -h 2>&1 | grep -i version: || true', tool!], { encoding: 'utf8' }).trim(),
  )
  let compared = 0
  let more = 0
  const wrong: string[] = []
  const kinds = new Set<string>()
  const used = new Set<string>()
  for (const path of captures()) {
    const name = basename(path)
    const readable = forSflowtool(path)
    if (readable === undefined) {
      t.diagnostic(`${name}: sflowtool can't read it, and editcap can't convert it`)
      continue
    }
    const theirs = sflowtoolLines(tool!, readable).lines.split('\n').slice(0, -1)
    const ours = await sondeLines(path)
    // Every line of theirs is one of ours, in the same order; what is over must be excused.
    let at = 0
    for (const [i, line] of theirs.entries()) {
      const from = at
      while (at < ours.lines.length && ours.lines[at] !== line) at++
      assert.ok(at < ours.lines.length, `${name} line ${i + 1}:\n  sflowtool ${line}\n  sonde     ${ours.lines[from]}`)
      at++
    }
    compared += theirs.length
    if (theirs.length > 0) for (const kind of ours.kinds) kinds.add(kind)
    const over = ours.lines.length - theirs.length
    const [allowed, reason] = excused[name] ?? [0, '']
    if (over !== allowed) wrong.push(`${name}: ${over} lines more than sflowtool's ${theirs.length}, not ${allowed}`)
    if (over === 0) continue
    used.add(name)
    more += over
    t.diagnostic(`${name}: ${over} lines more: ${reason}`)
  }
  t.diagnostic(`${compared} lines compared and equal, ${more} more excused`)
  for (const name of Object.keys(excused)) {
    if (!used.has(name)) t.diagnostic(`${name} is not there: its excuse was not needed`)
  }
  assert.deepEqual(wrong, [])
  for (const kind of ['VLAN', 'IPv6', 'expanded', 'counters', '0:2 only', '0:3 only', '0:4 only']) {
    assert.ok(kinds.has(kind), `no ${kind} sample was compared`)
  }
})
