// udp://[ADDR]:PORT and HOST:PORT as people type them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { isUdpAddress, parseUdpAddress, parseUdpDestination, refuseTwice } from '../../src/lib/parse/udp-address.ts'

describe('an address to receive at', () => {
  const good = [
    ['udp://', '[::]', [0, 0, 0, 0], false, 6343],
    ['udp://:9995', '[::]', [0, 0, 0, 0], false, 9995],
    ['udp://[::]:6343', '[::]', [0, 0, 0, 0], false, 6343],
    ['udp://[::]', '[::]', [0, 0, 0, 0], false, 6343],
    ['UDP://0.0.0.0:1', '0.0.0.0', [0, 0, 0xffff, 0], true, 1],
    ['udp://192.0.2.1', '192.0.2.1', [0, 0, 0xffff, 0xc0000201], true, 6343],
    ['udp://192.0.2.1:', '192.0.2.1', [0, 0, 0xffff, 0xc0000201], true, 6343],
    ['udp://[2001:db8::1]:65535/', '[2001:db8::1]', [0x20010db8, 0, 0, 1], false, 65_535],
    ['17361', '[::]', [0, 0, 0, 0], false, 17361],
    [':17361', '[::]', [0, 0, 0, 0], false, 17361],
    [' udp://127.0.0.1:0 ', '127.0.0.1', [0, 0, 0xffff, 0x7f000001], true, 0],
  ] as const
  for (const [text, host, words, isV4, port] of good) {
    test(text, () => assert.deepEqual(parseUdpAddress(text, '--input', 6343), { host, words, isV4, port }))
  }

  const bad: [text: string, hint: string][] = [
    ['udp:/127.0.0.1:1', ''],
    ['udp://localhost:6343', 'A name is not looked up here: udp://127.0.0.1:6343. '],
    ['udp://collector.example:1', 'A name is not looked up here. '],
    ['udp://*:17361', 'For all addresses leave it out: udp://:17361. '],
    ['udp://127.0.0.1:65536', 'The largest port is 65535. '],
    ['udp://:700000', 'The largest port is 65535. '],
    ['70000', 'The largest port is 65535. '],
    ['udp://127.0.0.1:abc', ''],
    ['udp://127.0.0.256', ''],
    ['udp://[127.0.0.1]:1', ''],
    ['udp://[]:1', ''],
    ['udp://[fe80::1%lo]:1', ''],
    ['udp://127.0.0.1:1/path', ''],
    ['tcp://127.0.0.1:1', ''],
    ['-1', ''],
  ]
  for (const [text, hint] of bad) {
    test(`${text} is refused`, () => {
      assert.throws(
        () => parseUdpAddress(text, '--input', 6343),
        (error) =>
          error instanceof InputError &&
          error.message.startsWith(`--input "${text}" is not understood. ${hint}Give udp://`),
      )
    })
  }

  test('IPv6 without brackets: the message names them', () => {
    assert.throws(
      () => parseUdpAddress('udp://2001:db8::1:6343', '-i', 6343),
      /^InputError: -i "udp:\/\/2001:db8::1:6343" is not understood\. An IPv6 address stands in brackets\. Give /,
    )
  })

  test('told from files', () => {
    assert.deepEqual(['udp://:1', 'UDP:', 'udp.pcap', './udp:x', '-'].map(isUdpAddress), [
      true,
      true,
      false,
      false,
      false,
    ])
  })
})

describe('a destination', () => {
  const good = [
    ['collector.example:6343', 'collector.example', 6343],
    ['udp://192.0.2.1:1', '192.0.2.1', 1],
    ['localhost', 'localhost', 6343],
    ['[2001:db8::1]:9995', '2001:db8::1', 9995],
    ['[::1]', '::1', 6343],
  ] as const
  for (const [text, host, port] of good) {
    test(text, () => assert.deepEqual(parseUdpDestination(text, '--to', 6343), { host, port }))
  }
  const port = (n: number) => `That is only a port; at this machine it is 127.0.0.1:${n}. `
  const bad: [text: string, hint: string][] = [
    ['', ''],
    [':6343', port(6343)],
    ['17381', port(17381)],
    ['udp://17381', port(17381)],
    ['3221225985', ''],
    ['17381:1', ''],
    ['host:0', ''],
    ['host:65536', 'The largest port is 65535. '],
    ['127.0.0.1:999999', 'The largest port is 65535. '],
    ['::1', ''],
    ['2001:db8::1:6343', ''],
    ['[localhost]:1', ''],
    ['a b:1', ''],
    ['host:1:2', ''],
  ]
  for (const [text, hint] of bad) {
    test(`"${text}" is refused`, () => {
      assert.throws(
        () => parseUdpDestination(text, '--to', 6343),
        new InputError(
          `--to "${text}" is not understood. ${hint}Give HOST:PORT, such as collector.example:6343, 192.0.2.1:6343 or [2001:db8::1]:6343.`,
        ),
      )
    })
  }
})

test('one address twice is refused', () => {
  const at = (...texts: string[]) => texts.map((text) => parseUdpAddress(text, '--input', 6343))
  refuseTwice(at('udp://:6343', 'udp://:6344', 'udp://127.0.0.1:6343', 'udp://:0', 'udp://:0'), '--input')
  assert.throws(() => refuseTwice(at('udp://:6343', ':1', 'udp://[::]:6343'), '--input'), {
    name: 'InputError',
    message: '--input udp://[::]:6343 was given twice.',
  })
})
