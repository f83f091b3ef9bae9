// Servers that are asked: NetBox, NetQ, Arista switches, and sFlow-RT, which is handed the result. They run on loopback and answer in
// the shapes of scripts/fixtures/cabling.ts, which are those of recorded answers.

import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import test from 'node:test'
import { forms, smallCabling } from '../../scripts/fixtures/cabling.ts'
import { unencrypted } from '../../src/lib/topo-import/live.ts'
import { type Answer, type Asked, tlsFile, withServer } from '../helpers/http-server.ts'
import { importTopology, linksOf, type Options, withFiles } from './import.ts'

const example = [
  'leaf1:swp1 - spine1:swp1',
  'leaf1:swp2 - spine2:swp1',
  'leaf2:swp1 - spine1:swp2',
  'leaf2:swp2 - spine2:swp2',
]

const saved = (form: string, file: string) => JSON.parse(forms[form]!.write(smallCabling).get(file)!)
const netbox = { SONDE_NETBOX_TOKEN: '0123456789abcdef0123456789abcdef01234567' }
const eapi = { SONDE_EAPI_USER: 'admin', SONDE_EAPI_PASSWORD: 's3cret' }
const netq = { SONDE_NETQ_USER: 'admin', SONDE_NETQ_PASSWORD: 's3cret' }

const live = (environment: Record<string, string>, more: Options['live'] = {}): Options => ({
  live: { environment, ...more },
})

/** NetBox with `size` records a page, whatever is asked for. */
function pagesOf(size: number, change: (page: Record<string, unknown>, asked: Asked) => Answer = (body) => ({ body })) {
  const lists: Record<string, unknown[]> = {
    '/api/dcim/devices/': saved('netbox interfaces', 'netbox-devices.json').results,
    '/api/dcim/interfaces/': saved('netbox interfaces', 'netbox-interfaces.json').results,
  }
  return (asked: Asked): Answer => {
    const { pathname, searchParams } = new URL(asked.url, 'http://x')
    const list = lists[pathname.replace('/tools', '')]
    if (list === undefined) return { status: 404, body: '<html>no such page</html>' }
    const offset = Number(searchParams.get('offset') ?? 0)
    searchParams.set('offset', String(offset + size))
    // NetBox behind a proxy names itself by an inner host.
    const next = offset + size < list.length ? `http://inner.invalid:8000${pathname}?${searchParams}` : null
    return change({ count: list.length, next, previous: null, results: list.slice(offset, offset + size) }, asked)
  }
}

test('NetBox: devices and interfaces page by page, the token with each', async () => {
  await withServer(pagesOf(3), async ({ url, asked }) => {
    const { code, out, lines } = await importTopology('netbox', [`${url}/tools/`], {
      ...live(netbox),
      netbox: { site: ['dc1'], role: [], tag: [] },
    })
    assert.equal(code, 0, lines.join('\n'))
    assert.deepEqual(linksOf(out), example)
    assert.deepEqual(
      asked.map((one) => one.url),
      [
        '/tools/api/dcim/devices/?site=dc1&limit=500',
        '/tools/api/dcim/devices/?site=dc1&limit=500&offset=3',
        '/tools/api/dcim/interfaces/?cabled=true&site=dc1&limit=500',
        '/tools/api/dcim/interfaces/?cabled=true&site=dc1&limit=500&offset=3',
        '/tools/api/dcim/interfaces/?cabled=true&site=dc1&limit=500&offset=6',
        '/tools/api/dcim/interfaces/?cabled=true&site=dc1&limit=500&offset=9',
      ],
    )
    for (const { headers } of asked) assert.equal(headers.authorization, `Token ${netbox.SONDE_NETBOX_TOKEN}`)
  })
})

test('NetBox 4.5: a token of version 2 is a bearer', async () => {
  await withServer(pagesOf(100), async ({ url, asked }) => {
    const { code } = await importTopology('netbox', [url], live({ SONDE_NETBOX_TOKEN: 'nbt_abc.def' }))
    assert.equal(code, 0)
    assert.equal(asked[0]!.headers.authorization, 'Bearer nbt_abc.def')
  })
})

