// Owns the flags that all analyses share, and what their inputs and forms are where none are given. Knows no analysis; what a
// value may be is in lib/parse. Start with analysisFlags, the class of their commands is in analysis-command.ts; the ones that all commands share are in flags.ts.

import { fstatSync } from 'node:fs'
import { basename } from 'node:path'
import { string as stringArgument } from '@oclif/core/args'
import { boolean, custom, option, string } from '@oclif/core/flags'
import { groups, inputFlags, outputFlags, selectFlags, withEnvironment } from './flags.ts'
import { type AnalysisFormat, type AnalysisInput, analysisFormats } from './lib/analysis/options.ts'
import { refuseMixture } from './lib/analysis/refuse-mixture.ts'
import { InputError } from './lib/errors.ts'
import { parseMilliseconds } from './lib/parse/duration.ts'
import { type GivenRate, parseGivenRates } from './lib/parse/sampling-rate.ts'
import type { ServeAddress } from './lib/parse/serve-address.ts'
import { parseBufferSize } from './lib/parse/size.ts'
import { isUdpAddress, parseUdpAddress, refuseTwice, SFLOW_PORT } from './lib/parse/udp-address.ts'

/** A window of 100,000 flows is closed in 0.2 s, in which nothing is read: at 40,000 datagrams a second 8 MiB are full by then. */
const BUFFER_BYTES = 32 << 20
const STDIN = 0

type Group = (typeof groups)[keyof typeof groups]

/** --window in a command's own words. */
export const windowFlag = (summary: string, helpGroup: Group = groups.select) =>
  custom<number | 'all'>({
    parse: async (text) => (text.trim() === 'all' ? 'all' : parseMilliseconds(text, '--window')),
  })({ helpValue: 'TIME|all', summary, helpGroup })

/** --every: milliseconds. */
export const everyFlag = (summary = 'How often the screen is renewed. Default 1s.', helpGroup: Group = groups.output) =>
  custom<number>({ parse: async (text) => parseMilliseconds(text, '--every') })({
    helpValue: 'TIME',
    summary,
    helpGroup,
  })

export const topologyFlag = (summary: string, helpGroup: Group = groups.input) =>
  string({ helpValue: 'FILE', summary, helpGroup })

export const ignoreCaseFlag = boolean({
  default: false,
  summary: 'Host and port names match those of the topology in any case.',
  helpGroup: groups.input,
})

/** Of analyses that scale samples. */
export const scalingFlags = withEnvironment({
  'sampling-rate': custom<GivenRate[]>({ parse: async (text) => parseGivenRates(text, '--sampling-rate') })({
    helpValue: 'AGENT[:SOURCE]=N,...',
    summary: 'Use 1 in N instead of what samples say.',
    helpGroup: groups.counting,
  }),
  lateness: custom<number>({ parse: async (text) => parseMilliseconds(text, '--lateness') })({
    helpValue: 'TIME',
    summary: 'How long a window waits for late samples. Default 2s.',
    helpGroup: groups.counting,
  }),
})

/** Recorded and live input, and what of it is used. */
export const analysisInputFlags = withEnvironment({
  ...inputFlags,
  input: string({
    char: 'i',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'SOURCE',
    summary:
      'udp://[ADDR]:PORT, a capture, or - for stdin. May be repeated. Default stdin if piped, else udp://[::]:6343.',
    helpGroup: groups.input,
  }),
  buffer: custom<number>({
    parse: async (text) => parseBufferSize(text, '--buffer'),
  })({
    helpValue: 'SIZE',
    summary: 'Live: receive buffer to ask the kernel for. Default 32MiB.',
    helpGroup: groups.input,
  }),
  duration: custom<number>({
    parse: async (text) => parseMilliseconds(text, '--duration'),
  })({ helpValue: 'TIME', summary: 'Live: end after this time, such as 30s or 1h.', helpGroup: groups.input }),
  ...selectFlags,
})

/** @param example a condition that the command understands */
export const failIfFlag = (example: string) =>
  string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'EXPR',
    summary: `Exit code 4 where this is true of a window, such as '${example}'. May be repeated.`,
    helpGroup: groups.output,
  })

