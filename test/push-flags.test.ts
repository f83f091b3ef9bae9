import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../src/lib/errors.ts'
import { createPusher, type PushFlags, parseLabel } from '../src/push-flags.ts'

const quiet = { tell() {}, note() {} }
const nothing: PushFlags = {
  'remote-write': undefined,
  influx: undefined,
  'metrics-interval': undefined,
  'metrics-label': undefined,
}

test('without a server there is no pusher', async () => {
  assert.equal(await createPusher(nothing, quiet), undefined)
})

test('both servers at once, each with an account of its own', async () => {
  const flags = { ...nothing, 'remote-write': 'http://127.0.0.1:1/api/v1/write', influx: 'http://127.0.0.1:1?db=x' }
  const pusher = await createPusher(flags, quiet)
  assert.deepEqual(
    (await pusher!.close()).map(({ target }) => target),
    ['http://127.0.0.1:1/api/v1/write', 'http://127.0.0.1:1/write'],
  )
})

test('labels: NAME=VALUE, names as Prometheus permits them, none twice', async () => {
  assert.deepEqual(parseLabel('site=fra1'), ['site', 'fra1'])
  assert.deepEqual(parseLabel('url=http://a/b?c=d'), ['url', 'http://a/b?c=d'])
  for (const text of ['site', '=x', 'site=', '__name__=x', '1a=x', 'a-b=x']) {
    assert.throws(() => parseLabel(text), InputError, text)
  }
  await assert.rejects(
    createPusher(
      {
        ...nothing,
        influx: 'http://127.0.0.1:1?db=x',
        'metrics-label': [
          ['a', '1'],
          ['a', '2'],
        ],
      },
      quiet,
    ),
    /--metrics-label has a twice/,
  )
})