const loops: readonly (readonly [what: string, answer: (asked: Asked) => Answer, message: RegExp])[] = [
  [
    'that lead back',
    pagesOf(3, (page, { url }) => ({ body: { ...page, next: `http://x${url}` } })),
    /page 1 leads back to one that was read\. Its pages do not end/,
  ],
  [
    'that alternate',
    pagesOf(3, (page, { url }) => ({
      body: { ...page, next: url.includes('offset=3') ? '/?limit=500' : '/?offset=3' },
    })),
    /page 2 leads back|page 3 leads back/,
  ],
  [
    'that are empty and go on',
    pagesOf(3, (page, { url }) => ({ body: { ...page, results: [], next: `/?offset=${url.length}` } })),
    /page 1 is empty and leads to another/,
  ],
  ['whose next is no URL', pagesOf(3, (page) => ({ body: { ...page, next: 'http://[' } })), /"next" is no URL/],
]

for (const [what, answer, message] of loops) {
  test(`NetBox: pages ${what} end with an error`, async () => {
    await withServer(answer, async ({ url, asked }) => {
      const { code, out, lines } = await importTopology('netbox', [url], live(netbox))
      assert.equal(code, 5)
      assert.equal(out, '')
      assert.match(lines[0]!, message)
      assert.ok(asked.length <= 4)
    })
  })
}

test('NetBox: a site that is unknown, or has no device, and which there are', async () => {
  const sites = { count: 2, next: null, results: [{ slug: 'dc1' }, { slug: 'dc2' }] }
  const filter = { netbox: { site: ['dc9'], role: [], tag: [] } }
  for (const [devices, message] of [
    [{ status: 400, body: { site: ['dc9 is not one of the available choices.'] } }, /it refused the question: /],
    [{ body: { count: 0, next: null, results: [] } }, /: there is no device of --site dc9\. \|/],
  ] as const) {
    await withServer(
      ({ url }) => (url.startsWith('/api/dcim/sites/?limit=20') ? { body: sites } : devices),
      async ({ url, asked }) => {
        const { code, out, lines } = await importTopology('netbox', [url], { ...live(netbox), ...filter })
        assert.deepEqual([code, out], [2, ''])
        assert.match(lines[0]!, message)
        assert.match(lines[0]!, /\| --site may be dc1, dc2\.$/)
        assert.deepEqual([...new Set(asked.map(({ headers }) => headers.authorization))].length, 1)
      },
    )
  }
})

const refusals: readonly (readonly [answer: Answer, code: number, message: RegExp])[] = [
  [
    { status: 403, body: { detail: 'Invalid token' } },
    2,
    /it answered 403: \{"detail":"Invalid token"\} \| Check SONDE_NETBOX_TOKEN/,
  ],
  [
    { status: 400, body: { site: ['Select a valid choice. dc9 is not one of the available choices.'] } },
    2,
    /it refused the question: .*dc9 is not one of the available/,
  ],
  [{ status: 404, body: '' }, 2, /there is no API \(404\)/],
  [{ status: 500, body: '<h1>Server  Error</h1>' }, 5, /it answered 500: Server Error/],
  [
    { status: 302, headers: { location: 'https://elsewhere.invalid/' } },
    5,
    /a redirect to https:\/\/elsewhere.invalid\/, which is not followed/,
  ],
  [{ body: 'hello' }, 2, /found "hello", needed a value\. It is no JSON/],
  [{ body: '[]' }, 2, /the answer is no page/],
]

for (const [answer, code, message] of refusals) {
  test(`NetBox: ${message.source}`, async () => {
    await withServer(
      () => answer,
      async ({ url, asked }) => {
        const result = await importTopology('netbox', [url], live(netbox, { retries: 3 }))
        assert.equal(result.code, code)
        assert.match(result.lines[0]!, message)
        assert.equal(asked.length, 1)
      },
    )
  })
}

test('what passes is tried again, with a pause that the server may ask for', async () => {
  const answer = pagesOf(100)
  const trouble: Answer[] = [
    { status: 503, body: 'later' },
    { status: 429, headers: { 'retry-after': '0' } },
    { body: '{"count": 1, "results": []}', cut: true },
  ]
  await withServer(
    (asked, count) => trouble[count - 1] ?? answer(asked),
    async ({ url, asked }) => {
      const { code, out, lines } = await importTopology('netbox', [url], live(netbox, { retries: 3, pauseMs: 1 }))
      assert.equal(code, 0, lines.join('\n'))
      assert.deepEqual(linksOf(out), example)
      assert.equal(asked.length, 5)
      assert.match(lines[0]!, /devices\/: it answered 503 Service Unavailable; again in 0\.0 s/)
    },
  )
})

