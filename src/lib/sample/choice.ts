// Owns which interfaces are sampled and at which rate, from what was given by hand and what a configuration says. Must not know
// taps. Start at choosePorts.

import { InputError } from '../errors.ts'
import type { HostInterface, LineSpeed } from '../host-agent/host-interface.ts'
import type { PortChoice } from '../host-agent/port-sampling.ts'
import { parseInterfacePatterns } from '../kernel/links/interface-pattern.ts'
import type { ConfigTap } from './config.ts'
import type { SampleOptions } from './options.ts'
import { rateOfSpeed, type SpeedRates } from './rates.ts'

/** Bytes of a packet's beginning where nothing is said (sflow_version_5.txt, sFlowFsMaximumHeaderSize). */
const HEADER_BYTES = 128
const noRates: SpeedRates = { always: undefined, bySpeed: new Map(), bitsPerSample: undefined }

type ChoiceOptions = Pick<SampleOptions, 'interfaces' | 'rates' | 'direction' | 'headerBytes' | 'config'>

/** @throws InputError where nothing is chosen, or a pattern is none */
export function choosePorts(options: ChoiceOptions): PortChoice {
  const { interfaces, config, direction } = options
  const headerBytes = options.headerBytes ?? config?.headerBytes ?? HEADER_BYTES
  const rates = config?.rates ?? noRates
  const given = givenRates(options)
  if (interfaces.length > 0) {
    const patterns = parseInterfacePatterns(interfaces)
    return {
      ...patterns,
      rateOf: (port, { speed }) => given(port) ?? rateOfSpeed(rates, speed),
      direction,
      headerBytes,
    }
  }
  const taps = (config?.taps ?? []).map(tapChoice)
  if (taps.length === 0) {
    throw new InputError('Which interfaces? Give their names, or patterns of names.', [
      'sonde sample eth0',
      "sonde sample 'eth*' '!eth3'",
      ...(config === undefined ? [] : ['The configuration has no pcap or epcap block that names some.']),
    ])
  }
  return {
    has: (name) => taps.some((tap) => tap.has(name)),
    exact: [],
    rateOf: (port, line) => {
      const tap = taps.find((each) => each.has(port.name) && each.fits(line))
      return tap && (given(port) ?? tap.rate ?? rateOfSpeed(rates, line.speed))
    },
    direction,
    headerBytes,
  }
}

/** The first of --rate that names an interface, before one for all. */
function givenRates({ rates }: ChoiceOptions): (port: HostInterface) => number | undefined {
  const named = rates.flatMap(({ pattern, rate }) =>
    pattern === undefined ? [] : [{ has: parseInterfacePatterns([pattern]).has, rate }],
  )
  const other = rates.find(({ pattern }) => pattern === undefined)?.rate
  return ({ name }) => named.find((each) => each.has(name))?.rate ?? other
}

function tapChoice({ device, speeds, rate }: ConfigTap) {
  const patterns = device === undefined ? undefined : parseInterfacePatterns([device])
  return {
    // Loopback has no speed and is never meant by one.
    has: (name: string) => patterns?.has(name) ?? name !== 'lo',
    fits: ({ speed }: LineSpeed) =>
      speeds === undefined || (speed !== undefined && speed >= speeds.least && speed <= speeds.most),
    rate,
  }
}
