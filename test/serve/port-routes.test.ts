// sFlow-RT's paths of ports (exports.md section 1): names, labels, rates, statistics.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { portRoutes } from '../../src/lib/serve/port-routes.ts'
import { aggregateOf, aggregates } from '../../src/lib/serve/statistics.ts'
import { pair } from '../topo-status/fabric.ts'
import { ask, Served, seriesOf } from './asking.ts'

/** Two ports of leaf1 and one of spine1: 1000, 3000 and 5000 octets a second come in. */
async function fabric() {
  const served = new Served({ topology: pair })
  const routes = portRoutes(served.beside)
  // The first question is what makes it count.
  assert.deepEqual(seriesOf(await ask(routes, '/prometheus/metrics/ALL/ifinoctets/txt')), [])
  const { story } = served
  story.counters(1, {}).counters(9, {}).counters(1, {}, { agent: 2 })
  story.at(10).counters(1, { ifInOctets: 10_000n }).counters(9, { ifInOctets: 30_000n, ifStatus: 1 })
  story.counters(1, { ifInOctets: 50_000n }, { agent: 2 })
  served.now = 11
  return { served, routes }
}

test('interface metrics: rates, with the labels that users of that path look for', async () => {
  const { routes } = await fabric()
  const { status, type, text } = await ask(routes, '/prometheus/metrics/ALL/ifinoctets,ifspeed/txt')
  assert.equal(status, 200)
  assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8')
  assert.equal(
    text,
    `# HELP sflow_ifinoctets octets received per second
# TYPE sflow_ifinoctets gauge
sflow_ifinoctets{agent="192.0.2.1",datasource="1",host="leaf1",ifname="p1",link="l1",ifspeed="10000000000",ifoperstatus="up"} 1000
sflow_ifinoctets{agent="192.0.2.1",datasource="9",host="leaf1",ifname="p9",ifspeed="10000000000",ifoperstatus="down"} 3000
sflow_ifinoctets{agent="192.0.2.2",datasource="1",host="spine1",ifname="p1",link="l1",ifspeed="10000000000",ifoperstatus="up"} 5000
# HELP sflow_ifspeed speed of the port in bits per second
# TYPE sflow_ifspeed gauge
sflow_ifspeed{agent="192.0.2.1",datasource="1",host="leaf1",ifname="p1",link="l1",ifspeed="10000000000",ifoperstatus="up"} 10000000000
sflow_ifspeed{agent="192.0.2.1",datasource="9",host="leaf1",ifname="p9",ifspeed="10000000000",ifoperstatus="down"} 10000000000
sflow_ifspeed{agent="192.0.2.2",datasource="1",host="spine1",ifname="p1",link="l1",ifspeed="10000000000",ifoperstatus="up"} 10000000000
`,
  )
})

test('which agents', async () => {
  const { routes } = await fabric()
  const valuesOf = async (agents: string) =>
    seriesOf(await ask(routes, `/prometheus/metrics/${agents}/ifinoctets/txt`)).map((line) =>
      Number(line.split(' ').at(-1)),
    )
  assert.deepEqual(await valuesOf('EDGE'), [3000])
  assert.deepEqual(await valuesOf('CORE'), [1000, 5000])
  assert.deepEqual(await valuesOf('TOPOLOGY'), [1000, 3000, 5000])
  assert.deepEqual(await valuesOf('192.0.2.2'), [5000])
  assert.deepEqual(await valuesOf('192.0.2.2,192.0.2.1'), [1000, 3000, 5000])
  assert.deepEqual(await valuesOf('::ffff:192.0.2.2'), [5000])
  assert.deepEqual(await valuesOf('spine1'), [5000])
  assert.deepEqual(await valuesOf('192.0.2.77'), [])
  assert.equal((await ask(routes, '/prometheus/metrics/a,,b/ifinoctets/txt')).status, 400)
})

test('metrics that are not known are told, and an error where none is', async () => {
  const { routes } = await fabric()
  const some = await ask(routes, '/prometheus/metrics/ALL/load_one,ifinoctets/txt')
  assert.equal(some.status, 200)
  assert.match(some.text, /\n# load_one is not known here\n$/)
  const none = await ask(routes, '/prometheus/metrics/ALL/load_one/txt')
  assert.equal(none.status, 400)
  assert.match(none.text, /^"load_one" has no metric that is known\. There are ifspeed, ifadminstatus, /)
  const all = await ask(routes, '/prometheus/metrics/ALL/ALL/txt')
  assert.equal(seriesOf(all).filter((line) => line.startsWith('sflow_ifoutpkts{')).length, 3)
  assert.deepEqual(await ask(routes, '/app/prometheus/scripts/export.js/dump/ALL/ALL/txt'), all)
})

test('statistics over ports', async () => {
  const { routes } = await fabric()
  const path = '/app/prometheus/scripts/export.js/statistics'
  const of = async (rest: string) => seriesOf(await ask(routes, `${path}/${rest}`))
  assert.deepEqual(await of('g%22/ALL/sum:ifinoctets,max:ifinoctets,ifinoctets,med:ifinoctets,q1:ifinoctets/txt'), [
    'sflow_sum_ifinoctets{group="g\\""} 9000',
    'sflow_max_ifinoctets{group="g\\""} 5000',
    'sflow_ifinoctets{group="g\\""} 5000',
    'sflow_med_ifinoctets{group="g\\""} 3000',
    'sflow_q1_ifinoctets{group="g\\""} 2000',
  ])
  assert.deepEqual(await of('g/CORE/sum:ifinoctets/txt?ifoperstatus=up'), ['sflow_sum_ifinoctets{group="g"} 6000'])
  assert.deepEqual(await of('g/ALL/sum:ifinoctets/txt?ifname=p9,p8'), ['sflow_sum_ifinoctets{group="g"} 3000'])
  assert.equal((await ask(routes, `${path}/g/ALL/sum:ifinoctets/txt?colour=red`)).status, 400)
  assert.equal((await ask(routes, `${path}/g/ALL/sum:nothing/txt`)).status, 400)
  assert.deepEqual(await of('g/192.0.2.99/max:ifinoctets,sum:ifinoctets/txt'), [])
})

test('aggregates', () => {
  const values = [4, 1, 3, 2, 10]
  const expected: Record<string, number> = {
    max: 10,
    min: 1,
    sum: 20,
    avg: 4,
    var: 10,
    sdev: Math.sqrt(10),
    med: 3,
    q1: 2,
    q2: 3,
    q3: 4,
    iqr: 2,
    any: 4,
  }
  assert.deepEqual(Object.keys(expected), [...aggregates])
  for (const name of aggregates) assert.equal(aggregateOf(name, values), expected[name], name)
  assert.equal(aggregateOf('max', []), null)
  assert.equal(aggregateOf('sum', []), null)
})
