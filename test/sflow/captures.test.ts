import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { formatTag } from '../../src/lib/wire/record.ts'
import { sharedJson, sharedPath } from '../helpers/shared.ts'

type Counts = Record<string, number>

interface Found {
  datagrams: number
  samples: Counts
  flow: Counts
  counters: Counts
  discards: Counts
}

interface Witnesses {
  agree?: boolean
  tshark?: { datagrams: number; sample_types: Counts; flow_records: Counts; counter_records: Counts }
  sflowtool?: { datagrams: number; discard_tags: Counts }
}

/** Walks a capture: every sample and every record that is met, the one that an end cuts included. */
async function count(path: string): Promise<Found & { issues: string[] }> {
  const found = { datagrams: 0, samples: {}, flow: {}, counters: {}, discards: {}, issues: [] as string[] }
  const w = new Walker((issue) => found.issues.push(issue.kind))
  const add = (counts: Counts, tag: number) => {
    counts[formatTag(tag)] = (counts[formatTag(tag)] ?? 0) + 1
  }
  const source = await openCapture(path)
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      if (!w.open(batch.bytes, batch.view, batch.offset[i]!, batch.length[i]!)) continue
      found.datagrams++
      while (w.nextSample()) {
        add(found.samples, w.sampleTag)
        const records =
          w.sampleKind === SampleKind.counters
            ? found.counters
            : w.sampleKind === SampleKind.discard
              ? found.discards
              : found.flow
        for (let r = 0; r < w.recordCount; r++) add(records, w.recordTag[r]!)
      }
    }
  }
  return found
}

/** Files on which the two witnesses disagree, judged from the bytes. */
const judged: Readonly<Record<string, { why: string; want: Found; issues: readonly string[] }>> = {
  'malformed/derived-overflowd-snaplen128.pcap': {
    why: 'every datagram is cut to 86 bytes: 35 flow samples and 5 counter samples begin, and so does one record in each; sflowtool refuses such captures',
    want: {
      datagrams: 40,
      samples: { '0:1': 35, '0:2': 5 },
      flow: { '0:1': 35 },
      counters: { '0:1': 5 },
      discards: {},
    },
    issues: ['sample cut', 'record cut', 'samples missing'],
  },
  'malformed/tcpdump-sflow-print-segv.pcap': {
    why: 'the payload is 8 bytes, version 5 and an address type, without the rest of a header; sflowtool reads on in memory',
    want: { datagrams: 0, samples: {}, flow: {}, counters: {}, discards: {} },
    issues: ['cut'],
  },
  'sflow/derived-overflowd-ipfrag.pcap': {
    why: 'sflowtool does not put IP fragments together and reads each as a datagram',
    want: {
      datagrams: 12,
      samples: { '0:1': 71, '0:2': 6 },
      flow: { '0:1': 71, '0:1001': 71 },
      counters: { '0:1': 6, '0:2': 6 },
      discards: {},
    },
    issues: [],
  },
  'sflow/gopacket-appresources-ovsdp.pcap': {
    why: 'tshark 4.0 stops after 0:2203, which it does not know',
    want: { datagrams: 1, samples: { '0:2': 1 }, flow: {}, counters: { '0:2203': 1, '0:2207': 1 }, discards: {} },
    issues: [],
  },
  'sflow/gopacket-portname-openflow.pcap': {
    why: 'tshark 4.0 stops after 0:1004, which it does not know',
    want: {
      datagrams: 1,
      samples: { '0:2': 1 },
      flow: {},
      counters: { '0:2': 1, '0:1004': 1, '0:1005': 1, '0:1': 1 },
      discards: {},
    },
    issues: [],
  },
  'sflow/tcpdump-multiple-counter-30-pdus.pcap': {
    why: 'tshark 4.0 mis-walks the host counters; sflowtool counts five UDP datagrams to the port that are no sFlow',
    want: {
      datagrams: 25,
      samples: { '0:4': 142, '0:2': 2 },
      flow: {},
      counters: {
        '0:1': 142,
        '0:2': 142,
        '0:2000': 2,
        '0:2001': 2,
        '0:2003': 2,
        '0:2004': 2,
        '0:2005': 2,
        '0:2006': 2,
      },
      discards: {},
    },
    issues: ['not sFlow'],
  },
  'sflow/telegraf-v5-example.pcap': {
    why: 'tshark 4.0 mis-walks the string of 0:1005',
    want: { datagrams: 1, samples: { '0:2': 1 }, flow: {}, counters: { '0:1005': 1, '0:1': 1 }, discards: {} },
    issues: [],
  },
}

const expected = sharedJson<{ files: Record<string, Witnesses> }>('captures/expected.json')

test('counts of every sFlow capture are those of its witnesses', { skip: expected === undefined }, async (t) => {
  let compared = 0
  for (const [file, witnesses] of Object.entries(expected!.files)) {
    const isSflow = (witnesses.tshark?.datagrams ?? 0) + (witnesses.sflowtool?.datagrams ?? 0) > 0
    if (!/^(sflow|malformed)\//.test(file) || !isSflow) continue
    const { issues, ...found } = await count(sharedPath(`captures/${file}`)!)
    if (witnesses.agree === true) {
      const tshark = witnesses.tshark!
      const want: Found = {
        datagrams: tshark.datagrams,
        samples: tshark.sample_types,
        flow: tshark.flow_records,
        counters: tshark.counter_records,
        // tshark has no decoder for discards: sflowtool is their only witness.
        discards: witnesses.sflowtool?.discard_tags ?? {},
      }
      assert.deepEqual(found, want, file)
    } else {
      const verdict = judged[file]
      assert.ok(verdict !== undefined, `${file}: its witnesses disagree and it is not judged`)
      assert.deepEqual(found, verdict.want, `${file}: ${verdict.why}`)
      assert.deepEqual([...new Set(issues)], verdict.issues, file)
    }
    compared++
  }
  t.diagnostic(`${compared} captures`)
  assert.ok(compared >= 43, `${compared}`)
})

interface ByteWalk {
  datagrams: number
  sample_types: Counts
  flow_records: Counts
  counter_records: Counts
  discard_records?: Counts
}
const agents = sharedJson<{ files: Record<string, { byte_walk: ByteWalk }> }>('captures/agents/expected.json')

test('counts of the captures of real agents are those of a walk of every byte', {
  skip: agents === undefined,
}, async () => {
  for (const [file, { byte_walk: walk }] of Object.entries(agents!.files)) {
    const found = await count(sharedPath(`captures/agents/${file}`)!)
    assert.deepEqual(
      found,
      {
        datagrams: walk.datagrams,
        samples: walk.sample_types,
        flow: walk.flow_records,
        counters: walk.counter_records,
        discards: walk.discard_records ?? {},
        issues: [],
      },
      file,
    )
  }
})
