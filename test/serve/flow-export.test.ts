// Flows that a query defines (exports.md 1.1): rates, labels, smoothing, life and bounds of definitions, what is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FlowExport } from '../../src/lib/serve/flow-export.ts'
import { flowRoutes } from '../../src/lib/serve/flow-routes.ts'
import { pair } from '../topo-status/fabric.ts'
import { ask, Served, seriesOf } from './asking.ts'

const PATH = '/app/prometheus/scripts/export.js/flows'
const in_out = 'metric=in.out-bps&key=inputifindex&key=outputifindex&label=in,out&value=bytes&scale=8'

function exporter(topology = true) {
  const served = new Served(topology ? { topology: pair } : {})
  const flows = new FlowExport(served.beside)
  const routes = flowRoutes(flows)
  return { served, flows, query: (query: string, agents = 'ALL') => ask(routes, `${PATH}/${agents}/txt?${query}`) }
}

/** 1,000-byte frames, 1 in 100, from port 9 to port 1 of leaf1 for a minute: 10 a second sampled, 8 Mbit/s. */
function minute(served: Served): void {
  for (let second = 0; second < 60; second++) served.story.at(second).flows(9, 10, { output: 1 })
  served.now = 60
}

test('the first question defines, later ones have rates', async () => {
  const { served, query } = exporter()
  assert.equal((await query(in_out)).text, '')
  minute(served)
  const { status, type, text } = await query(in_out)
  assert.equal(status, 200)
  assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8')
  const [help, kind, line = '', ...rest] = text.trimEnd().split('\n')
  assert.equal(help, '# HELP in_out_bps bytes per second by inputifindex, outputifindex')
  assert.equal(kind, '# TYPE in_out_bps gauge')
  assert.deepEqual(rest, [])
  const [, labels, value] = /^in_out_bps(\{.*\}) (.*)$/.exec(line) ?? []
  assert.equal(labels, '{in="9",out="1"}')
  // Smoothed over 15 s with samples of whole seconds: e^(-1/15) to 1 of the true rate.
  assert.ok(Number(value) > 7.4e6 && Number(value) < 8.4e6, value)
})

test('a parameter that is not known is told', async () => {
  const { query } = exporter()
  const { status, text } = await query('metric=x&key=inputifindex&value=frames&maxflows=5&n=3')
  assert.deepEqual([status, text], [200, '# maxflows is not known here\n'])
})

test('rates decay: by e after the time constant', async () => {
  const { served, query } = exporter()
  const asked = 'metric=x&key=inputifindex&value=frames&t=5'
  await query(asked)
  minute(served)
  const rateOf = async () => Number(seriesOf(await query(asked))[0]?.split(' ')[1])
  const now = await rateOf()
  served.now = 65
  const later = await rateOf()
  assert.ok(Math.abs(now / later - Math.E) < 0.05, `${now} / ${later}`)
})

