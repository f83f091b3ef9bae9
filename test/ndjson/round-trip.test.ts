import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { openNdjson } from '../../src/lib/ndjson/ndjson-source.ts'
import { Decoding } from '../../src/lib/print/decoding.ts'
import { IssueLog } from '../../src/lib/print/issue-log.ts'
import { DatagramObjects, lines, SampleObjects } from '../../src/lib/print/objects.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { encodeDatagram } from '../../src/lib/sflow/encode.ts'
import { openCapture, type TextInput } from '../../src/lib/source/open.ts'
import type { Batch, Source } from '../../src/lib/source/source.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { sharedJson, sharedPath } from '../helpers/shared.ts'

/** Text in blocks of `block` bytes, as a file would give it. */
function textInput(text: string, block: number): TextInput {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return {
    name: 'test.ndjson',
    next: async () => {
      if (at >= bytes.length) return undefined
      const part = bytes.slice(at, at + block)
      at += block
      return part
    },
    close: async () => {},
    issues: () => [],
    bytesRead: bytes.length,
    bytesTotal: bytes.length,
  }
}

interface Datagram {
  readonly hex: string
  readonly time: string
  readonly sender: string
}

async function datagramsOf(source: Source): Promise<Datagram[]> {
  const all: Datagram[] = []
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      const at = batch.offset[i]!
      all.push({
        hex: Buffer.from(batch.bytes.slice(at, at + batch.length[i]!)).toString('hex'),
        time: `${batch.sec[i]}.${batch.nsec[i]}`,
        sender: [...batch.sender.slice(i * 4, i * 4 + 4)].join('.'),
      })
    }
  }
  return all
}

function oneDatagram(bytes: Uint8Array): Batch {
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    count: 1,
    offset: Uint32Array.of(0),
    length: Uint32Array.of(bytes.length),
    wireLength: Uint32Array.of(bytes.length),
    sec: Uint32Array.of(1_767_225_600),
    nsec: Uint32Array.of(1),
    sender: Uint32Array.of(0, 0, 0xffff, 0xc0000201),
    senderPort: Uint16Array.of(6343),
  }
}

const everything = {
  samples: new Set(['flow', 'counter', 'discard'] as const),
  agents: [],
  limit: undefined,
  since: undefined,
  until: undefined,
}

function toNdjson(batches: readonly Batch[], object: 'sample' | 'datagram' = 'sample'): string {
  const format = object === 'sample' ? new SampleObjects(lines) : new DatagramObjects(lines)
  const decoding = new Decoding(format, everything, new IssueLog(() => {}))
  const out = new TextBuffer()
  for (const batch of batches) for (let i = 0; i < batch.count; i++) decoding.take(batch, i, out)
  format.end(out)
  return new TextDecoder().decode(out.written())
}

/** What a datagram is after decoding and encoding: padding zero, cut parts gone. */
function canonical(hex: string): string | undefined {
  const { datagram } = decodeDatagram(Uint8Array.from(Buffer.from(hex, 'hex')))
  return datagram === undefined ? undefined : Buffer.from(encodeDatagram(datagram)).toString('hex')
}

const vectors = sharedJson<{ vectors: { id: string; hex: string }[]; record_vectors: { id: string; hex: string }[] }>(
  'spec/vectors.json',
)

test('every vector goes through NDJSON and back, byte for byte', { skip: vectors === undefined }, async (t) => {
  for (const { id, hex } of [...vectors!.vectors, ...vectors!.record_vectors]) {
    const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
    for (const object of ['sample', 'datagram'] as const) {
      const text = toNdjson([oneDatagram(bytes)], object)
      const back = await datagramsOf(openNdjson(textInput(text, 1 << 20)))
      assert.deepEqual(
        back,
        [{ hex, time: '1767225600.1', sender: '0.0.65535.3221225985' }],
        `${id}, one object a ${object}: ${text}`,
      )
    }
  }
  t.diagnostic(`${vectors!.vectors.length + vectors!.record_vectors.length} vectors`)
})

test('every capture goes through NDJSON and back', { skip: sharedPath('captures') === undefined }, async (t) => {
  let compared = 0
  for (const folder of ['sflow', 'agents', 'malformed']) {
    for (const file of readdirSync(sharedPath(`captures/${folder}`)!).filter((x) => /\.pcap(ng)?$/.test(x))) {
      let source: Source
      try {
        source = await openCapture(sharedPath(`captures/${folder}/${file}`)!)
      } catch {
        continue
      }
      const format = new SampleObjects(lines)
      const decoding = new Decoding(format, everything, new IssueLog(() => {}))
      const out = new TextBuffer()
      const want: Datagram[] = []
      for await (const batch of source.batches()) {
        for (let i = 0; i < batch.count; i++) {
          const at = batch.offset[i]!
          const hex = canonical(Buffer.from(batch.bytes.slice(at, at + batch.length[i]!)).toString('hex'))
          decoding.take(batch, i, out)
          if (hex === undefined) continue
          const sender = [...batch.sender.slice(i * 4, i * 4 + 4)].join('.')
          want.push({ hex, time: `${batch.sec[i]}.${batch.nsec[i]}`, sender })
        }
      }
      format.end(out)
      // Small odd blocks, so that lines are cut everywhere.
      const block = out.length > 1 << 20 ? 65_537 : 4093
      const got = await datagramsOf(openNdjson(textInput(new TextDecoder().decode(out.written()), block)))
      assert.equal(got.length, want.length, file)
      for (const [i, one] of got.entries()) assert.deepEqual(one, want[i], `${file} datagram ${i}`)
      compared += want.length
    }
  }
  t.diagnostic(`${compared} datagrams`)
  assert.ok(compared > 6000)
})

test('another key order, spaces and line ends are read too; foreign lines are told by number', async () => {
  const bytes = Uint8Array.from(
    Buffer.from(
      '0000000500000001c000020a00000000000003e90036ee8000000001000000020000000c00000001000000030000000000000000',
      'hex',
    ).subarray(0, 48),
  )
  const line = toNdjson([oneDatagram(bytes)])
  const shuffled = JSON.stringify(
    Object.fromEntries(Object.entries(JSON.parse(line) as Record<string, unknown>).reverse()),
    null,
    1,
  ).replaceAll('\n', ' ')
  const want = Buffer.from(bytes).toString('hex')
  for (const text of [shuffled, `\r\n${shuffled}\r\n\r\n`]) {
    const back = await datagramsOf(openNdjson(textInput(text, 64)))
    assert.deepEqual(
      back.map((x) => x.hex),
      [want],
    )
  }
  const source = openNdjson(textInput(`${line}{"agent":"10.0.0.1"}\n${line.slice(0, 50)}\n`, 1 << 16))
  assert.equal((await datagramsOf(source)).length, 1)
  assert.deepEqual(
    source.report().issues.map((x) => [x.problem.split(':')[0], x.count]),
    [['line 2', 2]],
  )
  await assert.rejects(
    datagramsOf(openNdjson(textInput('{"src":"10.0.0.1","bytes":1}\n', 64))),
    /test\.ndjson line 1 is no sample of sonde's/,
  )
})
