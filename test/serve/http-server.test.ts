// The server against clients of all kinds: slow, endless, wrong, many.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { EnvironmentError, InputError } from '../../src/lib/errors.ts'
import { type HttpLimits, HttpServer, httpLimits, takesGzip } from '../../src/lib/serve/http-server.ts'
import { jsonAnswer, nothingAnswer, type Route, textAnswer } from '../../src/lib/serve/route.ts'

const long = 'sonde_x{port="swp1"} 1\n'.repeat(1000)

const routes: Route[] = [
  { path: '/', about: 'all', answer: () => textAnswer('hello\n') },
  { path: '/long', about: 'a long text', answer: () => textAnswer(long) },
  { path: '/huge', about: 'a huge text', answer: () => textAnswer('x'.repeat(8 << 20)) },
  { path: '/a/{one}/b/{two}', about: 'values', answer: ({ values, query }) => jsonAnswer([values, query.getAll('q')]) },
  {
    path: '/put',
    about: 'takes',
    methods: ['GET', 'PUT'],
    answer: ({ method, body }) =>
      method === 'GET' ? textAnswer('') : body.length === 0 ? nothingAnswer : textAnswer(`${body.length}`),
  },
  { path: '/fixed', about: 'stays', otherMethods: 'With --x it takes PUT.', answer: () => textAnswer('') },
  {
    path: '/wrong',
    about: 'wrong input',
    answer: () => {
      throw new InputError('key is wrong.', ['Give another.'])
    },
  },
  {
    path: '/bug',
    about: 'a mistake',
    answer: () => {
      throw new TypeError('of ours')
    },
  },
]

const open: HttpServer[] = []
after(() => Promise.all(open.map((server) => server.close())))

async function serve(limits: Partial<HttpLimits> = {}, failed: (line: string) => void = () => {}) {
  const server = await HttpServer.open({ host: '127.0.0.1', port: 0 }, routes, failed, { ...httpLimits, ...limits })
  open.push(server)
  return { server, url: server.url, port: Number(new URL(server.url).port) }
}

