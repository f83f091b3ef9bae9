import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { type Environment, readSecrets, withoutSecrets } from '../../src/lib/push/secrets.ts'
import { influxTarget, remoteWriteTarget } from '../../src/lib/push/targets.ts'

const secrets = (environment: Environment = {}) => readSecrets(environment, 'SONDE_X')

test('InfluxDB: the version by the query, the path where there is none', () => {
  for (const [url, request] of [
    ['http://db:8086?org=o&bucket=b', 'http://db:8086/api/v2/write?org=o&bucket=b&precision=ns'],
    ['http://db:8086/?db=sflow', 'http://db:8086/write?db=sflow&precision=ns'],
    ['http://db/write?db=sflow&rp=week', 'http://db/write?db=sflow&rp=week&precision=ns'],
    ['https://db/api/v2/write?bucket=b%20c', 'https://db/api/v2/write?bucket=b+c&precision=ns'],
    ['http://vm:8428/influx/?db=x', 'http://vm:8428/influx/write?db=x&precision=ns'],
    ['http://db?db=x&metric_version=2&precision=s', 'http://db/write?db=x&precision=ns'],
  ] as const) {
    assert.equal(influxTarget(url, secrets()).url.href, request)
  }
})

test('InfluxDB: metric_version chooses how metrics are named', () => {
  const family = { definition: { name: 'm', help: 'm', type: 'gauge' as const }, series: [{ labels: [], value: 1 }] }
  const line = (url: string) =>
    Buffer.from(influxTarget(url, secrets()).encoding.start([]).encode([family], 1)[0]!.bytes)
  assert.equal(line('http://db?db=x').toString(), 'm value=1 1000000\n')
  assert.equal(line('http://db?db=x&metric_version=2').toString(), 'prometheus m=1 1000000\n')
})

test('a target is called by its URL without what may be secret', () => {
  assert.equal(influxTarget('http://db:8086?org=o&bucket=b', secrets()).name, 'http://db:8086/api/v2/write')
})

test('URLs that are refused, each with what to give', () => {
  for (const [make, url, message] of [
    [influxTarget, 'http://db:8086', /needs org= and bucket= .* or db=/],
    [influxTarget, 'http://db:8086?db=a&bucket=b', /needs org=/],
    [influxTarget, 'http://db:8086?db=a&p=s3cret', /p= in a URL can be read by everybody/],
    [influxTarget, 'http://db:8086?bucket=a&token=s3cret', /token= in a URL can be read by everybody/],
    [influxTarget, 'http://me:s3cret@db:8086?db=a', /password in it can be read by everybody/],
    [influxTarget, 'http://db:8086?db=a&metric_version=3', /Give 1 or 2/],
    [remoteWriteTarget, 'localhost:9090', /is not understood\. Give a URL, such as http:\/\/localhost:9090\/api/],
    [remoteWriteTarget, 'ftp://me:s3cret@db/x', /"ftp:\/\/…@db\/x" is not understood/],
    [remoteWriteTarget, 'http://prometheus:9090', /names no path/],
    [remoteWriteTarget, 'http://a/204,http://b/500', /^--remote-write has several URLs in it\. Give one\.$/],
  ] as const) {
    assert.throws(
      () => make(url, secrets()),
      (error: unknown) => {
        assert.ok(error instanceof InputError)
        assert.match(error.message, message)
        assert.doesNotMatch([error.message, ...error.nextSteps].join(' '), /s3cret/)
        return true
      },
      url,
    )
  }
})

test('login: Basic for user and password, Bearer or Token for a token', () => {
  const login = { SONDE_X_USER: 'me', SONDE_X_PASSWORD: 's3cret' }
  const remote = (environment: Environment) =>
    remoteWriteTarget('http://p/api/v1/write', secrets(environment)).headers.authorization
  assert.equal(remote(login), 'Basic bWU6czNjcmV0')
  assert.equal(remote({ SONDE_X_TOKEN: 't0ken' }), 'Bearer t0ken')
  assert.equal(remote({}), undefined)
  assert.equal(influxTarget('http://d?db=x', secrets({ SONDE_X_TOKEN: 't0ken' })).headers.authorization, 'Token t0ken')
  assert.equal(influxTarget('http://d?db=x', secrets(login)).headers.authorization, 'Basic bWU6czNjcmV0')
})

test('secrets from files, and variables that contradict each other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-secrets-'))
  try {
    const file = join(folder, 'token')
    writeFileSync(file, 't0ken\n')
    assert.equal(secrets({ SONDE_X_TOKEN_FILE: file }).token, 't0ken')
    for (const [environment, message] of [
      [{ SONDE_X_TOKEN_FILE: file, SONDE_X_TOKEN: 's3cret' }, /both set/],
      [{ SONDE_X_TOKEN_FILE: join(folder, 'none') }, /can't be read: ENOENT/],
      [{ SONDE_X_TOKEN: 's3cret', SONDE_X_USER: 'me' }, /takes one or the other/],
      [{ SONDE_X_USER: 'me' }, /SONDE_X_PASSWORD is not set/],
      [{ SONDE_X_PASSWORD: 's3cret' }, /SONDE_X_USER is not set/],
      [{ SONDE_X_TOKEN: 's3cret\r\nX-Evil: 1' }, /characters that no token has/],
    ] as const) {
      assert.throws(
        () => secrets(environment),
        (error: Error) => message.test(error.message) && !error.message.includes('s3cret'),
      )
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('what a server repeats of secrets is not shown', () => {
  const known = secrets({ SONDE_X_USER: 'me', SONDE_X_PASSWORD: 's3cret' })
  assert.equal(withoutSecrets('bad login s3cret, Basic bWU6czNjcmV0', known), 'bad login …, Basic …')
})
