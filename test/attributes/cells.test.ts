import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileCells } from '../../src/lib/attributes/cells.ts'
import { SampleView } from '../../src/lib/attributes/context.ts'
import { layerFieldNames } from '../../src/lib/attributes/layer-value.ts'
import { attributes } from '../../src/lib/attributes/table.ts'
import { encodeDatagram } from '../../src/lib/sflow/encode.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { Random } from '../bench/random.ts'
import { counters, discard, flow, hex, ip4, OneDatagram, packet, record } from './build.ts'
import { cases } from './cases.ts'
import * as packets from './packets.ts'

test('a row is the cells with commas between them, the header the names as they were given', () => {
  const cells = compileCells(['agent', 'ip.src', 'vlan.1', 'ibbtopcode', 'dport'], 'csv')
  assert.equal(cells.header, 'agent,ip.src,vlan.1,ibbtopcode,dport')
  assert.deepEqual(new OneDatagram([packets.tagged]).rows(cells), ['198.51.100.9,10.1.0.1,200,,54321'])
})

test('a row of JSON is members: numbers bare, text quoted, null where missing', () => {
  const cells = compileCells(['agent', 'ip.src', 'vlan.2', 'isunicast', 'tcpflags', 'inputifindex', 'dport'], 'json')
  assert.deepEqual(new OneDatagram([packets.tagged]).rows(cells), [
    '"agent":"198.51.100.9","ip.src":"10.1.0.1","vlan.2":null,"isunicast":true,"tcpflags":"000010010",' +
      '"inputifindex":"3","dport":54321',
  ])
})

test('a sample gives a row when it has something that not every sample has', () => {
  const samples = [packets.tagged, counters([]), packets.arp, discard([]), flow([])]
  const rows = (names: string[]) => new OneDatagram(samples).rows(compileCells(names, 'csv'))
  assert.deepEqual(rows(['agent', 'dport']), ['198.51.100.9,54321', null, null, null, null])
  assert.deepEqual(rows(['sampletype', 'reason', 'vlan']), ['flow,,100', null, null, 'discard,acl,', null])
  assert.deepEqual(rows(['sampletype', 'datasource']), ['flow,3', 'counter,3', 'flow,3', 'discard,3', 'flow,3'])
})

test('an IPv6 agent, and a sender that nobody knows', () => {
  const agent = { type: 2 as const, bytes: hex('20010db8000000000000000000000001') }
  const cells = compileCells(['agent'], 'csv')
  assert.deepEqual(new OneDatagram([flow([])], agent).rows(cells), ['2001:db8::1'])
  const none = { type: 0 as const, bytes: hex('') }
  assert.deepEqual(new OneDatagram([flow([])], none).rows(cells), [''])
  const walker = new Walker(() => {})
  const view = new SampleView(walker)
  const bytes = encodeDatagram({ agent: none, sub_agent_id: 0, sequence_number: 0, uptime: 0, samples: [flow([])] })
  const out = new TextBuffer()
  const sender = compileCells(['sender'], 'json')
  for (const [words, want] of [
    [[0, 0, 0, 0], '"sender":null'],
    [[0x20010db8, 0, 0, 2], '"sender":"2001:db8::2"'],
    [[0, 0, 0xffff, 0x0a000001], '"sender":"10.0.0.1"'],
  ] as const) {
    walker.open(bytes, new DataView(bytes.buffer), 0, bytes.length)
    walker.nextSample()
    // The second datagram of a batch.
    view.startDatagram(0, 0, Uint32Array.from([9, 9, 9, 9, ...words]), 1)
    view.startSample()
    out.clear()
    sender.sample(view, out)
    assert.equal(new TextDecoder().decode(out.written()), want)
  }
})

test('a broken sample has nothing of the sample before it', () => {
  const broken = {
    kind: 'opaque' as const,
    tag: 1,
    name: 'flow_sample',
    bytes: hex('00000001 00000002'),
  }
  const cells = compileCells(['sampletype', 'datasource', 'inputifindex', 'samplingrate', 'src'], 'json')
  const generic = compileCells(['sampletype', 'datasource'], 'json')
  const samples = [packets.tagged, broken, packets.arp]
  assert.deepEqual(new OneDatagram(samples).rows(generic), [
    '"sampletype":"flow","datasource":"3"',
    '"sampletype":"flow","datasource":null',
    '"sampletype":"flow","datasource":"3"',
  ])
  assert.equal(new OneDatagram(samples).rows(cells)[1], null)
})

