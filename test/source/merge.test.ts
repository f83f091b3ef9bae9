import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mergeSources } from '../../src/lib/source/merge.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { ethernet, ipv4, join, pcap, udp } from '../helpers/capture-bytes.ts'
import { readSource, temporaryFile } from '../helpers/read-captures.ts'

/** A capture of datagrams given as `[seconds, nanoseconds, payload in hex]`. */
function capture(...datagrams: readonly (readonly [sec: number, nsec: number, payload: string])[]): Uint8Array {
  const packets = datagrams.map(([sec, fraction, payload]) => ({
    sec,
    fraction,
    frame: ethernet(0x0800, ipv4(udp(payload))),
  }))
  return pcap(packets, { nanoseconds: true })
}

async function merged(...files: Uint8Array[]) {
  const sources = await Promise.all(files.map((file) => openCapture(temporaryFile(file))))
  return readSource(mergeSources(sources))
}

const cases: readonly { name: string; files: readonly Uint8Array[]; want: readonly string[] }[] = [
  {
    name: 'interleaved, to the nanosecond',
    files: [capture([1, 0, 'a1'], [2, 500, 'a2'], [4, 0, 'a3']), capture([1, 1, 'b1'], [2, 499, 'b2'], [3, 0, 'b3'])],
    want: ['a1', 'b1', 'b2', 'a2', 'b3', 'a3'],
  },
  {
    name: 'equal times keep the order of the files',
    files: [
      capture([1, 0, 'a1'], [2, 0, 'a2']),
      capture([1, 0, 'b1'], [2, 0, 'b2']),
      capture([1, 0, 'c1'], [2, 0, 'c2']),
    ],
    want: ['a1', 'b1', 'c1', 'a2', 'b2', 'c2'],
  },
  {
    name: 'equal times inside a file stay together',
    files: [capture([2, 0, 'a1'], [2, 0, 'a2']), capture([2, 0, 'b1'], [2, 0, 'b2'])],
    want: ['a1', 'a2', 'b1', 'b2'],
  },
  {
    name: 'files that follow each other, named the other way round',
    files: [capture([10, 0, 'b1'], [11, 0, 'b2']), capture([1, 0, 'a1'], [2, 0, 'a2'])],
    want: ['a1', 'a2', 'b1', 'b2'],
  },
  {
    name: 'out of order inside a file stays so',
    files: [capture([5, 0, 'a1'], [1, 0, 'a2'], [6, 0, 'a3']), capture([3, 0, 'b1'], [7, 0, 'b2'])],
    want: ['b1', 'a1', 'a2', 'a3', 'b2'],
  },
  { name: 'a file without datagrams', files: [pcap([]), capture([1, 0, 'a1'])], want: ['a1'] },
  { name: 'none at all', files: [pcap([]), pcap([])], want: [] },
]

describe('merging by time', () => {
  for (const { name, files, want } of cases) {
    test(name, async () => {
      const { datagrams, report } = await merged(...files)
      assert.deepEqual(
        datagrams.map((datagram) => datagram.hex),
        want,
      )
      assert.equal(report.datagrams, want.length)
    })
  }

  test('everything of a datagram is kept', async () => {
    const cut = ethernet(0x0800, ipv4(udp('00010203040506'), { last: 77 })).subarray(0, 45)
    const { datagrams } = await merged(pcap([{ frame: cut, original: 49, sec: 4_000_000_000, fraction: 5 }]), pcap([]))
    assert.deepEqual(datagrams, [
      { time: '4000000000.000005000', hex: '000102', wire: 7, sender: '00000000:00000000:0000ffff:c000024d 5000' },
    ])
  })

  test('thousands of datagrams, of more than a batch and more than a block', async () => {
    const file = (first: number) =>
      capture(...Array.from({ length: 5000 }, (_, i) => [first + i * 2, 0, 'ab'.repeat(i % 1400)] as const))
    const { datagrams, report } = await merged(file(0), file(1))
    assert.equal(report.packets, 10_000)
    assert.ok(datagrams.every((datagram, i) => datagram.time === `${i}.000000000`))
    assert.ok(
      datagrams.every(
        (datagram, i) => datagram.wire === Math.trunc(i / 2) % 1400 && datagram.hex.length === 2 * datagram.wire,
      ),
    )
  })

  test('the report adds up, and issues name their file', async () => {
    const good = temporaryFile(
      join(pcap([{ frame: ethernet(0x0800, ipv4(udp('', 53))) }, { frame: ethernet(0x0806, udp('')) }])),
    )
    const bad = temporaryFile(join(pcap([{ frame: ethernet(0x0800, ipv4(udp('', 53))) }]), 'ff'))
    const { report } = await readSource(mergeSources([await openCapture(good), await openCapture(bad)]))
    assert.deepEqual([report.packets, report.datagrams], [3, 0])
    assert.deepEqual([...report.otherPorts], [[53, 2]])
    assert.deepEqual(
      [...report.skipped],
      [
        ['not IP', 1],
        ['UDP to another port', 2],
      ],
    )
    assert.deepEqual(report.issues, [
      {
        kind: 'packet header cut',
        at: 82,
        problem: `${bad}: the file ends after 1 of the 16 bytes of a packet header`,
        count: 1,
      },
    ])
    assert.equal(report.bytesRead, report.bytesTotal)
  })
})