test('what does not pass ends, and says how often it was tried', async () => {
  await withServer(
    () => ({ status: 503 }),
    async ({ url, asked }) => {
      const { code, lines } = await importTopology('netbox', [url], live(netbox, { retries: 2, pauseMs: 1 }))
      assert.equal(code, 5)
      assert.match(lines.at(-1)!, /it answered 503 Service Unavailable \(tried 3 times\)\./)
      assert.equal(asked.length, 3)
    },
  )
  await withServer(
    () => ({ status: 429, headers: { 'retry-after': '3600' } }),
    async ({ asked, url }) => {
      assert.equal((await importTopology('netbox', [url], live(netbox, { retries: 3 }))).code, 5)
      assert.equal(asked.length, 1)
    },
  )
})

test('a slow answer ends with the time limit; nobody there, at once', async () => {
  await withServer(
    () => ({ body: {}, afterMs: 60_000 }),
    async ({ url }) => {
      const start = performance.now()
      const { code, lines } = await importTopology('netbox', [url], live(netbox, { timeoutMs: 200 }))
      assert.equal(code, 5)
      assert.match(lines[0]!, /no answer within 0\.2 s/)
      assert.ok(performance.now() - start < 10_000)
    },
  )
  const port = await withServer(
    () => ({}),
    async (server) => server.port,
  )
  const { code, lines } = await importTopology('netbox', [`http://127.0.0.1:${port}`], live(netbox))
  assert.equal(code, 5)
  assert.match(lines[0]!, /the connection was refused/)
})

test('an answer without end is cut', async () => {
  await withServer(
    () => ({ body: `"${'a'.repeat(70 << 20)}"` }),
    async ({ url }) => {
      const { code, lines } = await importTopology('netbox', [url], live(netbox))
      assert.equal(code, 5)
      assert.match(lines[0]!, /the answer is larger than 64 MiB/)
    },
  )
})

test('a stop ends it, and nothing is written', async () => {
  const stop = new AbortController()
  await withServer(
    () => {
      setTimeout(() => stop.abort(), 20)
      return { body: {}, afterMs: 60_000 }
    },
    async ({ url }) => {
      const { code, out, lines } = await importTopology('netbox', [url], { ...live(netbox), stop: stop.signal })
      assert.deepEqual([code, out], [1, ''])
      assert.deepEqual(lines, ['Stopped before all was read: nothing is written.'])
    },
  )
})

test('TLS: a certificate is trusted by its authority only', async () => {
  await withServer(
    pagesOf(100),
    async ({ url, port, asked }) => {
      const unknown = await importTopology('netbox', [url], live(netbox))
      assert.equal(unknown.code, 5)
      assert.match(
        unknown.lines[0]!,
        /its certificate comes from an authority that is not known here, so it is not trusted\. \| --ca FILE/,
      )
      assert.equal(asked.length, 0)
      const trusted = await importTopology('netbox', [url], live(netbox, { ca: tlsFile('ca.pem') }))
      assert.equal(trusted.code, 0)
      assert.deepEqual(linksOf(trusted.out), example)
      const otherName = await importTopology(
        'netbox',
        [`https://127.0.0.2:${port}`],
        live(netbox, { ca: tlsFile('ca.pem') }),
      )
      // Where 127.0.0.2 does not lead to the server nothing is known of its name.
      assert.match(otherName.lines[0]!, /its certificate is for other names|refused/)
      const plain = await importTopology('netbox', [`http://127.0.0.1:${port}`], live(netbox))
      assert.equal(plain.code, 5)
    },
    true,
  )
  await withServer(pagesOf(100), async ({ port }) => {
    const { code, lines } = await importTopology('netbox', [`https://127.0.0.1:${port}`], live(netbox))
    assert.equal(code, 5)
    assert.match(lines[0]!, /it speaks no TLS there/)
  })
})