test('minValue, maxFlows, filter, agents, counts', async () => {
  const { served, query } = exporter()
  const queries: [query: string, agents: string, series: string[] | RegExp][] = [
    ['metric=x&key=inputifindex&value=frames&minValue=100000', 'ALL', []],
    ['metric=x&key=inputifindex&value=frames', '192.0.2.1', /^x\{inputifindex="9"\} \d+/],
    ['metric=x&key=inputifindex&value=frames', '192.0.2.2', []],
    ['metric=x&key=inputifindex&value=frames', 'EDGE', /^x\{inputifindex="9"\}/],
    ['metric=x&key=inputifindex&value=frames', 'CORE', []],
    ['metric=x&key=inputifindex&value=frames', 'leaf1', /^x\{inputifindex="9"\}/],
    ['metric=x&key=inputifindex&value=frames&filter=inputifindex%3D8', 'ALL', []],
    ['metric=x&key=inputifindex&value=frames&filter=inputifindex%3D9%26outputifindex%3D1', 'ALL', /^x\{/],
    [
      'metric=x&key=node:inputifindex,ifname:inputifindex&label=switch,port&value=frames',
      'ALL',
      /^x\{switch="leaf1",port="p9"\}/,
    ],
    ['metric=x&key=null:vlan:none&value=frames', 'ALL', /^x\{null_vlan_none="none"\}/],
    ['metric=x&key=vlan&value=frames', 'ALL', []],
    ['metric=x&key=outputifindex&value=count:inputifindex&t=20', 'ALL', /^x\{outputifindex="1"\} 1$/],
    ['metric=x&key=inputifindex&value=frames&aggMode=edge', 'ALL', /^x\{inputifindex="9"\}/],
    ['metric=x&key=inputifindex&value=frames&aggMode=core', 'ALL', []],
    ['metric=x&key=inputifindex&value=frames&dropped=true', 'ALL', []],
  ]
  for (const [text, agents] of queries) await query(text, agents)
  minute(served)
  for (const [text, agents, series] of queries) {
    const got = seriesOf(await query(text, agents))
    if (series instanceof RegExp) assert.match(got[0] ?? 'nothing', series, text)
    else assert.deepEqual(got, series, `${agents} ${text}`)
  }
})

test('what is refused, and why', async () => {
  const { query, flows } = exporter(false)
  const wrong: [string, RegExp][] = [
    ['', /^metric, key and value are needed/],
    ['metric=x&key=ipsource', /^metric, key and value are needed/],
    ['metric=x&value=bytes', /^metric, key and value are needed/],
    ['metric=x&key=ipsouce&value=bytes', /^key is wrong: "ipsouce" is no attribute\. Did you mean ipsource/],
    ['metric=x&key=ipsource&value=byte', /^value is wrong: .*byte/],
    ['metric=x&key=ipsource&value=bytes,frames', /^value is one/],
    ['metric=x&key=ipsource&value=bytes&filter=ipprotocol%3Dudpp', /^filter is wrong/],
    ['metric=x&key=ipsource&value=bytes&filter=(', /^filter is wrong/],
    ['metric=x&key=ipsource&value=bytes&t=0', /^t "0" is not understood\. Give a number from 0\.1 to 600\.$/],
    ['metric=x&key=ipsource&value=bytes&t=NaN', /^t "NaN"/],
    ['metric=x&key=ipsource&value=bytes&maxFlows=1e9', /^maxFlows "1e9"/],
    ['metric=x&key=ipsource&value=bytes&n=-1', /^n "-1"/],
    ['metric=x&key=ipsource&value=bytes&aggMode=core', /^aggMode core needs a topology: it says where the core is/],
    [
      'metric=x&key=ipsource&value=bytes&aggMode=avg',
      /^aggMode "avg" is not understood\. Give max, sum, edge or core\.$/,
    ],
    ['metric=x&key=ipsource&value=bytes&aggMode=edge', /^aggMode edge needs a topology/],
    ['metric=x&key=ipsource,ipdestination&label=a,a&value=bytes', /^Two labels are called a/],
    ['metric=x&key=country:ipsource&value=bytes', /country/],
    [`metric=x&key=ipsource&value=bytes&filter=${'('.repeat(7000)}`, /./],
    [`metric=x&key=${'null:['.repeat(1500)}&value=bytes`, /./],
  ]
  for (const [text, expected] of wrong) {
    const { status, text: answer } = await query(text)
    assert.equal(status, 400, `${text.slice(0, 80)}: ${answer}`)
    assert.match(answer, expected)
  }
  assert.equal(flows.size, 0)
})

test('a definition is dropped when nobody has asked for 300 s, and there are only so many', async () => {
  const { served, flows, query } = exporter()
  const asked = (i: number) => `metric=x&key=inputifindex&value=frames&filter=inputifindex%3D${i}`
  for (let i = 0; i < 32; i++) assert.equal((await query(asked(i))).status, 200)
  assert.equal(served.fed.companions.length, 32)
  const refused = await query(asked(32))
  assert.equal(refused.status, 429)
  assert.match(
    refused.text,
    /^32 flows are defined, which is all there may be\. One that nobody asks for is dropped after 300 s\.$/,
  )
  served.now = 299
  assert.equal((await query(asked(0))).status, 200)
  served.now = 301
  flows.tick()
  assert.equal(flows.size, 1)
  assert.equal(served.fed.companions.length, 1)
  assert.equal((await query(asked(32))).status, 200)
  assert.equal(flows.size, 2)
})

test('another topology makes the definition anew', async () => {
  const { served, flows, query } = exporter()
  const asked = 'metric=x&key=node:inputifindex&value=frames'
  await query(asked)
  minute(served)
  assert.match(seriesOf(await query(asked))[0] ?? '', /leaf1/)
  served.beside.setTopology({ nodes: new Map([['other', { agent: '192.0.2.1', ports: new Map() }]]), links: new Map() })
  await query(asked)
  assert.equal(flows.size, 1)
  minute(served)
  assert.match(seriesOf(await query(asked))[0] ?? '', /other/)
})
