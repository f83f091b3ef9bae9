// Sources that do not hold all that there is, or of which something would be lost without a word; names that forge lines; one node
// for several machines.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import test from 'node:test'
import { formatPlace } from '../../src/lib/topo-import/reading.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { withServer } from '../helpers/http-server.ts'
import { importTopology, linksOf, type Options, withFiles } from './import.ts'

const face = (id: number, node: string, port: string, far: string, farPort: string) => ({
  id,
  device: { name: node },
  name: port,
  connected_endpoints: [{ device: { name: far }, name: farPort }],
  connected_endpoints_type: 'dcim.interface',
})
const faces = [face(1, 'leaf1', 'swp1', 'spine1', 'swp1'), face(2, 'leaf2', 'swp1', 'spine1', 'swp2')]
const next = 'https://netbox.example.net/api/dcim/interfaces/?limit=1&offset=1'
const cable = {
  id: '7',
  a_terminations: [{ name: 'swp1', device: { name: 'leaf1' } }],
  b_terminations: [{ name: 'swp1', device: { name: 'spine1' } }],
}
const save =
  '(save the pages behind it too, until "next" is null, and import all together; or sonde topo import netbox URL asks for all)'

/** Lines without the folder of the files. */
const told = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/\/\S*\/(?=[\w-]+\.\w+)/g, ''))
const warnings = (lines: readonly string[]): string[] => told(lines).filter((line) => line.startsWith('warning'))

const cut: readonly (readonly [name: string, files: Readonly<Record<string, unknown>>, warned: readonly string[]])[] = [
  [
    'a page of 5,000',
    { 'a.json': { count: 5000, next, results: faces } },
    [`warning a.json:1 has 2 of 5,000 interfaces, 4,998 are missing ${save}`],
  ],
  [
    'the last page alone',
    { 'a.json': { count: 3, next: null, previous: next, results: faces } },
    [`warning a.json:1 has 2 of 3 interfaces, 1 is missing ${save}`],
  ],
  [
    'all pages',
    { 'a.json': { count: 2, next, results: [faces[0]] }, 'b.json': { count: 2, next: null, results: [faces[1]] } },
    [],
  ],
  [
    'a page twice',
    { 'a.json': { count: 2, next, results: [faces[0]] }, 'b.json': { count: 2, next, results: [faces[0]] } },
    [`warning a.json:1 has 1 of 2 interfaces, 1 is missing ${save}`],
  ],
  [
    'a site whole, another cut off',
    {
      'a.json': { count: 1, next: null, results: [faces[0]] },
      'b.json': { count: 9, next, results: [faces[1]] },
    },
    [`warning b.json:1 has 1 of 9 interfaces, 8 are missing ${save}`],
  ],
  [
    'no count',
    { 'a.json': { next, results: faces } },
    [
      `warning a.json:1 "next" leads to another page of interfaces, which is not here: nobody knows how many are missing ${save}`,
    ],
  ],
  [
    'GraphQL',
    { 'a.json': { data: { cable_list: { results: [cable], total_count: 500 } } } },
    [
      'warning a.json:1 has 1 of 500 cables, 499 are missing (ask again with pagination: {offset: 1, limit: 1000} and import all answers together)',
    ],
  ],
  [
    'NetQ',
    {
      'a.json': {
        lldp: [{ hostname: 'leaf1', ifname: 'swp1', peerHostname: 'spine1', peerIfname: 'swp1' }],
        truncatedResult: true,
      },
    },
    [
      'warning a.json:1 is cut off ("truncatedResult": true), NetQ does not say how many neighbours are missing (netq HOSTNAME show lldp json asks one switch, import the files together; or sonde topo import netq URL asks the server page by page)',
      'warning a.json:1 spine1 was not asked itself: its link is known from the other side only',
    ],
  ],
]

const written = (files: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(files).map(([name, value]) => [name, JSON.stringify(value)]))

test('what is missing of a source is told, with how many and what to do', async () => {
  for (const [name, files, warned] of cut) {
    await withFiles(written(files), async (...paths) => {
      const { code, lines } = await importTopology(undefined, paths)
      assert.equal(code, 0, name)
      assert.deepEqual(warnings(lines), warned, name)
    })
  }
})

