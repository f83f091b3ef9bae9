// Owns what hsflowd.conf means to us: the keys that an agent of ours has, too, as values; the others are named. Must not know
// flags. Start at parseHsflowdConfig.

import { InputError } from '../errors.ts'
import { parseRate } from '../parse/rate.ts'
import { parseUdpDestination, SFLOW_PORT, type UdpDestination } from '../parse/udp-address.ts'
import { type ConfigBlock, type ConfigSetting, parseConfigText } from './config-text.ts'
import type { SpeedRates } from './rates.ts'

/** A pcap or epcap block: which devices are sampled. */
export interface ConfigTap {
  /** A name, or a pattern where hsflowd has dev.pattern; undefined: all whose speed fits. */
  readonly device: string | undefined
  /** bit/s, both ends included; undefined: any. */
  readonly speeds: { readonly least: number; readonly most: number } | undefined
  /** Its own rate, before all others. */
  readonly rate: number | undefined
  readonly line: number
}

/** What was found in a file; undefined: not given. */
export interface HsflowdConfig {
  readonly collectors: readonly UdpDestination[]
  readonly taps: readonly ConfigTap[]
  readonly rates: SpeedRates
  readonly pollingMs: number | undefined
  /** An interface's name or an address. */
  readonly agent: string | undefined
  readonly agentCidr: string | undefined
  readonly subAgent: number | undefined
  readonly headerBytes: number | undefined
  readonly datagramBytes: number | undefined
  /** A dropmon block that does not say start=off: drops are told of. */
  readonly drops: { readonly limit: number | undefined } | undefined
  /** What has no meaning here, each with its line, as sentences. */
  readonly remarks: readonly string[]
}

/** Keys of hsflowd that we know of and have no use for; with why, where there is more to say. */
const unused: ReadonlyMap<string, string> = new Map([
  ['dns-sd', 'collectors are not looked up by DNS-SD: name them in collector blocks'],
  ['hostname', 'the host’s own name is told'],
  ['uuid', 'the board’s UUID is told, or one made of the machine id'],
  ['json', 'there is no such input here'],
  ['droppriv', 'run sonde with the capabilities that it needs'],
  ['refreshadaptors', 'interfaces are seen as they come and go'],
  ['checkadaptors', 'interfaces are seen as they come and go'],
])

interface Reading {
  readonly name: string
  readonly remarks: string[]
}

/**
 * Reads the keys that a sampling agent has: sampling, sampling.SPEED, sampling.bps_ratio, polling, agent, agent.cidr, subAgentId,
 * headerBytes, datagramBytes, collector, pcap, epcap, dropmon.
 * @param name of the file, for messages
 * @throws InputError with the line of a value that can't be
 */
export function parseHsflowdConfig(text: string, name: string): HsflowdConfig {
  const outermost = parseConfigText(text, name)
  const sflow = outermost.blocks.find((block) => block.name.toLowerCase() === 'sflow')
  if (sflow === undefined) {
    throw new InputError(`${name} has no block sflow { ... }.`, [
      '--config takes a file as hsflowd has it: hsflowd.conf',
    ])
  }
  const reading: Reading = { name, remarks: [] }
  const values = new Map<string, ConfigSetting>()
  const speeds = new Map<number, number>()
  for (const setting of sflow.settings) {
    const key = setting.key.toLowerCase()
    const speed = /^sampling\.(\d+(?:\.\d+)?[kmgt])$/i.exec(setting.key)?.[1]
    if (speed !== undefined) speeds.set(parseSpeed(speed, setting, reading), number(setting, reading, 0))
    else if (numbers.has(key) || key === 'agent' || key === 'agent.cidr') values.set(key, setting)
    else remark(reading, setting.line, setting.key)
  }
  const get = (key: string, least = 0, most?: number): number | undefined => {
    const setting = values.get(key)
    return setting && number(setting, reading, least, most)
  }
  const seconds = get('polling')
  const collectors: UdpDestination[] = []
  const taps: ConfigTap[] = []
  let drops: HsflowdConfig['drops']
  for (const block of sflow.blocks) {
    const kind = block.name.toLowerCase()
    if (kind === 'collector') collectors.push(collectorOf(block, reading))
    else if (kind === 'pcap' || kind === 'epcap') taps.push(tapOf(block, reading))
    else if (kind === 'dropmon') drops = dropsOf(block, reading)
    else remark(reading, block.line, block.name)
  }
  return {
    collectors,
    taps,
    rates: { always: get('sampling'), bySpeed: speeds, bitsPerSample: get('sampling.bps_ratio') },
    pollingMs: seconds === undefined ? undefined : seconds * 1000,
    agent: values.get('agent')?.value,
    agentCidr: values.get('agent.cidr')?.value,
    subAgent: get('subagentid', 0, 0xffffffff),
    headerBytes: get('headerbytes', 14, 256),
    datagramBytes: get('datagrambytes', 200, 65_507),
    drops,
    remarks: reading.remarks,
  }
}

