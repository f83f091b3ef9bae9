import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../src/lib/errors.ts'
import { openPusher } from '../src/lib/push/settings.ts'
import { type PushFlags, parseLabel, pushSettings } from '../src/push-flags.ts'

const quiet = { tell() {}, note() {} }
const nothing: PushFlags = {
  'remote-write': undefined,
  influx: undefined,
  'metrics-interval': undefined,
  'metrics-label': undefined,
}

test('without a server there is nothing to send to', async () => {
  assert.equal(await pushSettings(nothing), undefined)
  for (const alone of [{ 'metrics-interval': 1000 }, { 'metrics-label': [['a', '1']] as const }]) {
    await assert.rejects(
      pushSettings({ ...nothing, ...alone }),
      /^InputError: --metrics-\w+ goes with --remote-write or --influx/,
    )
  }
  // Of a variable, which may be meant for another run.
  process.env.SONDE_METRICS_INTERVAL = '1s'
  try {
    assert.equal(await pushSettings({ ...nothing, 'metrics-interval': 1000 }), undefined)
  } finally {
    delete process.env.SONDE_METRICS_INTERVAL
  }
})

test('both servers at once, each with an account of its own; settings can go to a thread', async () => {
  const flags = { ...nothing, 'remote-write': 'http://127.0.0.1:1/api/v1/write', influx: 'http://127.0.0.1:1?db=x' }
  const settings = await pushSettings(flags)
  assert.equal(settings!.intervalMs, 15_000)
  const account = await openPusher(structuredClone(settings!), quiet).close()
  assert.deepEqual(
    account.map(({ target }) => target),
    ['http://127.0.0.1:1/api/v1/write', 'http://127.0.0.1:1/write'],
  )
})

test('what is wrong with a URL is said at once', async () => {
  await assert.rejects(pushSettings({ ...nothing, influx: 'http://127.0.0.1:1' }), /needs org= and bucket=/)
})

test('labels: NAME=VALUE, names as Prometheus permits them, none twice', async () => {
  assert.deepEqual(parseLabel('site=fra1'), ['site', 'fra1'])
  assert.deepEqual(parseLabel('url=http://a/b?c=d'), ['url', 'http://a/b?c=d'])
  for (const text of ['site', '=x', 'site=', '__name__=x', '1a=x', 'a-b=x']) {
    assert.throws(() => parseLabel(text), InputError, text)
  }
  await assert.rejects(
    pushSettings({
      ...nothing,
      influx: 'http://127.0.0.1:1?db=x',
      'metrics-label': [
        ['a', '1'],
        ['a', '2'],
      ],
    }),
    /--metrics-label has a twice/,
  )
})
