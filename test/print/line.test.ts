import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { LineWriter } from '../../src/lib/print/line.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { DatagramWriter } from '../bench/datagram-writer.ts'
import { ownDatagrams } from '../helpers/own-capture.ts'

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'line')

/** All lines of these datagrams, as text. */
function linesOf(...datagrams: Uint8Array[]): string {
  const walker = new Walker(() => {})
  const writer = new LineWriter()
  const out = new TextBuffer(64)
  for (const bytes of datagrams) {
    if (!walker.open(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length)) continue
    while (walker.nextSample()) writer.sample(walker, out)
  }
  return new TextDecoder().decode(out.written())
}

const isDrop = (line: string): boolean => line.startsWith('DROP,')

for (const [name, lines, drops] of [
  ['edges', 94, 3],
  ['zipf', 60, 0],
  ['mixed', 75, 3],
] as const) {
  test(`${name}.pcap gives the lines that sflowtool gave for it, and a line a discarded packet`, () => {
    const ours = linesOf(...ownDatagrams(join(fixtures, `${name}.pcap`))).split('\n')
    const theirs = readFileSync(join(fixtures, `${name}.sflowtool.txt`), 'utf8').split('\n')
    assert.equal(theirs.length - 1, lines)
    assert.equal(ours.filter(isDrop).length, drops)
    assert.deepEqual(
      ours.filter((line) => !isDrop(line)),
      theirs,
    )
  })
}

test('a discarded packet is a DROP line with the columns of FLOW, then reason and name', () => {
  assert.deepEqual(
    linesOf(...ownDatagrams(join(fixtures, 'edges.pcap')))
      .split('\n')
      .filter(isDrop),
    [
      'DROP,192.0.2.9,17,0,020000000002,020000000001,0x0800,0,0,192.0.2.1,198.51.100.2,6,0xb8,63,8080,50000,0x18,1000,982,258,acl',
      'DROP,192.0.2.9,17,0,020000000002,020000000001,0x86dd,0,0,2001:0db8:0000:0000:0000:0000:0000:0001,2001:0db8:00ff:0000:0000:0000:0000:0002,17,0xa4,64,53,32768,0x00,1000,996,372,bgp_flowspec',
      'DROP,192.0.2.9,17,0,000000000000,000000000000,0x0000,0,0,-,-,0,0x00,0,0,0,0x00,0,0,777,unassigned',
    ],
  )
})

/** One datagram of agent 192.0.2.9 with the samples that `write` makes. */
function datagram(write: (w: DatagramWriter) => void): Uint8Array {
  const bytes = new Uint8Array(2048)
  const w = new DatagramWriter()
  w.begin(bytes, new DataView(bytes.buffer), 0, 0xc0000209, 1, 1)
  write(w)
  return bytes.slice(0, w.end())
}

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))

function flow(w: DatagramWriter, tag: number, header: Uint8Array): void {
  w.beginSample(1, 1, 1, 400, 0, 0, 1, 2)
  w.beginRecord(tag)
  w.u32(1, 1000, 4)
  w.opaque(header, 0, header.length)
  w.endRecord()
  w.endSample()
}

const tcp = hex(
  '020000000001020000000002 0800 4500002812344000 4006 0000 c0000201 c6336402 1f90c3500000000100000002 5018 1000 00000000',
)

test('TCP flags are 0 where the header ends before them: the byte behind it is the next sample', () => {
  const line = linesOf(
    datagram((w) => {
      flow(w, 1, tcp.subarray(0, 42))
      flow(w, 1, tcp)
    }),
  )
  assert.equal(
    line,
    'FLOW,192.0.2.9,1,2,020000000002,020000000001,0x0800,0,0,192.0.2.1,198.51.100.2,6,0x00,64,8080,50000,0x00,1000,982,400\n' +
      'FLOW,192.0.2.9,1,2,020000000002,020000000001,0x0800,0,0,192.0.2.1,198.51.100.2,6,0x00,64,8080,50000,0x18,1000,982,400\n',
  )
})

test('an agent without address is -', () => {
  const bytes = datagram((w) => {
    w.beginSample(1, 1, 1, 400, 0, 0, 1, 2)
    w.endSample()
  })
  // Type 0 has no address: the four bytes go.
  const unknown = new Uint8Array([...bytes.subarray(0, 7), 0, ...bytes.subarray(12)])
  assert.equal(linesOf(unknown), 'FLOW,-,1,2,000000000000,000000000000,0x0000,0,0,-,-,0,0x00,0,0,0,0x00,0,0,400\n')
})

test('a record whose length is wrong costs its own columns, not the sample and not the next one', () => {
  const bytes = datagram((w) => {
    flow(w, 1, tcp)
    flow(w, 1, tcp)
  })
  // The header length inside the first record: more than the record has.
  new DataView(bytes.buffer).setUint32(28 + 8 + 32 + 8 + 12, 200)
  assert.equal(
    linesOf(bytes),
    'FLOW,192.0.2.9,1,2,000000000000,000000000000,0x0000,0,0,-,-,0,0x00,0,0,0,0x00,0,0,400\n' +
      'FLOW,192.0.2.9,1,2,020000000002,020000000001,0x0800,0,0,192.0.2.1,198.51.100.2,6,0x00,64,8080,50000,0x18,1000,982,400\n',
  )
})

test('every cut of every edge case gives whole lines', () => {
  const shape =
    /^(FLOW,[^,]+,-?\d+,-?\d+,[0-9a-f]{12},[0-9a-f]{12},0x[0-9a-f]{4,8},-?\d+,-?\d+,[^,]+,[^,]+,-?\d+,0x[0-9a-f]{2,8},\d+,-?\d+,-?\d+,0x[0-9a-f]{2,8}(,-?\d+){3}|CNTR,[^,]+(,\d+){19}|DROP,([^,]+,){19}\w+)$/
  let lines = 0
  for (const bytes of ownDatagrams(join(fixtures, 'edges.pcap'))) {
    for (let length = 0; length <= bytes.length; length++) {
      for (const line of linesOf(bytes.slice(0, length)).split('\n').slice(0, -1)) {
        assert.match(line, shape)
        lines++
      }
    }
  }
  assert.ok(lines > 5000, `${lines} lines`)
})

test('the widest line fits', () => {
  const wide = datagram((w) => {
    w.beginSample(3, 1, 0, 1, 0x80000000, 0, 0, 0, 0x80000000, 0, 0x80000000)
    w.beginRecord(2)
    w.u32(1, 0xffffffff, 0xffff0000, 0xffffffff, 0xffff0000, 0xffffffff)
    w.endRecord()
    w.beginRecord(1001)
    w.u32(0x80000000, 0, 0x80000000, 0)
    w.endRecord()
    w.beginRecord(4)
    w.u32(0x80000001, 0x80000001, ...Array<number>(8).fill(0xffffffff), 0x80000000, 0x80000000, 0xffffffff, 0)
    w.endRecord()
    w.endSample()
  })
  const address = Array<string>(8).fill('ffff').join(':')
  assert.equal(
    linesOf(wide),
    `FLOW,192.0.2.9,-2147483648,-2147483648,ffffffffffff,ffffffffffff,0xffffffff,-2147483648,-2147483648,${address},${address},-2147483647,0x00,0,-2147483648,-2147483648,0x00,-2147483647,-2147483647,-2147483648\n`,
  )
})