test('secrets: from variables or a file, never told, never in a URL', async () => {
  const missing = await importTopology('netbox', ['http://127.0.0.1:1'])
  assert.equal(missing.code, 2)
  assert.match(missing.lines[0]!, /needs SONDE_NETBOX_TOKEN, which is not set/)
  const inUrl = await importTopology('netbox', ['https://me:s3cret@127.0.0.1:1'], live(netbox))
  assert.equal(inUrl.code, 2)
  assert.match(inUrl.lines[0]!, /a URL with a password in it/)
  assert.ok(!inUrl.lines.join().includes('s3cret'))
  await withServer(pagesOf(100), async ({ url, asked }) => {
    await withFiles({ secrets: '# NetBox\nexport SONDE_NETBOX_TOKEN="from a file"\n' }, async (credentials) => {
      const open = await importTopology('netbox', [url], live({}, { credentials }))
      assert.match(open.lines[0]!, /Others may read .*chmod 600/)
      chmodSync(credentials, 0o600)
      const closed = await importTopology('netbox', [url], live({}, { credentials }))
      assert.match(closed.lines[0]!, /^netbox: /)
      assert.equal(asked.at(-1)!.headers.authorization, 'from a file')
      writeFileSync(credentials, 'TOKEN=s3cret\n')
      const wrong = await importTopology('netbox', [url], live({}, { credentials }))
      assert.equal(wrong.code, 2)
      assert.match(wrong.lines[0]!, /secrets:1: needed NAME=VALUE with one of the names SONDE_NETBOX_TOKEN/)
      assert.ok(!wrong.lines.join().includes('s3cret'))
    })
  })
})

/** A switch: its answers to the first and the second question. */
function switchAnswers(name: string, second: unknown) {
  const first = saved('eapi', `eapi-${name}.json`)
  return ({ body }: Asked): Answer => {
    const { params } = JSON.parse(body) as { params: { cmds: string[] } }
    return { body: params.cmds.includes('show hostname') ? first : second }
  }
}

const indexes = { jsonrpc: '2.0', id: 'sonde', result: [{ ifIndex: { swp1: 1, swp2: 2 } }] }
const refused = { jsonrpc: '2.0', id: 'sonde', error: { code: 1002, message: 'invalid command' } }

test('eAPI: several switches, each with its own failure', async () => {
  await withServer(switchAnswers('leaf1', indexes), async (leaf1) => {
    await withServer(switchAnswers('leaf2', refused), async (leaf2) => {
      await withServer(
        () => ({ status: 401, body: 'Unauthorized' }),
        async (spine1) => {
          const hosts = [leaf1.url, leaf2.url, spine1.url]
          const { code, out, lines } = await importTopology('eapi', hosts, { ...live(eapi), stripDomain: true })
          assert.equal(code, 2)
          assert.deepEqual(linksOf(out), example)
          assert.deepEqual(JSON.parse(out).nodes, {
            leaf1: { ports: { swp1: { ifindex: '1' }, swp2: { ifindex: '2' } } },
          })
          assert.match(lines[0]!, new RegExp(`${spine1.port}/command-api: user or password is refused \\(401\\)`))
          assert.deepEqual(JSON.parse(leaf1.asked[0]!.body), {
            jsonrpc: '2.0',
            method: 'runCmds',
            params: { version: 1, cmds: ['show hostname', 'show lldp neighbors detail'], format: 'json' },
            id: 'sonde',
          })
          assert.equal(leaf1.asked[0]!.url, '/command-api')
          assert.equal(leaf1.asked[0]!.headers.authorization, `Basic ${Buffer.from('admin:s3cret').toString('base64')}`)
          assert.ok(!lines.join().includes('s3cret'))
        },
      )
    })
  })
})

test('an address without encryption is told, on loopback it is not', () => {
  const urls = ['http://netq.example.net', 'https://netq.example.net', 'http://127.0.0.1:80', 'http://[::1]/x', 'leaf1']
  assert.deepEqual(unencrypted([...urls, 'http://localhost', 'http://192.0.2.1/a']), [
    'http://netq.example.net',
    'http://192.0.2.1/a',
  ])
})

test('what is not encrypted is told before anything is sent', async () => {
  for (const kind of ['netbox', 'netq', 'eapi'] as const) {
    const { lines } = await importTopology(kind, ['http://0.0.0.0:1'], live({ ...netbox, ...netq, ...eapi }))
    assert.equal(
      lines[0],
      'warning http://0.0.0.0:1 is not encrypted: others on the way can read the password or token; use https',
    )
  }
})

test('a page to log in, where JSON was asked for', async () => {
  const page = '<!DOCTYPE html>\n<html><head><title>Log in | NetBox</title></head></html>'
  await withServer(
    () => ({ body: page }),
    async ({ url }) => {
      const { code, lines } = await importTopology('netbox', [url], live(netbox))
      assert.equal(code, 2)
      assert.match(
        lines[0]!,
        /devices\/ is a web page \(HTML\) with the title "Log in \| NetBox", and holds no cabling\. \| It may be a page to log in/,
      )
    },
  )
})

