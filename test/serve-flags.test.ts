// `--serve` alone and with a value.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withServeValue } from '../src/serve-flags.ts'

test('where it stands alone it gets its usual value', () => {
  const alone = '--serve=127.0.0.1:8008'
  const table: [string, string][] = [
    ['--serve', alone],
    ['--serve 8008', '--serve 8008'],
    ['--serve 0.0.0.0:8008 -q', '--serve 0.0.0.0:8008 -q'],
    ['--serve [::]:8008', '--serve [::]:8008'],
    ['--serve=9', '--serve=9'],
    ['--serve --accept-topology', `${alone} --accept-topology`],
    ['-q --serve -i udp://:1', `-q ${alone} -i udp://:1`],
    ['--serve capture.pcap', `${alone} capture.pcap`],
    ['--serve ./8008', `${alone} ./8008`],
    // A wrong address is told as such.
    ['--serve host:8008', '--serve host:8008'],
    ['--serve :8008', '--serve :8008'],
    ['--serve abc', '--serve abc'],
    ['--serve 99999', '--serve 99999'],
    ['--served', '--served'],
    ['-- --serve', '-- --serve'],
    ['', ''],
  ]
  for (const [given, expected] of table) assert.equal(withServeValue(given.split(' ')).join(' '), expected, given)
})
