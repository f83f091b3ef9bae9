import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { MetricTable } from '../../src/lib/metrics/metrics.ts'
import { lineProtocolEncoding } from '../../src/lib/push/line-protocol.ts'
import { remoteWriteEncoding } from '../../src/lib/push/remote-write.ts'

const gauge = (name: string) => ({ name, help: name, type: 'gauge' }) as const

const text = (chunks: readonly { readonly bytes: Uint8Array }[]) =>
  Buffer.concat(chunks.map(({ bytes }) => bytes)).toString()

test('remote write: one series by hand', () => {
  const table = new MetricTable()
  table.add(gauge('sflow_ai_bps'), [], 1)
  const chunks = remoteWriteEncoding.start([]).encode(table.families(), 1000)
  assert.equal(chunks.length, 1)
  assert.equal(chunks[0]!.values, 1)
  const expected = [
    '0a 28', // WriteRequest.timeseries, 40 bytes
    '0a 18', // TimeSeries.labels, 24 bytes
    '0a 08 5f5f6e616d655f5f', // Label.name __name__
    '12 0c 73666c6f775f61695f627073', // Label.value sflow_ai_bps
    '12 0c', // TimeSeries.samples, 12 bytes
    '09 000000000000f03f', // Sample.value 1.0
    '10 e807', // Sample.timestamp 1000
  ]
  assert.equal(Buffer.from(chunks[0]!.bytes).toString('hex'), expected.join('').replaceAll(' ', ''))
})

test('remote write: labels by name in the order of bytes, the series’ own before those of all', () => {
  const table = new MetricTable()
  table.add(
    gauge('m'),
    [
      ['site', 'own'],
      ['Z', '1'],
      ['a', '2'],
    ],
    1,
  )
  const [chunk] = remoteWriteEncoding
    .start([
      ['site', 'all'],
      ['instance', 'x'],
    ])
    .encode(table.families(), 0)
  const found = [
    ...Buffer.from(chunk!.bytes)
      .toString('latin1')
      .matchAll(/\n.([A-Za-z_]+)[^ -~].([a-z0-9]+)/g),
  ]
  assert.deepEqual(
    found.map(([, name, value]) => `${name}=${value}`),
    ['Z=1', '__name__=m', 'a=2', 'instance=x', 'site=own'],
  )
})

test('remote write: a series that is gone gets a stale marker at the next moment, all of them at the end', () => {
  const tableOf = (...names: string[]) => {
    const table = new MetricTable()
    for (const name of names) table.add(gauge('flow'), [['src', name]], 1)
    return table.families()
  }
  const encoder = remoteWriteEncoding.start([])
  const stale = (chunks: readonly { readonly bytes: Uint8Array; readonly values: number }[]) => {
    // Name of the series, then its sample: 09, the NaN 7ff0000000000002 in little-endian, 10 and the time.
    const found = Buffer.concat(chunks.map(({ bytes }) => bytes))
      .toString('latin1')
      .matchAll(/src[^a-z]+([a-z])[^a-z]{2}\t[^a-z]\0{5}\u00f0\u007f[^a-z](.)/gs)
    return [...found].map(([, name, time]) => `${name}@${time!.charCodeAt(0)}`)
  }
  assert.deepEqual(stale(encoder.encode(tableOf('a', 'b', 'c'), 1)), [])
  const second = encoder.encode(tableOf('b'), 2)
  assert.deepEqual(stale(second), ['a@2', 'c@2'])
  assert.deepEqual(
    second.map(({ values }) => values),
    [1],
  )
  assert.deepEqual(stale(encoder.encode(tableOf('b', 'c'), 3)), [])
  const end = encoder.end(4)
  assert.deepEqual(stale(end), ['b@4', 'c@4'])
  assert.deepEqual(
    end.map(({ values }) => values),
    [0],
  )
})

test('remote write: text that is no Unicode is U+FFFD', () => {
  const table = new MetricTable()
  table.add(gauge('m'), [['l', 'é\ud800x']], 1)
  const [chunk] = remoteWriteEncoding.start([]).encode(table.families(), 0)
  // Label.value, 6 bytes.
  assert.ok(Buffer.from(chunk!.bytes).includes(Buffer.from('1206c3a9efbfbd78', 'hex')))
})

test('remote write: chunks of a thousand values', () => {
  const table = new MetricTable()
  for (let i = 0; i < 2500; i++) table.add(gauge('m'), [['i', String(i)]], i)
  assert.deepEqual(
    remoteWriteEncoding
      .start([])
      .encode(table.families(), 1_752_105_600_000)
      .map(({ values }) => values),
    [1000, 1000, 500],
  )
})

test('line protocol: what Telegraf makes of the scrape, metric_version 1', () => {
  const table = new MetricTable()
  table.add(gauge('sflow_ai_operations'), [['name', 'RC:X']], 120)
  const url = 'http://sflow-rt:8008/app/ai-metrics/scripts/metrics.js/prometheus/txt'
  assert.equal(
    text(
      lineProtocolEncoding(1)
        .start([['url', url]])
        .encode(table.families(), 1_752_105_600_000),
    ),
    `sflow_ai_operations,name=RC:X,url=${url} value=120 1752105600000000000\n`,
  )
})

test('line protocol: metric_version 2 has a field a metric, together where labels are the same', () => {
  const table = new MetricTable()
  table.add(gauge('sflow_ai_bps'), [], 12345)
  table.add(gauge('sflow_ai_operations'), [['name', 'RC:X']], 120)
  table.add(gauge('sflow_ai_period'), [], 0.69)
  assert.equal(
    text(lineProtocolEncoding(2).start([]).encode(table.families(), 1_752_105_600_000)),
    [
      'prometheus sflow_ai_bps=12345,sflow_ai_period=0.69 1752105600000000000',
      'prometheus,name=RC:X sflow_ai_operations=120 1752105600000000000\n',
    ].join('\n'),
  )
})

test('line protocol: escapes, and what it can not say', () => {
  for (const [value, tag] of [
    ['a b', 'a\\ b'],
    ['a,b=c', 'a\\,b\\=c'],
    ['RC:RDMA WRITE First', 'RC:RDMA\\ WRITE\\ First'],
    ['C:\\temp', 'C:\\temp'],
    ['ends with \\\\', 'ends\\ with\\ '],
    ['two\nlines', 'two\\nlines'],
    ['"quoted"', '"quoted"'],
    ['Zürich 東京', 'Zürich\\ 東京'],
    ['half \ud800', 'half\\ \ufffd'],
  ] as const) {
    const table = new MetricTable()
    table.add(gauge('m'), [['l', value]], 1)
    assert.equal(text(lineProtocolEncoding(1).start([]).encode(table.families(), 0)), `m,l=${tag} value=1 0000000\n`)
  }
  const table = new MetricTable()
  for (const [i, value] of [Number.NaN, Number.POSITIVE_INFINITY, 1e300, -0.5, 2n ** 64n].entries()) {
    table.add(gauge('m'), [['i', String(i)]], value)
  }
  assert.equal(
    text(lineProtocolEncoding(1).start([]).encode(table.families(), 1)),
    'm,i=2 value=1e+300 1000000\nm,i=3 value=-0.5 1000000\nm,i=4 value=18446744073709552000 1000000\n',
  )
})

test('line protocol goes over the wire as gzip', async () => {
  const body = Buffer.from('m value=1 1000000\n'.repeat(100))
  assert.equal(gunzipSync(await lineProtocolEncoding(1).compress(body)).toString(), body.toString())
})