/** Keys of the sflow block whose value is a number. */
const numbers: ReadonlySet<string> = new Set([
  'sampling',
  'sampling.bps_ratio',
  'polling',
  'subagentid',
  'headerbytes',
  'datagrambytes',
])

function collectorOf(block: ConfigBlock, reading: Reading): UdpDestination {
  let host: ConfigSetting | undefined
  let port = SFLOW_PORT
  for (const setting of block.settings) {
    const key = setting.key.toLowerCase()
    if (key === 'ip') host = setting
    else if (key === 'udpport') port = number(setting, reading, 1, 65_535)
    else remark(reading, setting.line, `collector ${setting.key}`)
  }
  if (host === undefined) throw new InputError(`${reading.name}:${block.line}: the collector has no ip.`)
  const { value, line } = host
  return parseUdpDestination(
    `${value.includes(':') ? `[${value}]` : value}:${port}`,
    `${reading.name}:${line}: ip`,
    port,
  )
}

function tapOf(block: ConfigBlock, reading: Reading): ConfigTap {
  let device: string | undefined
  let speeds: ConfigTap['speeds']
  let rate: number | undefined
  for (const setting of block.settings) {
    const key = setting.key.toLowerCase()
    if (key === 'dev' || key === 'dev.pattern') device = setting.value
    else if (key === 'speed') speeds = speedRange(setting, reading)
    else if (key === 'sampling') rate = number(setting, reading, 0)
    // Both say nothing of what is sampled.
    else if (key !== 'promisc' && key !== 'vport') remark(reading, setting.line, `${block.name} ${setting.key}`)
  }
  return { device, speeds, rate: rate === 0 ? undefined : rate, line: block.line }
}

function dropsOf(block: ConfigBlock, reading: Reading): HsflowdConfig['drops'] {
  let isOn = true
  let limit: number | undefined
  for (const setting of block.settings) {
    const key = setting.key.toLowerCase()
    if (key === 'start') isOn = !/^(?:off|no|0)$/i.test(setting.value)
    else if (key === 'limit') limit = number(setting, reading, 0)
    else if (key === 'sw') isOn &&= !/^(?:off|no|0)$/i.test(setting.value)
    else remark(reading, setting.line, `dropmon ${setting.key}`)
  }
  return isOn ? { limit } : undefined
}

/** `1G-`, `-10G`, `1G-100G`, `10G`: bit/s. */
function speedRange(setting: ConfigSetting, reading: Reading): ConfigTap['speeds'] {
  const [from = '', to, ...more] = setting.value.split('-')
  if (more.length > 0) throw wrong(setting, reading, 'a speed, or two with - between them')
  const least = from === '' ? 0 : parseSpeed(from, setting, reading)
  const most = to === undefined ? least : to === '' ? Number.POSITIVE_INFINITY : parseSpeed(to, setting, reading)
  return { least, most }
}

function parseSpeed(text: string, setting: ConfigSetting, reading: Reading): number {
  try {
    return parseRate(
      text.replace(/[mgt]$/, (unit) => unit.toUpperCase()),
      'speed',
    )
  } catch {
    throw wrong(setting, reading, 'a speed such as 100M or 10G')
  }
}

function number(setting: ConfigSetting, reading: Reading, least: number, most = 0xffffffff): number {
  const value = /^\d{1,10}$/.test(setting.value) ? Number(setting.value) : Number.NaN
  if (value >= least && value <= most) return value
  throw wrong(setting, reading, `a whole number from ${least} to ${most}`)
}

function wrong({ key, value, line }: ConfigSetting, { name }: Reading, needed: string): InputError {
  return new InputError(`${name}:${line}: ${key} is "${value}", needed ${needed}.`)
}

function remark({ name, remarks }: Reading, line: number, key: string): void {
  const why = unused.get(key.toLowerCase())
  remarks.push(`${name}:${line}: ${key} has no meaning here${why === undefined ? '' : `: ${why}`}.`)
}
