import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeDatagram, interpretDatagram } from '../../src/lib/sflow/decode.ts'
import { encodeDatagram } from '../../src/lib/sflow/encode.ts'
import { inVectorNotation } from './vector-notation.ts'
import { skip, type Vector, type VectorRecord, vectors } from './vectors.ts'

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** What the vectors expect, without remarks, and with the bodies that we keep as bytes (C7). */
function expectation(vector: Vector, bodyHex?: string): unknown {
  const record = ({ enterprise, format, name, fields, raw }: VectorRecord) => {
    if (enterprise === 0 && format === 2201 && vector.id.startsWith('flow-'))
      return { enterprise, format, name, raw: bodyHex }
    return fields === undefined ? { enterprise, format, name, raw } : { enterprise, format, name, fields }
  }
  const samples = vector.expected.samples.map((x) =>
    x.records === undefined ? x : { ...x, records: x.records.map(record) },
  )
  return { ...vector.expected, samples }
}

const decoders = [
  { name: 'compiled', decode: decodeDatagram },
  { name: 'interpreted', decode: interpretDatagram },
]

function checkVector(vector: Vector, bodyHex?: string): void {
  const bytes = bytesOf(vector.hex)
  for (const { name, decode } of decoders) {
    const { datagram, issues } = decode(bytes)
    assert.deepEqual(issues, [], name)
    assert.ok(datagram !== undefined, name)
    assert.deepEqual(inVectorNotation(datagram), expectation(vector, bodyHex), name)
    assert.equal(hexOf(encodeDatagram(datagram)), vector.hex, name)
  }
}

describe('vectors', () => {
  test('are there: 10 datagrams, 119 records', { skip }, () => {
    assert.equal(vectors!.vectors.length, 10)
    assert.equal(vectors!.record_vectors.length, 119)
  })

  for (const vector of vectors?.vectors ?? []) {
    test(`${vector.id} decodes to its fields and encodes to its bytes`, () => checkVector(vector))
  }

  for (const vector of vectors?.record_vectors ?? []) {
    test(`${vector.id} decodes to its fields and encodes to its bytes`, () =>
      checkVector(vector, vector.record_body_hex))
  }
})

/** One flow sample with one record, written by hand. */
const datagramWith = (tag: string, body: string) =>
  '00000005' + // version
  '00000001c000020a' + // agent 192.0.2.10
  '00000000000000010000ea60' + // sub-agent 0, sequence 1, uptime
  '00000001' + // samples
  `00000001${(40 + body.length / 2).toString(16).padStart(8, '0')}` + // flow_sample
  '0000000100000001000000640000006400000000' + // sequence, source 0:1, rate, pool, drops
  '0000000100000002' + // input, output
  `00000001${tag}${(body.length / 2).toString(16).padStart(8, '0')}${body}`

/** The three records that vectors.json has no bytes for. Bytes as pmacct's writer makes them, and as its reader takes them. */
const withoutVector = [
  {
    name: '43874:1 class stays bytes: pmacct writes a name of 16 bytes',
    hex: datagramWith('0ab62001', '736d747000000000 0000000000000000'.replace(' ', '')),
    want: { enterprise: 43874, format: 1, name: 'class', raw: '736d7470000000000000000000000000' },
  },
  {
    name: '43874:2 tag has two tags of 64 bits',
    hex: datagramWith('0ab62002', '000000010000000000000000000003e8'),
    want: { enterprise: 43874, format: 2, name: 'tag', fields: { tag: '4294967296', tag2: '1000' } },
  },
  {
    name: '4300:3 extended_process stays bytes',
    hex: datagramWith('010cc003', '0000000100000007'),
    want: { enterprise: 4300, format: 3, name: 'extended_process', raw: '0000000100000007' },
  },
]

for (const { name, hex, want } of withoutVector) {
  test(name, () => {
    const { datagram, issues } = decodeDatagram(bytesOf(hex))
    assert.deepEqual(issues, [])
    const found = inVectorNotation(datagram!) as { samples: { records: unknown[] }[] }
    assert.deepEqual(found.samples[0]!.records, [want])
    assert.equal(hexOf(encodeDatagram(datagram!)), hex)
  })
}

test('1991:1 foundry_acl has flags and a group', () => {
  const hex =
    `00000005 00000001 c000020a 00000000 00000001 0000ea60 00000001 007c7001 00000008 00000003 0000002a`.replaceAll(
      ' ',
      '',
    )
  const { datagram, issues } = decodeDatagram(bytesOf(hex))
  assert.deepEqual(issues, [])
  assert.deepEqual(datagram!.samples, [
    { kind: 'text', tag: 8155137, name: 'foundry_acl', fields: { flags: 3, group_id: 42 } },
  ])
  assert.equal(hexOf(encodeDatagram(datagram!)), hex)
})
