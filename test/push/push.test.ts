import assert from 'node:assert/strict'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { MetricTable } from '../../src/lib/metrics/metrics.ts'
import { createPusher, type Pusher } from '../../src/lib/push/push.ts'
import { readSecrets } from '../../src/lib/push/secrets.ts'
import { influxTarget, remoteWriteTarget } from '../../src/lib/push/targets.ts'
import { type Answer, type Asked, type TestServer, withServer } from '../helpers/http-server.ts'
import { unsnappy } from './unsnappy.ts'

/** `sonde_push_*` of one server. */
const OWN = 7
const START = 1_752_105_600_000

interface Run {
  readonly pusher: Pusher
  /** What a person is told, and what --quiet hides. */
  readonly told: string[]
  readonly noted: string[]
}

interface Options {
  readonly timeoutMs?: number
  readonly flushMs?: number
  readonly queueBytes?: number
  readonly pauseMs?: number
  readonly intervalMs?: number
}

const login = { SONDE_X_USER: 'me', SONDE_X_PASSWORD: 's3cret' }

function start(url: string, options: Options = {}): Run {
  const told: string[] = []
  const noted: string[] = []
  const target = influxTarget(`${url}?db=sflow`, readSecrets(login, 'SONDE_X'))
  const pusher = createPusher([target], {
    ...{ intervalMs: 0, labels: [], pauseMs: 5, ...options },
    tell: (line) => told.push(line),
    note: (line) => noted.push(line),
  })
  return { pusher, told, noted }
}

/** The n-th moment: n as sflow_ai_bps, a second later each. */
function push(pusher: Pusher, n: number): void {
  const table = new MetricTable()
  table.add({ name: 'sflow_ai_bps', help: 'x', type: 'gauge' }, [], n)
  pusher.push(table, START + 1000 * n)
}

const linesOf = ({ bytes }: Asked): string[] => gunzipSync(bytes).toString().trim().split('\n')

/** The moments of a request. */
const moments = (asked: Asked): number[] =>
  linesOf(asked)
    .filter((line) => line.startsWith('sflow_ai_bps '))
    .map((line) => Number(/value=(\d+)/.exec(line)![1]))

const fine: Answer = { status: 204 }