test('a page of which nothing is of use says that it is not all', async () => {
  const page = {
    count: 9,
    next,
    results: [{ id: 1, device: { name: 'leaf1' }, name: 'swp9', connected_endpoints: [] }],
  }
  await withFiles(written({ 'a.json': page }), async (path) => {
    const { code, lines } = await importTopology(undefined, [path])
    assert.equal(code, 2)
    assert.ok(told(lines)[0]!.includes(` | a.json:1 has 1 of 9 interfaces, 8 are missing ${save}. | Save api/dcim`))
  })
})

test('an incomplete import is neither compared nor pushed, unless that is asked for', async () => {
  const files = written({ 'a.json': cut[0]![1]['a.json'], 'plan.json': { links: {} } })
  await withServer(
    () => ({}),
    async ({ url, asked }) => {
      await withFiles(files, async (path, diff) => {
        const run = (options: Options) => importTopology(undefined, [path], options)
        const next = 'Read what is missing, too; --allow-incomplete does it all the same.'
        const compared = await run({ diff })
        assert.deepEqual([compared.code, compared.out], [2, ''])
        assert.equal(
          told(compared.lines).at(-1),
          `The topology was not compared with plan.json: a.json is cut short, so it is not complete. | ${next}`,
        )
        const pushed = await run({ push: url })
        assert.equal(pushed.code, 2)
        assert.match(pushed.lines.at(-1)!, /not pushed to http.*a\.json is cut short, so it is not complete\. \| Read/)
        assert.equal(asked.length, 0)
        assert.equal((await run({ diff, allowIncomplete: true })).code, 1)
        assert.equal((await run({ push: url, allowIncomplete: true })).code, 0)
        assert.equal(asked[0]!.method, 'PUT')
      })
    },
  )
})

test('a source that failed is not compared either', async () => {
  await withFiles(
    { 'a.dot': 'graph { a:1 -- b:1 }', 'b.dot': 'graph {', 'plan.json': '{"links": {}}' },
    async (a, b, diff) => {
      const run = (options: Options) => importTopology(undefined, [a, b], { diff, ...options })
      const refused = await run({})
      assert.deepEqual([refused.code, refused.out], [2, ''])
      assert.match(
        told(refused.lines).at(-1)!,
        /^The topology was not compared with plan\.json: a source failed, so it is/,
      )
      const asked = await run({ allowIncomplete: true })
      assert.equal(asked.code, 2)
      assert.match(asked.out, /^\+ node a\n/)
    },
  )
})

const link = (port: string): string => `{"node1": "a", "port1": "${port}", "node2": "b", "port2": "${port}"}`
const twice = `{"links": {\n"l1": ${link('1')},\n"l1": ${link('2')}\n}}`
const lost = 'the name "l1" is there again in the same object: what it named before is lost, the last counts'

test('a name that is twice in an object is told with its line, in all files', async () => {
  await withFiles({ 'a.json': twice, 'b.json': `{"links": {"l1": ${link('2')}}}` }, async (a, b) => {
    const { lines, out } = await importTopology(undefined, [a])
    assert.deepEqual(linksOf(out), ['a:2 - b:2'])
    assert.deepEqual(warnings(lines), [`warning a.json:3 ${lost}`])
    for (const options of [{ diff: a }, { merge: a }]) {
      const other = await importTopology(undefined, [b], options)
      assert.deepEqual([other.code, warnings(other.lines)], [0, [`warning a.json:3 ${lost}`]])
    }
  })
  const netq = '[{"hostname": "a", "ifname": "1",\n"ifname": "2", "peer_hostname": "b", "peer_ifname": "2"}]'
  await withFiles({ 'a.json': netq }, async (path) => {
    const { lines } = await importTopology(undefined, [path])
    assert.equal(
      warnings(lines)[0],
      'warning a.json:2 the name "ifname" is there again in the same object: what it named before is lost, the last counts',
    )
  })
})

