// Names that agents tell of themselves and that are no UTF-8: bytes for people, U+FFFD in JSON.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { counters, record } from '../helpers/cards.ts'
import { sonde } from '../helpers/cli.ts'
import { captureFile, numbered } from '../helpers/sflow-captures.ts'

const named = record(2000, 'host_descr', {
  hostname: 'a\udcff\u00fc',
  uuid: new Uint8Array(16),
  machine_type: 3,
  os_name: 2,
  os_release: '',
})
const capture = captureFile([{ datagram: numbered(1, counters(1, [named])) }])

test('a host name that is no UTF-8', () => {
  const shown = (...args: readonly string[]): string => sonde(['decode', capture, '--summary', ...args]).stdout
  assert.match(shown('-f', 'table'), /^192\.0\.2\.9 +a\\xffü /m)
  for (const format of ['ndjson', 'json']) {
    const text = shown('-f', format)
    assert.doesNotMatch(text, /\\udc/)
    assert.equal((JSON.parse(text) as { agents: { hostname: string }[] }).agents[0]?.hostname, 'a\ufffdü')
  }
})