/** Sends bytes as they are, and gives all that comes until the server closes. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(text)
  return all(socket)
}

async function all(socket: Socket): Promise<string> {
  let got = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    got += chunk
  })
  socket.resume()
  // Not once(): a connection that is reset is an end as well.
  await new Promise((resolve) => socket.once('close', resolve))
  return got
}

const statusOf = (text: string): string => /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? text

test('answers, and refuses in words', async () => {
  const lines: string[] = []
  const { url } = await serve({}, (line) => lines.push(line))
  const asked: [method: string, path: string, status: number, body: string][] = [
    ['GET', '/', 200, 'hello\n'],
    ['HEAD', '/', 200, ''],
    ['GET', '/a/x%2Fy/b/%C3%A9?q=1&q=a%26b%3Dc', 200, '[["x/y","é"],["1","a&b=c"]]\n'],
    ['GET', '/a/x/b/y/', 200, '[["x","y"],[]]\n'],
    ['GET', '/nothing', 404, 'There is nothing at /nothing. / lists what there is.\n'],
    ['GET', '/a/%zz/b/y', 400, '%zz is wrongly encoded: % stands before two hexadecimal digits.\n'],
    ['PUT', '/fixed', 405, '/fixed takes GET, HEAD, not PUT. With --x it takes PUT.\n'],
    ['DELETE', '/', 405, '/ takes GET, HEAD, not DELETE.\n'],
    ['OPTIONS', '/put', 405, '/put takes GET, HEAD, PUT, not OPTIONS.\n'],
    ['PUT', '/put', 204, ''],
    ['GET', '/wrong', 400, 'key is wrong.\nGive another.\n'],
    ['GET', '/bug', 500, 'A mistake of sonde: see what it says on stderr.\n'],
  ]
  for (const [method, path, status, body] of asked) {
    const answer = await fetch(url + path, { method, ...(method === 'PUT' && { body: '' }) })
    assert.deepEqual([path, answer.status, await answer.text()], [path, status, body])
  }
  assert.deepEqual(lines, ['GET /bug: of ours'])
  const refused = await fetch(url, { method: 'POST', body: 'x' })
  assert.equal(refused.headers.get('allow'), 'GET, HEAD')
})

test('packs what is long for those who can unpack', async () => {
  const { port } = await serve()
  const ask = (path: string, headers: string) =>
    raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}Connection: close\r\n\r\n`)
  const packed = await ask('/long', 'Accept-Encoding: deflate, gzip;q=0.5\r\n')
  assert.match(packed, /\r\nContent-Encoding: gzip\r\n/)
  const body = packed.slice(packed.indexOf('\r\n\r\n') + 4)
  assert.equal(gunzipSync(Buffer.from(body, 'latin1')).toString(), long)
  assert.ok(body.length < 1000)
  for (const [path, headers] of [
    ['/', 'Accept-Encoding: gzip\r\n'],
    ['/long', 'Accept-Encoding: gzip;q=0, identity\r\n'],
    ['/long', ''],
  ] as const) {
    assert.doesNotMatch(await ask(path, headers), /Content-Encoding/, `${path} ${headers}`)
  }
})

test('which encodings take gzip', () => {
  const table: [string | undefined, boolean][] = [
    [undefined, false],
    ['', false],
    ['gzip', true],
    ['GZIP', true],
    ['br, gzip;q=1.0', true],
    ['*', true],
    ['*;q=0', false],
    ['gzip;q=0', false],
    ['gzip;q=x', false],
    ['identity', false],
  ]
  for (const [header, takes] of table) assert.equal(takesGzip(header), takes, String(header))
})

test('bodies: length needed, bounded, and not for GET', async () => {
  const { url, port } = await serve({ bodyBytes: 1000 })
  const put = async (length: number) => {
    const answer = await fetch(`${url}/put`, { method: 'PUT', body: 'x'.repeat(length) })
    return [answer.status, await answer.text()]
  }
  assert.deepEqual(await put(1000), [200, '1000'])
  assert.deepEqual(await put(1001), [413, 'The body is longer than 1,000 bytes.\n'])
  const chunked = await raw(
    port,
    'PUT /put HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  )
  assert.match(chunked, /^HTTP\/1\.1 411 .*Content-Length is missing/s)
  const expecting = await raw(
    port,
    'PUT /put HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\nExpect: 100-continue\r\n\r\n',
  )
  assert.match(expecting, /^HTTP\/1\.1 413 /)
  const welcome = connect(port, '127.0.0.1')
  welcome.write(
    'PUT /put HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n',
  )
  const [first] = await once(welcome, 'data')
  assert.match(String(first), /^HTTP\/1\.1 100 /)
  welcome.write('hello')
  assert.match(await all(welcome), /^HTTP\/1\.1 200 .*\r\n\r\n5$/s)
  const endless = await raw(port, 'PUT /put HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n\r\nxxxx')
  assert.match(endless, /^HTTP\/1\.1 413 /)
  const smuggled = await raw(
    port,
    'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 26\r\n\r\nGET /put HTTP/1.1\r\nHost:x\r\n',
  )
  assert.match(smuggled, /^HTTP\/1\.1 400 /)
  assert.equal(smuggled.match(/HTTP\/1\.1/g)!.length, 1)
})

test('what is no HTTP is told so, and cut', async () => {
  const { port, url } = await serve({ headerBytes: 2000 })
  const table: [string, string][] = [
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', '400'],
    ['GET / HTTP/9.9\r\n\r\n', '400'],
    ['GET / HTTP/1.1\r\n\r\n', '400'],
    ['GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', '400'],
    ['GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', '400'],
    ['PUT /put HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', '400'],
    [`GET /${'x'.repeat(3000)} HTTP/1.1\r\nHost: x\r\n\r\n`, '431'],
    [`GET / HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(2000)}\r\n`, '431'],
    ['\0'.repeat(100_000), '400'],
  ]
  for (const [text, status] of table) assert.equal(statusOf(await raw(port, text)), status, text.slice(0, 60))
  assert.equal((await fetch(url)).status, 200)
})

test("a client that goes away in the middle is nobody's mistake", async () => {
  const lines: string[] = []
  const { port, url } = await serve({ bodyBytes: 1000 }, (line) => lines.push(line))
  for (const head of [
    'PUT /put HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nxxx',
    'PUT /put HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nxxx',
    'PUT /put HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\nExpect: 100-continue\r\n\r\n',
    'GET /huge HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET / HTTP/1.1\r\nHo',
  ]) {
    for (const wait of [0, 50]) {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write(head)
      await pause(wait)
      socket.resetAndDestroy()
    }
  }
  await pause(100)
  assert.equal((await fetch(url)).status, 200)
  assert.deepEqual(lines, [])
})

test('slow clients are cut: of the head, of the body, of the answer', async () => {
  const { port, url } = await serve({ headMs: 300, requestMs: 600, answerMs: 800 })
  const drip = async (head: string): Promise<[string, number]> => {
    const start = performance.now()
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(head)
    const dripping = setInterval(() => socket.write('x'), 50)
    const got = await all(socket)
    clearInterval(dripping)
    return [statusOf(got), performance.now() - start]
  }
  const silent = connect(port, '127.0.0.1')
  const silence = all(silent)
  const slow = await Promise.all([
    drip('GET / HTTP/1.1\r\nX: '),
    drip('PUT /put HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n'),
  ])
  for (const [status, ms] of slow) {
    assert.match(status, /^(408|)$/)
    assert.ok(ms < 5000, `${ms} ms`)
  }
  await silence
  const deaf = connect(port, '127.0.0.1')
  deaf.on('error', () => {})
  deaf.write('GET /huge HTTP/1.1\r\nHost: x\r\n\r\n')
  deaf.pause()
  await pause(1500)
  const rest = await all(deaf)
  assert.ok(rest.length < 8 << 20, `${rest.length} bytes were sent to one who did not read for a second`)
  assert.equal((await fetch(url)).status, 200)
})

test('many requests at once on one connection', async () => {
  const { port } = await serve({ waiting: 4 })
  const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
  const few = await raw(port, request.repeat(2) + request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
  assert.equal(few.match(/HTTP\/1\.1 200/g)?.length, 3)
  const many = await raw(port, request.repeat(5000))
  assert.ok((many.match(/HTTP\/1\.1 200/g)?.length ?? 0) < 50)
})

test('more connections than are taken: those that say nothing give way', async () => {
  const { port, url } = await serve({ connections: 4 })
  const idle = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'))
  for (const socket of idle) socket.on('error', () => {})
  await pause(100)
  assert.equal((await fetch(url)).status, 200)
  for (const socket of idle) socket.destroy()
})

test('more connections than are taken, all of which wait for an answer: the new one is refused', async () => {
  let letGo = () => {}
  const gone = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const route: Route = { path: '/wait', about: 'waits', answer: () => gone.then(() => textAnswer('done')) }
  const server = await HttpServer.open({ host: '127.0.0.1', port: 0 }, [route], () => {}, {
    ...httpLimits,
    connections: 3,
  })
  open.push(server)
  const asked = Array.from({ length: 3 }, () => fetch(`${server.url}/wait`))
  await pause(200)
  await assert.rejects(fetch(`${server.url}/wait`))
  letGo()
  assert.deepEqual(await Promise.all(asked.map(async (one) => (await one).text())), ['done', 'done', 'done'])
})

test('what is always answered is answered while all others are refused', async () => {
  const slow: Route = {
    path: '/slow',
    about: 'slow',
    answer: () => {
      const end = performance.now() + 2500
      while (performance.now() < end);
      return textAnswer('')
    },
  }
  const health: Route = { path: '/health', about: 'health', always: true, answer: () => textAnswer('ok') }
  const server = await HttpServer.open({ host: '127.0.0.1', port: 0 }, [slow, health], () => {})
  open.push(server)
  assert.equal((await fetch(`${server.url}/slow`)).status, 200)
  assert.equal((await fetch(`${server.url}/slow`)).status, 200)
  assert.equal((await fetch(`${server.url}/slow`)).status, 503)
  assert.equal((await fetch(`${server.url}/health`)).status, 200)
})

test('an answer that takes too much of the time is refused until it was paid for', async () => {
  const slow: Route = {
    path: '/slow',
    about: 'slow',
    answer: () => {
      const end = performance.now() + 300
      while (performance.now() < end);
      return textAnswer('')
    },
  }
  const server = await HttpServer.open({ host: '127.0.0.1', port: 0 }, [slow], () => {})
  open.push(server)
  const states: number[] = []
  for (let i = 0; i < 12; i++) states.push((await fetch(`${server.url}/slow`)).status)
  // Two seconds are saved: seven of 0.3 s, each of which saves a quarter of itself.
  assert.ok(
    states.slice(0, 6).every((status) => status === 200),
    states.join(),
  )
  const refused = states.indexOf(503)
  assert.ok(refused >= 6 && refused < 12, states.join())
})

test('an address that can not be had', async () => {
  const { port } = await serve()
  const failing = (host: string, at: number) =>
    HttpServer.open({ host, port: at }, routes, () => {}).then(
      () => assert.fail('it listens'),
      (error: unknown) => {
        assert.ok(error instanceof EnvironmentError)
        return [error.message, ...error.nextSteps]
      },
    )
  assert.deepEqual(await failing('127.0.0.1', port), [
    `--serve can't listen on 127.0.0.1:${port}: another program listens there.`,
    `ss -ltnp 'sport = :${port}' shows which.`,
    `Give another port: --serve ${port + 1}`,
  ])
  assert.deepEqual(await failing('192.0.2.1', 8008), [
    "--serve can't listen on 192.0.2.1:8008: this machine does not have that address.",
    'ip address lists those it has.',
  ])
})

test('closing cuts what is open', async () => {
  const { server, port } = await serve()
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  await server.close()
  await closed
})
