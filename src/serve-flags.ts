// Owns the flags of `--serve`. Knows no server; what an address may be is in lib/parse. Start with serveFlags.

import { boolean, custom } from '@oclif/core/flags'
import { groups, withEnvironment } from './flags.ts'
import type { PublishOptions } from './lib/analysis/publish.ts'
import { InputError } from './lib/errors.ts'
import { isServeAddress, parseServeAddress, type ServeAddress } from './lib/parse/serve-address.ts'
import { type PushFlags, pushFlags, pushSettings } from './push-flags.ts'

/** Where --serve stands alone: sFlow-RT's port, for this machine only. */
const ALONE = '127.0.0.1:8008'

/** For commands that publish nothing of a topology. */
export const serveFlag = withEnvironment({
  serve: custom<ServeAddress>({ parse: async (text) => parseServeAddress(text, '--serve') })({
    helpValue: '[ADDR:]PORT',
    summary: `Live: metrics and JSON by HTTP. Alone: ${ALONE}.`,
    helpGroup: groups.publish,
  }),
})

/** Of analyses: --serve, and pushing. */
export const serveFlags = {
  ...serveFlag,
  ...withEnvironment({
    'accept-topology': boolean({
      default: false,
      summary: 'With --serve, PUT /topology/json gives another topology.',
      helpGroup: groups.publish,
    }),
  }),
  ...pushFlags,
}

/** `--serve` may stand alone, which oclif's flags with a value can't: its usual value is put behind it. */
export function withServeValue(argv: readonly string[]): string[] {
  const end = argv.indexOf('--')
  return argv.map((arg, i) => {
    if (arg !== '--serve' || (end >= 0 && i > end)) return arg
    const next = argv[i + 1]
    // A wrong address is told as such, not as a file: files have a dot or a slash in their names.
    return next !== undefined && (isServeAddress(next) || /^[^/]*:\w+$|^\w+$/.test(next)) ? arg : `--serve=${ALONE}`
  })
}

/** Of --serve, and of pushing. */
export interface PublishFlags extends Partial<PushFlags> {
  readonly serve?: ServeAddress | undefined
  readonly 'accept-topology'?: boolean
}

/** Whether anything is: what only metrics need is not made otherwise. */
export const isPublished = (flags: PublishFlags): boolean =>
  (flags.serve ?? flags['remote-write'] ?? flags.influx) !== undefined

/**
 * @param command its name, `topo status` @param isRecorded where samples come from
 * @returns undefined where nothing is published
 * @throws InputError for recorded input, and for flags that go with another one
 */
export async function publishOptions(
  flags: PublishFlags,
  {
    command,
    version,
    isRecorded,
  }: { readonly command: string; readonly version: string; readonly isRecorded: boolean },
): Promise<PublishOptions | undefined> {
  const acceptTopology = flags['accept-topology'] === true
  if (flags.serve === undefined) {
    if (acceptTopology) throw new InputError('--accept-topology goes with --serve: that is where it is taken.')
  }
  const push = await pushSettings(flags)
  if (flags.serve === undefined) return push && { command, version, serve: undefined, push }
  if (isRecorded) {
    throw new InputError('--serve needs live input: a capture is over before anybody can ask.', [
      `Listen: sonde ${command} --serve -i udp://:6343`,
      `Metrics of a capture: sonde ${command} CAPTURE -f prometheus`,
    ])
  }
  return { command, version, serve: { ...flags.serve, acceptTopology }, push }
}
