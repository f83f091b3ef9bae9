// Owns the flags that only `sonde listen` has. Knows no socket; what a value may be is in lib/parse.
// Start with listenFlags; the ones that all commands share are in flags.ts.

import { boolean, custom, string } from '@oclif/core/flags'
import { groups, withEnvironment } from './flags.ts'
import { InputError } from './lib/errors.ts'
import { type Prefix, parsePrefixes } from './lib/parse/address.ts'
import { parseMilliseconds } from './lib/parse/duration.ts'
import { notUnderstood } from './lib/parse/parse.ts'
import { parseCount } from './lib/parse/rate.ts'
import { parseRingSize, parseRotation, type RingSize, type Rotation } from './lib/parse/rotation.ts'
import { parseBufferSize } from './lib/parse/size.ts'
import {
  isUdpAddress,
  parseUdpAddress,
  parseUdpDestination,
  SFLOW_PORT,
  type UdpAddress,
  type UdpDestination,
} from './lib/parse/udp-address.ts'
import { isNoCapture } from './lib/source/no-capture.ts'

const MOST_WORKERS = 64

function workersOf(text: string): number {
  const n = /^\d{1,2}$/.test(text.trim()) ? Number(text) : 0
  if (n >= 1 && n <= MOST_WORKERS) return n
  throw notUnderstood(
    '--workers',
    text,
    `Give a whole number from 1 to ${MOST_WORKERS}, at most as many as there are processors.`,
  )
}

/** @throws InputError; where a file is meant, it names the commands that read files */
function listenAddress(text: string): UdpAddress {
  const isAddress = isUdpAddress(text) || /^:?\d+$/.test(text.trim())
  if (!isAddress && !text.includes('://')) throw readsNoFile(text)
  return parseUdpAddress(text, '--input', SFLOW_PORT)
}

/** What is said where a file is given. */
export function readsNoFile(text: string): InputError {
  if (text.startsWith('kernel:')) return isNoCapture(text)
  return new InputError(`sonde listen receives at an address such as udp://:6343; "${text}" is none.`, [
    `To read a file: sonde decode ${text}`,
    `To send a file to a listener: sonde replay ${text} --to 127.0.0.1:6343`,
  ])
}

/** Where to listen, and for how long. */
export const listenFlags = withEnvironment({
  input: custom<UdpAddress>({
    parse: async (text) => listenAddress(text),
  })({
    char: 'i',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'udp://[ADDR]:PORT',
    summary: 'Where to listen. May be repeated. Default udp://[::]:6343, IPv6 and IPv4.',
    helpGroup: groups.input,
  }),
  allow: custom<Prefix[]>({
    parse: async (text) => parsePrefixes(text, '--allow'),
  })({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'CIDR,...',
    summary: 'Hear only these senders; the others are dropped before decoding.',
    helpGroup: groups.input,
  }),
  buffer: custom<number>({
    parse: async (text) => parseBufferSize(text, '--buffer'),
  })({ helpValue: 'SIZE', summary: 'Receive buffer to ask the kernel for. Default 8MiB.', helpGroup: groups.input }),
  duration: custom<number>({
    parse: async (text) => parseMilliseconds(text, '--duration'),
  })({ helpValue: 'TIME', summary: 'End after this time, such as 30s or 1h.', helpGroup: groups.input }),
  workers: custom<number>({
    parse: async (text) => workersOf(text),
  })({
    helpValue: 'N',
    summary: 'Threads that share the port; the order of lines is then not promised. Default 1.',
    helpGroup: groups.input,
  }),
  'no-ui': boolean({ default: false, summary: 'Print lines on a terminal too, no screen.', helpGroup: groups.output }),
})

/** Of other commands; here it says what to give instead. Not in --help, and without a variable. */
export const misplacedFlags = {
  port: custom<never>({
    parse: async (text) => {
      throw new InputError('sonde listen has no --port: the port is a part of the address.', [
        `Give sonde listen -i udp://:${/^\d{1,5}$/.test(text) ? text : SFLOW_PORT}`,
      ])
    },
  })({ hidden: true }),
}

/** What is done with datagrams beside printing. */
export const sideFlags = withEnvironment({
  write: string({
    helpValue: 'FILE',
    summary: 'Save every datagram: .pcap or .pcapng, .gz behind it packs.',
    helpGroup: groups.beside,
  }),
  rotate: custom<Rotation>({
    parse: async (text) => parseRotation(text, '--rotate'),
  })({ helpValue: 'SIZE|TIME', summary: 'With --write, a new file each 100M or 1h.', helpGroup: groups.beside }),
  keep: custom<number>({
    parse: async (text) => parseCount(text, '--keep'),
  })({ helpValue: 'N', summary: 'With --rotate, keep the newest N files.', helpGroup: groups.beside }),
  forward: custom<UdpDestination>({
    parse: async (text) => parseUdpDestination(text, '--forward', SFLOW_PORT),
  })({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'HOST:PORT',
    summary: 'Send every datagram on, byte for byte. Port 6343 if none is given. May be repeated.',
    helpGroup: groups.beside,
  }),
  resample: custom<number>({
    parse: async (text) => parseCount(text, '--resample'),
  })({
    helpValue: 'N',
    summary: 'Keep one in N flow samples, rates corrected so that totals stay.',
    helpGroup: groups.beside,
  }),
  ring: custom<RingSize>({
    parse: async (text) => parseRingSize(text, '--ring'),
  })({
    helpValue: 'TIME[,SIZE]',
    summary: 'Keep the last 60s in memory, for --dump-when.',
    helpGroup: groups.beside,
  }),
  'dump-when': string({
    helpValue: 'EXPR',
    summary: "Write what came before and after, such as 'lost > 100 | discards > 0'.",
    helpGroup: groups.beside,
  }),
  'dump-to': string({
    helpValue: 'FILE',
    summary: 'Name of these captures; time and cause are put in. Default sonde.pcapng.',
    helpGroup: groups.beside,
  }),
})