/** How results look. */
export const analysisOutputFlags = withEnvironment({
  format: option({ options: analysisFormats })({
    char: 'f',
    helpValue: 'FORMAT',
    summary: 'table, ndjson, json, csv or prometheus. Default table on a terminal (live: a screen), else ndjson.',
    helpGroup: groups.output,
  }),
  ...outputFlags,
  'no-ui': boolean({ default: false, summary: 'No screen on a terminal: a table a window.', helpGroup: groups.output }),
  'fail-if': failIfFlag('rows[0].share > 50 % & samples > 100'),
})

export const captureArgs = {
  file: stringArgument({ multiple: true, ignoreStdin: true, description: 'Captures; - is stdin.' }),
}

/** What every analysis has beside its own. */
export const analysisFlags = { ...analysisInputFlags, ...analysisOutputFlags }

/** What of the flags says where samples come from. */
export interface InputFlags {
  readonly input: string[] | undefined
  readonly port: number[] | undefined
  readonly buffer: number | undefined
  readonly duration: number | undefined
  readonly serve?: ServeAddress | undefined
  /** Where the command can hear of this host's drops. */
  readonly netns?: string | undefined
}

/**
 * Files where there are any, else addresses; where nothing is named stdin, if something can come from it, else UDP. Who serves
 * listens: services have pipes for stdin.
 * @param takesKernel whether `kernel:`, drops of this host, is something that the command can work on
 * @throws InputError for a mixture, or an address that is none
 */
export function analysisInput(files: readonly string[], flags: InputFlags, takesKernel = false): AnalysisInput {
  const inputs = [...files, ...(flags.input ?? [])]
  if (inputs.some(isKernelInput)) return kernelInput(inputs, flags, takesKernel)
  if (flags.netns !== undefined) {
    throw new InputError('--netns is of drops in the kernel of this host: it goes with --input kernel: only.')
  }
  if (inputs.length === 0) inputs.push(flags.serve === undefined && stdinIsRead() ? '-' : 'udp://')
  refuseMixture(inputs, isUdpAddress)
  if (!isUdpAddress(inputs[0]!)) return { kind: 'recorded', paths: inputs, ports: flags.port ?? [SFLOW_PORT] }
  const addresses = inputs.map((input) => parseUdpAddress(input, '--input', flags.port?.[0] ?? SFLOW_PORT))
  refuseTwice(addresses, '--input')
  return {
    kind: 'live',
    addresses,
    bufferBytes: flags.buffer ?? BUFFER_BYTES,
    durationMs: flags.duration,
  }
}

const isKernelInput = (input: string) => input.startsWith('kernel:')

/** @throws InputError where it is not alone, or the command can do nothing with it */
function kernelInput(inputs: readonly string[], flags: InputFlags, takesKernel: boolean): AnalysisInput {
  if (!takesKernel) {
    throw new InputError('--input kernel: is for sonde drops: the kernel tells only of packets that it drops.', [
      'sonde sample takes samples of packets on this host, which all commands can work on: sonde help sample',
    ])
  }
  if (inputs.length > 1) throw new InputError("--input kernel: can't be mixed with other inputs.")
  if (inputs[0] !== 'kernel:') {
    throw new InputError(`--input "${inputs[0]}": nothing stands behind kernel:, a network namespace is --netns NAME.`)
  }
  return { kind: 'kernel', netns: flags.netns, durationMs: flags.duration }
}

/** A pipe, a file or a socket: neither a terminal nor /dev/null, which is what services are started with. */
function stdinIsRead(): boolean {
  try {
    const stat = fstatSync(STDIN)
    return stat.isFIFO() || stat.isFile() || stat.isSocket()
  } catch {
    return false
  }
}

/** What the input is called in headings. */
export function inputName(input: AnalysisInput): string {
  if (input.kind === 'live') return input.addresses.map(({ host, port }) => `udp://${host}:${port}`).join(', ')
  if (input.kind === 'kernel') return input.netns === undefined ? 'kernel:' : `kernel: ${input.netns}`
  return input.paths.map((path) => (path === '-' ? 'stdin' : basename(path))).join(', ')
}

/** A person at a terminal reads tables; everything else NDJSON. */
export function analysisFormat(format: AnalysisFormat | undefined, person: boolean): AnalysisFormat {
  return format ?? (person ? 'table' : 'ndjson')
}