test('a line break in a name makes no line of --diff', async () => {
  const evil = 'leaf1\n- node spine9\u2028x\u001b[2J'
  const links = (node1: string) =>
    JSON.stringify({ links: { l1: { node1, port1: '1', node2: 'spine1', port2: '1' } }, nodes: { x: {} } })
  await withFiles({ 'a.json': links('leaf1'), 'b.json': links(evil) }, async (a, diff) => {
    const { code, out } = await importTopology(undefined, [a], { diff })
    assert.equal(code, 1)
    assert.deepEqual(out.split('\n'), [
      '- node leaf1\\n- node spine9\\u2028x\\u001b[2J',
      '+ node leaf1',
      '~ link spine1:1 led to leaf1\\n- node spine9\\u2028x\\u001b[2J:1, now to leaf1:1',
      '',
    ])
  })
})

const lldpd = (peer: string, chassis: string, port: string, address: string): string =>
  JSON.stringify({
    lldp: {
      interface: [
        {
          swp1: {
            chassis: { [peer]: { id: { type: 'mac', value: chassis }, 'mgmt-ip': address } },
            port: { id: { type: 'ifname', value: port } },
          },
        },
      ],
    },
  })

test('several machines of one name, and one agent of several nodes', async () => {
  const files = {
    'leaf1.json': lldpd('localhost', '00:00:5e:00:53:01', 'swp1', '192.0.2.1'),
    'leaf2.json': lldpd('localhost', '00:00:5e:00:53:02', 'swp1', '192.0.2.1'),
    'leaf3.json': lldpd('spine2', '00:00:5e:00:53:03', 'swp1', '192.0.2.1'),
  }
  await withFiles(files, async (...paths) => {
    const { lines } = await importTopology('lldp', paths)
    const found = warnings(lines).filter((line) => /chassis|the agent of/.test(line))
    assert.deepEqual(found, [
      'warning leaf1.json:1 localhost is heard as 2 chassis (00:00:5e:00:53:01, 00:00:5e:00:53:02): if these are several machines, they became one node; give each a name of its own',
      "warning leaf3.json:1 192.0.2.1 is the agent of 2 nodes (localhost, spine2): sFlow of one can't be told from the others' (--no-agents leaves addresses out, --learn finds them in sFlow)",
    ])
    const without = await importTopology('lldp', paths, { agents: false })
    assert.ok(!without.lines.some((line) => line.includes('the agent of')))
  })
  const netq = ['leaf1', 'leaf2'].map((hostname) => ({
    hostname,
    ifname: 'swp1',
    peer_hostname: 'localhost',
    peer_ifname: 'swp1',
  }))
  await withFiles({ 'a.json': JSON.stringify(netq) }, async (path) => {
    const { lines } = await importTopology(undefined, [path])
    assert.ok(
      warnings(lines).includes(
        'warning a.json:1 localhost is heard at 2 ports (leaf1:swp1, leaf2:swp1): if these are several machines, they became one node; give each a name of its own',
      ),
    )
  })
})

test('a web page is called one, whatever kind was named', async () => {
  for (const kind of [undefined, 'dot', 'netq', 'netbox'] as const) {
    await withFiles({ 'x.json': '\n<html><head><title>\nSign in</title>' }, async (path) => {
      const { code, lines } = await importTopology(kind, [path])
      assert.equal(code, 2)
      assert.equal(
        told(lines)[0],
        'x.json is a web page (HTML) with the title "Sign in", and holds no cabling. | It may be a page to log in: check the address, and that the request carries a token that is still good.',
      )
    })
  }
})

test('--quiet hides doubts, and not what is lost', async () => {
  const files = { 'a.json': twice, 'b.dot': 'graph { a:9 -- a:9; a:8 -- b:8 }' }
  await withFiles(files, async (...paths) => {
    const run = (...flags: string[]) =>
      spawnSync(process.execPath, [join(repositoryRoot, 'bin/run.js'), 'topo', 'import', ...flags, ...paths], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH ?? '' },
      })
    const quiet = run('--quiet')
    assert.deepEqual(told(quiet.stderr.trim().split('\n')), [
      `warning ${formatPlace({ source: 'a.json', line: 3 })} ${lost}`,
    ])
    assert.match(run().stderr, /warning \S*b\.dot:1 a:9 is connected to itself/)
  })
})