async function until(what: () => boolean): Promise<void> {
  for (let waited = 0; !what(); waited += 5) {
    assert.ok(waited < 5000, 'it took too long')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

test('what is pushed arrives, with a login and with what became of it so far', async () => {
  await withServer(
    () => fine,
    async ({ url, asked }) => {
      const { pusher, told, noted } = start(url)
      push(pusher, 7)
      const account = await pusher.close()
      assert.equal(asked.length, 1)
      const { method, url: path, headers } = asked[0]!
      assert.deepEqual([method, path], ['POST', '/write?db=sflow&precision=ns'])
      assert.equal(headers.authorization, 'Basic bWU6czNjcmV0')
      assert.equal(headers['content-encoding'], 'gzip')
      const target = `${url}/write`
      assert.deepEqual(linesOf(asked[0]!), [
        'sflow_ai_bps value=7 1752105607000000000',
        `sonde_push_sent_total,target=${target} value=0 1752105607000000000`,
        `sonde_push_lost_total,reason=queue,target=${target} value=0 1752105607000000000`,
        `sonde_push_lost_total,reason=refused,target=${target} value=0 1752105607000000000`,
        `sonde_push_lost_total,reason=unsent,target=${target} value=0 1752105607000000000`,
        `sonde_push_requests_total,target=${target} value=0 1752105607000000000`,
        `sonde_push_retries_total,target=${target} value=0 1752105607000000000`,
        `sonde_push_waiting,target=${target} value=0 1752105607000000000`,
      ])
      assert.deepEqual(account, [
        { target, sent: 1 + OWN, lost: { queue: 0, refused: 0, unsent: 0 }, waiting: 0, requests: 1, retries: 0 },
      ])
      assert.deepEqual([told, noted], [[], [`Pushed to ${target}: 8 values in 1 request.`]])
    },
  )
})

test('remote write has its headers, and a body in snappy', async () => {
  await withServer(
    () => fine,
    async ({ url, asked }) => {
      const target = remoteWriteTarget(`${url}/api/v1/write`, readSecrets({ SONDE_X_TOKEN: 't0ken' }, 'SONDE_X'))
      const pusher = createPusher([target], { intervalMs: 0, labels: [['site', 'fra1']], tell() {}, note() {} })
      push(pusher, 1)
      await pusher.close()
      const { headers, bytes } = asked[0]!
      assert.equal(headers['content-encoding'], 'snappy')
      assert.equal(headers['content-type'], 'application/x-protobuf')
      assert.equal(headers['x-prometheus-remote-write-version'], '0.1.0')
      assert.equal(headers.authorization, 'Bearer t0ken')
      assert.match(headers['user-agent'] ?? '', /^sonde/)
      assert.match(Buffer.from(unsnappy(bytes)).toString('latin1'), /__name__.*sflow_ai_bps.*site.*fra1/s)
    },
  )
})

test('one request is under way; what comes meanwhile goes together in the next', async () => {
  await withServer(
    () => ({ ...fine, afterMs: 40 }),
    async ({ url, asked }) => {
      const { pusher } = start(url)
      for (const n of [1, 2, 3, 4]) push(pusher, n)
      await pusher.close()
      assert.deepEqual(asked.map(moments), [[1], [2, 3, 4]])
    },
  )
})

for (const trouble of [500, 503, 429, 408] as const) {
  test(`${trouble}: the same is sent again until it is taken; said once, and when it is over`, async () => {
    await withServer(
      (_, count) => (count < 4 ? { status: trouble, body: { error: 'no s3cret here' } } : fine),
      async ({ url, asked }) => {
        const { pusher, told, noted } = start(url)
        push(pusher, 1)
        await until(() => pusher.account()[0]!.sent > 0)
        const [account] = await pusher.close()
        assert.deepEqual(asked.map(moments), [[1], [1], [1], [1]])
        assert.deepEqual([account!.sent, account!.requests, account!.retries], [1 + OWN, 4, 3])
        assert.deepEqual(told, [`${url}/write: it answered ${trouble} (no … here); metrics wait and are sent again.`])
        assert.equal(noted[0], `${url}/write takes metrics again.`)
      },
    )
  })
}

test('Retry-After is waited for', async () => {
  const times: number[] = []
  await withServer(
    () => {
      times.push(Date.now())
      return times.length === 1 ? { status: 429, headers: { 'retry-after': '1' } } : fine
    },
    async ({ url }) => {
      const { pusher } = start(url)
      push(pusher, 1)
      await until(() => times.length === 1)
      const [account] = await pusher.close()
      assert.equal(account!.sent, 1 + OWN)
      assert.ok(times[1]! - times[0]! >= 990, `after ${times[1]! - times[0]!} ms`)
    },
  )
})

test('a server that wants to be asked after the end is not waited for', async () => {
  await withServer(
    () => ({ status: 503, headers: { 'retry-after': '120' } }),
    async ({ url, asked }) => {
      const { pusher, told } = start(url)
      push(pusher, 1)
      await until(() => asked.length === 1)
      push(pusher, 2)
      const from = Date.now()
      const [account] = await pusher.close()
      assert.ok(Date.now() - from < 2000)
      assert.deepEqual(account!.lost, { queue: 0, refused: 0, unsent: 2 * (1 + OWN) })
      assert.equal(told.at(-1), `Lost on the way to ${url}/write: 16 values, 16 not sent before the end.`)
    },
  )
})

test('4xx: refused, not sent again, said with what the server says but without secrets', async () => {
  await withServer(
    (_, count) => (count < 3 ? { status: 400, body: '{"error":"unable to parse s3cret\\u001b"}' } : fine),
    async ({ url, asked }) => {
      const { pusher, told } = start(url)
      for (const n of [1, 2, 3]) {
        push(pusher, n)
        await until(() => asked.length === n && pusher.account()[0]!.waiting === 0)
      }
      const [account] = await pusher.close()
      assert.equal(asked.length, 3)
      assert.deepEqual([account!.sent, account!.lost.refused, account!.retries], [1 + OWN, 2 * (1 + OWN), 0])
      assert.deepEqual(told, [
        `${url}/write: it refuses 8 values (400): unable to parse …\\u001b.`,
        `Lost on the way to ${url}/write: 16 values, 16 refused by the server.`,
      ])
    },
  )
})

test('what to check is said where login, path or address are wrong', async () => {
  for (const [answer, advice] of [
    [{ status: 401 }, /: Unauthorized\. Check SONDE_X_USER and SONDE_X_PASSWORD, or SONDE_X_TOKEN\.$/],
    [{ status: 404, body: { error: 'database not found: "x"' } }, /CREATE DATABASE makes it there\.$/],
    [{ status: 400, body: { error: 'out of bounds' } }, /They are older than it takes: .*old captures\.$/],
    [{ status: 404 }, /InfluxDB 1 has \/write there: is it one\?$/],
    [{ status: 302, headers: { location: 'https://elsewhere.invalid/' } }, /elsewhere.*redirects are not followed\.$/],
  ] as const) {
    await withServer(
      () => answer,
      async ({ url, asked }) => {
        const { pusher, told } = start(url)
        push(pusher, 1)
        await pusher.close()
        assert.equal(asked.length, 1)
        assert.match(told[0]!, advice)
        assert.doesNotMatch(told.join(), /s3cret/)
      },
    )
  }
})

test('InfluxDB tells how many points of a request it dropped', async () => {
  const body = { error: 'partial write: field type conflict: input field "value" is type float dropped=3' }
  await withServer(
    () => ({ status: 400, body }),
    async ({ url }) => {
      const { pusher } = start(url)
      push(pusher, 1)
      const [account] = await pusher.close()
      assert.deepEqual([account!.sent, account!.lost.refused], [1 + OWN - 3, 3])
    },
  )
})

test('413: what was too large is sent in smaller parts', async () => {
  await withServer(
    (asked) => (moments(asked).length > 2 ? { status: 413 } : { ...fine, afterMs: 20 }),
    async ({ url, asked }) => {
      const { pusher, told } = start(url)
      for (const n of [1, 2, 3, 4, 5, 6]) push(pusher, n)
      const [account] = await pusher.close()
      assert.equal(account!.sent, 6 * (1 + OWN))
      assert.deepEqual(asked.map(moments), [[1], [2, 3, 4, 5, 6], [2, 3], [4, 5], [6]])
      assert.deepEqual(told, [])
    },
  )
})

test('a server that never answers: requests end by their time limit, the run by its own', async () => {
  await withServer(
    () => ({ ...fine, afterMs: 600_000 }),
    async ({ url, asked }) => {
      const { pusher, told } = start(url, { timeoutMs: 60, flushMs: 300 })
      push(pusher, 1)
      await until(() => asked.length === 2)
      const from = Date.now()
      const [account] = await pusher.close()
      assert.ok(Date.now() - from < 2000)
      assert.equal(account!.lost.unsent, 1 + OWN)
      assert.equal(told[0], `${url}/write: no answer within 0.06 s; metrics wait and are sent again.`)
    },
  )
})

test('an answer without end is not read to it', async () => {
  await withServer(
    () => ({ status: 400, body: 'x'.repeat(1 << 20) }),
    async ({ url }) => {
      const { pusher, told } = start(url, { flushMs: 100 })
      push(pusher, 1)
      await pusher.close()
      assert.equal(told[0], `${url}/write: the answer is larger than 64 KiB; metrics wait and are sent again.`)
    },
  )
})

for (const [name, said, reason] of [
  ['closes the connection at once', '', 'the connection was reset'],
  ['speaks something else', 'SSH-2.0-OpenSSH_9.2\r\n', 'Parse Error'],
  ['ends within its answer', 'HTTP/1.1 204 No Content\r\ncontent-le', 'the connection was reset'],
  ['ends within the body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc', 'the connection was reset'],
] as const) {
  test(`what is no server: it ${name}`, async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      if (said === '') socket.destroy()
      else socket.once('data', () => socket.end(said))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { pusher, told } = start(url, { flushMs: 100 })
    push(pusher, 1)
    const [account] = await pusher.close()
    server.close()
    assert.deepEqual(account!.lost, { queue: 0, refused: 0, unsent: 1 + OWN })
    assert.ok(told[0]!.startsWith(`${url}/write: ${reason}`), told[0])
    assert.match(told[0]!, /; metrics wait and are sent again\.$/)
  })
}

test('nobody listens: it waits, and when there is a server all of it arrives in order', async () => {
  const port = await withServer(
    () => fine,
    async ({ port: free }) => free,
  )
  const { pusher, told } = start(`http://127.0.0.1:${port}`, { flushMs: 100 })
  push(pusher, 1)
  await until(() => pusher.account()[0]!.retries > 1)
  const [account] = await pusher.close()
  assert.equal(account!.lost.unsent, 1 + OWN)
  assert.equal(told[0], `http://127.0.0.1:${port}/write: the connection was refused; metrics wait and are sent again.`)
})

test('a full queue: the oldest are lost and counted, the newest arrive, and all is accounted for', async () => {
  let open = false
  await withServer(
    () => (open ? fine : { status: 503 }),
    async ({ url, asked }: TestServer) => {
      // A moment is some 700 bytes.
      const { pusher, told } = start(url, { queueBytes: 3000 })
      for (let n = 1; n <= 20; n++) push(pusher, n)
      await until(() => asked.length > 0)
      open = true
      const [account] = await pusher.close()
      const { sent, lost } = account!
      assert.ok(lost.queue > 0)
      assert.equal(sent + lost.queue, 20 * (1 + OWN))
      const arrived = [...new Set(asked.flatMap(moments))]
      assert.equal(arrived.at(-1), 20)
      assert.equal(arrived.length, sent / (1 + OWN))
      assert.equal(
        told.at(-1),
        `Lost on the way to ${url}/write: ${lost.queue} values, ${lost.queue} because the queue was full.`,
      )
    },
  )
})

test('once an interval of their own time, and the last one at the end', async () => {
  await withServer(
    () => fine,
    async ({ url, asked }) => {
      const { pusher } = start(url, { intervalMs: 15_000 })
      for (let n = 10; n <= 60; n++) push(pusher, n)
      await pusher.close()
      // A tenth of an interval early is on time; from then on every 15 s.
      assert.deepEqual(asked.flatMap(moments), [10, 24, 39, 54, 60])
    },
  )
})

test('a login that goes unencrypted to another machine is told', () => {
  const { noted } = start('http://influx.invalid:8086')
  assert.deepEqual(noted, [
    'http://influx.invalid:8086/write: password or token go there unencrypted; https:// hides them.',
  ])
})

test('TLS: a certificate that nobody known signed is not trusted', async () => {
  await withServer(
    () => fine,
    async ({ url, asked }) => {
      const { pusher, told } = start(url, { flushMs: 50 })
      push(pusher, 1)
      await pusher.close()
      assert.equal(asked.length, 0)
      assert.match(told[0]!, /its certificate comes from an authority that is not known here, so it is not trusted/)
    },
    true,
  )
})