test('a broken record is an issue, told once, and its values are missing', () => {
  const datagram = new OneDatagram([
    flow([
      { tag: 1003, bytes: hex('00000001 0a000001 00000001') },
      record(1002, { nexthop: ip4('192.0.2.7'), src_mask_len: 8, dst_mask_len: 9 }),
    ]),
  ])
  const cells = compileCells(['bgpas', 'bgpdestinationas', 'ipnexthoprouter'], 'json')
  assert.deepEqual(datagram.rows(cells), ['"bgpas":null,"bgpdestinationas":null,"ipnexthoprouter":"192.0.2.7"'])
  assert.deepEqual(
    datagram.issues.map(({ where, kind }) => ({ where, kind })),
    [{ where: 'samples[0].flow_records[0] extended_gateway (0:1003)', kind: 'extended_gateway short' }],
  )
})

test('text longer than the buffer, quoted and escaped', () => {
  const long = '"'.repeat(5000)
  const sample = counters([record(1005, { name: long })])
  const row = new OneDatagram([sample]).rows(compileCells(['ifname'], 'csv'))[0]!
  assert.equal(row, `"${'""'.repeat(5000)}"`)
  const controls = counters([record(1005, { name: '\u001b[2J\u0000\u007f\u009b\r\né€😀\udcff\udcc2' })])
  const escaped = '\\u001b[2J\\u0000\\u007f\\u009b\\u000d\\u000aé€😀\ufffd\ufffd'
  assert.equal(new OneDatagram([controls]).rows(compileCells(['ifname'], 'csv'))[0], escaped)
})

test('an AS path and communities as long as a datagram holds', () => {
  const as_numbers = Array.from({ length: 6000 }, (_, i) => 4_294_960_000 + i)
  const sample = flow([
    record(1003, {
      nexthop: ip4('192.0.2.9'),
      as: 1,
      src_as: 2,
      src_peer_as: 3,
      dst_as_path: [{ type: 2, as_numbers }],
      communities: as_numbers,
      localpref: 1,
    }),
  ])
  const row = new OneDatagram([sample]).rows(compileCells(['bgpdestinationaspath', 'bgpcommunities'], 'csv'))[0]!
  const [path, communities] = row.split(',')
  assert.equal(path, as_numbers.join(' '))
  assert.equal(communities!.split(' ').length, 6000)
  assert.ok(communities!.startsWith('65535:58240 65535:58241 '))
})

test('a stack of many layers', () => {
  const tags = Array.from({ length: 40 }, (_, i) => `8100 ${(i + 1).toString(16).padStart(4, '0')}`)
  const sample = packet('02000000000b 02000000000a', ...tags, '9999')
  const row = new OneDatagram([sample]).rows(
    compileCells(['stack', 'vlan.39', 'vlan.40', 'ethernetprotocol'], 'csv'),
  )[0]
  assert.equal(row, `eth${'.vlan'.repeat(40)},40,,${0x9999}`)
})

/** Well-formed UTF-8 without control characters. */
function isOneLine(bytes: Uint8Array): boolean {
  return [...new TextDecoder('utf-8', { fatal: true }).decode(bytes)].every((x) => x >= ' ' && x !== '\x7f')
}

test('no damage makes anything throw, and JSON stays JSON', () => {
  const names = [...new Set([...attributes.map((x) => x.name), ...layerFieldNames(), 'ipsource.1', 'src.2', 'vlan.1'])]
  const json = compileCells(names, 'json')
  const csv = compileCells(names, 'csv')
  const samples = [...new Set(cases.map((x) => x.sample))]
  const walker = new Walker(() => {})
  const view = new SampleView(walker)
  const out = new TextBuffer(16)
  const random = new Random(7)
  const agent = ip4('192.0.2.1')
  for (let k = 0; k < 600; k++) {
    const sample = samples[random.below(samples.length)]!
    const whole = encodeDatagram({ agent, sub_agent_id: 0, sequence_number: 0, uptime: 0, samples: [sample] })
    const bytes = random.below(3) === 0 ? whole.slice(0, random.below(whole.length + 1)) : whole
    for (let flips = random.below(6); flips > 0 && bytes.length > 0; flips--) {
      bytes[random.below(bytes.length)] = random.below(256)
    }
    if (!walker.open(bytes, new DataView(bytes.buffer, 0, bytes.length), 0, bytes.length)) continue
    view.startDatagram(1, 2, new Uint32Array(4), 0)
    while (walker.nextSample()) {
      view.startSample()
      out.clear()
      if (json.sample(view, out)) JSON.parse(`{${new TextDecoder('utf-8', { fatal: true }).decode(out.written())}}`)
      out.clear()
      csv.sample(view, out)
      assert.ok(isOneLine(out.written()))
    }
  }
})