test('NetBox: fewer records than it says there are', async () => {
  const cut = pagesOf(1000, (page, { url }) => ({
    body: { ...page, count: url.includes('interfaces') ? 5000 : page.count },
  }))
  await withServer(cut, async ({ url }) => {
    const { code, lines } = await importTopology('netbox', [url], live(netbox))
    assert.equal(code, 0)
    assert.match(
      lines[0]!,
      /^warning http.*\/interfaces\/ has 10 of 5,000 interfaces, 4,990 are missing \(the server ended its pages before/,
    )
  })
})

test('eAPI: an incomplete topology is not pushed', async () => {
  await withServer(switchAnswers('leaf1', refused), async (leaf1) => {
    await withServer(
      () => ({ status: 500 }),
      async (other) => {
        const push = other.url
        const { code, lines } = await importTopology('eapi', [leaf1.url, other.url], { ...live(eapi), push })
        assert.equal(code, 2)
        assert.match(lines.at(-1)!, /The topology was not pushed to .*: a source failed, so it is not complete\./)
        assert.ok(other.asked.every(({ method }) => method === 'POST'))
      },
    )
  })
})

function netqAnswers(
  prefix: string,
  more: (offset: number, all: unknown[]) => unknown[] = (offset, all) => all.slice(offset),
) {
  const records = saved('netq REST', 'netq-rest.json') as unknown[]
  return ({ url, body, headers }: Asked): Answer => {
    const { pathname, searchParams } = new URL(url, 'http://x')
    if (pathname === `${prefix}/netq/auth/v1/login`) {
      const { password } = JSON.parse(body) as { password: string }
      return password === 's3cret' ? { body: { access_token: 'tok' } } : { status: 401 }
    }
    if (pathname !== `${prefix}/netq/telemetry/v1/object/lldp`) return { status: 404 }
    if (headers.authorization !== 'tok') return { status: 403, body: { message: 'no' } }
    return { body: more(Number(searchParams.get('offset')), records) }
  }
}

test('NetQ: login, records, with /api in front or without', async () => {
  for (const prefix of ['', '/api']) {
    await withServer(netqAnswers(prefix), async ({ url, asked }) => {
      const { code, out } = await importTopology('netq', [url], live(netq))
      assert.equal(code, 0)
      assert.deepEqual(linksOf(out), example)
      assert.deepEqual(JSON.parse(asked.at(-3)!.body), { username: 'admin', password: 's3cret' })
      const lldp = `${prefix}/netq/telemetry/v1/object/lldp`
      assert.deepEqual(
        asked.slice(-2).map(({ url: of }) => of),
        [`${lldp}?count=1000&offset=0`, `${lldp}?count=1000&offset=13`],
      )
    })
  }
})

test('NetQ: pages, and servers that know neither count nor offset', async () => {
  const page = (from: number, n: number) =>
    Array.from({ length: n }, (_, i) => ({
      hostname: `leaf${from + i}`,
      ifname: 'swp1',
      peer_hostname: `spine${from + i}`,
      peer_ifname: 'swp1',
    }))
  const upTo = (all: number, most: number) => (offset: number) =>
    page(offset, Math.min(most, Math.max(0, all - offset)))
  const cases: readonly (readonly [
    answer: (offset: number) => unknown[],
    links: number,
    requests: number,
    cut: boolean,
  ])[] = [
    [upTo(2500, 1000), 2500, 4, false],
    // Fewer a page than asked for.
    [upTo(13, 3), 13, 6, false],
    [() => page(0, 1000), 1000, 2, true],
    [() => page(0, 1234), 1234, 1, false],
    [() => page(0, 12), 12, 2, false],
  ]
  for (const [answer, links, requests, cut] of cases) {
    await withServer(netqAnswers('', answer), async ({ url, asked }) => {
      const { out, lines } = await importTopology('netq', [url], live({ SONDE_NETQ_TOKEN: 'tok' }))
      assert.equal(linksOf(out).length, links)
      assert.equal(asked.length, requests)
      assert.equal(/^warning http.* gives the same 1,000 LLDP records whatever offset/.test(lines[0]!), cut)
    })
  }
})

test('NetQ: pages that do not end', async () => {
  const one = (offset: number) => [
    { hostname: `leaf${offset}`, ifname: 'swp1', peer_hostname: `spine${offset}`, peer_ifname: 'swp1' },
  ]
  await withServer(netqAnswers('', one), async ({ url, asked }) => {
    const { code, out, lines } = await importTopology('netq', [url], live({ SONDE_NETQ_TOKEN: 'tok' }))
    assert.deepEqual([code, out, asked.length], [5, '', 1000])
    assert.match(lines[0]!, /its pages do not end, after 1,000 with 1,000 LLDP records\./)
  })
})

test('NetQ: refused, absent, broken', async () => {
  await withServer(netqAnswers(''), async ({ url }) => {
    const wrong = await importTopology('netq', [url], live({ ...netq, SONDE_NETQ_PASSWORD: 'wrong' }))
    assert.match(wrong.lines[0]!, /the login was refused \(401\)\. \| Check SONDE_NETQ_USER and SONDE_NETQ_PASSWORD/)
    const old = await importTopology('netq', [url], live({ SONDE_NETQ_TOKEN: 'old' }))
    assert.match(old.lines[0]!, /it answered 403.*Check SONDE_NETQ_TOKEN/)
  })
  await withServer(
    () => ({ status: 404 }),
    async ({ url }) => {
      const { code, lines } = await importTopology('netq', [url], live(netq))
      assert.equal(code, 2)
      assert.match(lines[0]!, /there is no NetQ API \(404\), looked for at \/netq and \/api\/netq/)
    },
  )
  await withServer(
    () => ({ body: {} }),
    async ({ url }) => {
      assert.match((await importTopology('netq', [url], live(netq))).lines[0]!, /it answered 200 without access_token/)
      assert.match(
        (await importTopology('netq', [url], live({ SONDE_NETQ_TOKEN: 'x' }))).lines[0]!,
        /the answer is no array of LLDP records/,
      )
    },
  )
})

test('a file that lies on a server is read as one from a disk', async () => {
  const dot = forms.dot!.write(smallCabling).get('fabric.dot')!
  await withServer(
    ({ url }) => (url === '/fabric.dot' ? { body: dot } : { status: 404 }),
    async ({ url }) => {
      assert.deepEqual(linksOf((await importTopology(undefined, [`${url}/fabric.dot`])).out), example)
      const missing = await importTopology(undefined, [`${url}/other.dot`])
      assert.equal(missing.code, 2)
      assert.match(missing.lines[0]!, /other.dot: it answered 404\..*netq, eapi or netbox/)
    },
  )
})

test('--push of what is no URL says what is', async () => {
  await withFiles({ 'x.dot': 'graph { a:1 -- b:1 }' }, async (path) => {
    const { code, lines } = await importTopology(undefined, [path], { push: '127.0.0.1:8008' })
    assert.deepEqual(
      [code, lines],
      [2, ['--push "127.0.0.1:8008" is not understood. Give a URL, such as http://127.0.0.1:8008.']],
    )
  })
})

test('--push: PUT to sFlow-RT, or to the path that is named', async () => {
  const dot = forms.dot!.write(smallCabling).get('fabric.dot')!
  await withFiles({ 'x.dot': dot, 'empty.dot': 'graph { a }' }, async (path, empty) => {
    await withServer(
      ({ url }) => ({ status: url === '/topology/json' ? 204 : 400, body: url === '/topology/json' ? '' : 'invalid' }),
      async ({ url, asked }) => {
        const { code, out, lines } = await importTopology('dot', [path], { push: url })
        assert.deepEqual([code, out], [0, ''])
        assert.equal(lines.at(-1), `Put to ${url}/topology/json.`)
        assert.equal(asked[0]!.method, 'PUT')
        assert.equal(asked[0]!.headers['content-type'], 'application/json')
        assert.deepEqual(linksOf(asked[0]!.body), example)
        const other = await importTopology('dot', [path], {
          push: `${url}/app/topology/scripts/topology.js/topology/json`,
        })
        assert.equal(other.code, 2)
        assert.match(other.lines.at(-1)!, /the topology was not taken \(400\): invalid/)
        const none = await importTopology('dot', [empty], { push: url })
        assert.match(none.lines.at(-1)!, /was not pushed to .*: it has no links/)
        assert.equal(asked.length, 2)
      },
    )
    const wrong = await importTopology('dot', [path], { push: 'localhost:8008' })
    assert.equal(wrong.code, 2)
    assert.match(wrong.lines[0]!, /--push "localhost:8008" is not understood\. Give a URL/)
  })
})
