// Owns how the commoner counter records look on a card. All others are shown by records.ts from their declarations.
// Knows no bytes. Start at counterCards.

import { interfaceTypes } from '../../names/interface-types.ts'
import { ifDirections, ifStatuses, machineTypes, osNames } from '../../names/sflow.ts'
import {
  type HostCpu,
  type HostDescr,
  type HostDiskIo,
  type HostMemory,
  host_adapters,
  host_cpu,
  host_descr,
  host_disk_io,
  host_memory,
  host_net_io,
} from '../../sflow/records/host.ts'
import { port_name } from '../../sflow/records/openflow.ts'
import { type Sfp, sfp } from '../../sflow/records/optics.ts'
import { ethernet_counters, type IfCounters, if_counters } from '../../sflow/records/version-5-counters.ts'
import { formatHex, formatMac } from '../../wire/json.ts'
import type { NameTable } from '../../wire/name-table.ts'
import type { RecordType } from '../../wire/record.ts'
import { formatF32 } from '../../wire/text.ts'
import { type Card, formatPort, type RecordCard, recordCard } from './context.ts'
import { bad, dim, doubtful, type Piece } from './text.ts'
import { counted, formatCounter, formatList, formatName, formatWord } from './values.ts'

/** A count of something that went wrong: red where there is any. */
function faults(card: Card, value: number | bigint): Piece {
  const text = formatCounter(card, value)
  return counted(value) ? bad(text) : text
}

/** One column of the lines of a port: a name, then the counter of either direction. */
type Column = readonly [name: string, inward: number | bigint, outward: number | bigint, wrong?: true]

/** Two lines of counters, one below the other. */
function directionLines(card: Card, columns: readonly Column[]): void {
  const { out } = card
  const rows = [1, 2] as const
  for (const row of rows) {
    out.label(row === 1 ? 'in' : 'out', 'dim', 1)
    for (const column of columns) {
      const [name, , , wrong] = column
      const value = column[row]
      const text = formatCounter(card, value)
      const width = Math.max(...rows.map((x) => formatCounter(card, column[x]).length))
      const shown = text.padStart(width)
      const piece = text === '-' ? dim(shown) : wrong && counted(value) ? bad(shown) : shown
      if (name === 'bytes') out.group(piece, dim(' bytes'))
      else out.pair(name, piece)
    }
  }
}

/** A name that says what it is of; a bare number does not. */
function worded(card: Card, what: string, table: NameTable, value: number): Piece[] {
  const name = card.names ? table.get(value) : undefined
  return name === undefined ? [dim(`${what} `), String(value)] : [name]
}

function interfaceCard(card: Card, x: IfCounters): void {
  const { out } = card
  out.label('port')
  out.group(formatPort(card, x.ifIndex))
  out.group(...worded(card, 'type', interfaceTypes, x.ifType))
  const unknownSpeed = x.ifSpeed === 0n || formatCounter(card, x.ifSpeed) === '-'
  out.group(unknownSpeed ? 'speed unknown' : card.style.si(Number(x.ifSpeed), 'b/s'))
  if (x.ifDirection === 0) out.group('duplex unknown')
  else out.group(...worded(card, 'duplex', ifDirections, x.ifDirection))
  const status = formatName(card, ifStatuses, x.ifStatus)
  // Bit 0 admin, bit 1 oper: a port that should be up and is not.
  if ((x.ifStatus & 3) === 1) out.group(bad(card.names ? status : `status ${status}`))
  else out.group(...worded(card, 'status', ifStatuses, x.ifStatus))
  if (x.ifPromiscuousMode === 1) out.group('promiscuous')
  directionLines(card, [
    ['bytes', x.ifInOctets, x.ifOutOctets],
    ['unicast', x.ifInUcastPkts, x.ifOutUcastPkts],
    ['multicast', x.ifInMulticastPkts, x.ifOutMulticastPkts],
    ['broadcast', x.ifInBroadcastPkts, x.ifOutBroadcastPkts],
    ['errors', x.ifInErrors, x.ifOutErrors, true],
    ['discards', x.ifInDiscards, x.ifOutDiscards, true],
  ])
  if (counted(x.ifInUnknownProtos)) {
    out.more()
    out.group(bad(formatCounter(card, x.ifInUnknownProtos)), ' packets of unknown protocols in')
  }
}

/** Only what is not zero: thirteen zeros say no more than one. */
function ethernetCard(card: Card, x: Readonly<Record<string, number>>): void {
  const { out } = card
  out.label('ethernet')
  const names = Object.keys(x)
  const shown = names.filter((name) => counted(x[name]!))
  for (const name of shown) out.pair(name.replace('dot3Stats', ''), bad(formatCounter(card, x[name]!)))
  const absent = names.filter((name) => x[name] !== 0 && !counted(x[name]!)).length
  const zero = names.length - shown.length - absent
  if (shown.length > 0) {
    if (zero > 0) out.group(dim(zero === 1 ? '1 other is 0' : `${zero} others are 0`))
  } else if (zero > 0) {
    out.group(dim(zero === 1 ? 'no errors in 1 counter' : `no errors in ${zero} counters`))
  }
  if (absent > 0) out.group(dim(`${absent} not counted by this agent`))
}

function hostCard(card: Card, x: HostDescr): void {
  const { out } = card
  out.label('host')
  out.group(x.hostname === '' ? 'no name' : formatWord(card, x.hostname))
  const release = x.os_release === '' ? '' : ` ${formatWord(card, x.os_release)}`
  out.group(...worded(card, 'OS', osNames, x.os_name), release)
  out.group(...worded(card, 'machine', machineTypes, x.machine_type))
  out.pair('uuid', x.uuid.some((byte) => byte !== 0) ? formatUuid(x.uuid) : 'unknown')
}

/** Modules have up to 16 lanes; a record may claim more. */
const MOST_LANES = 16

/** An optical power with its bounds, red outside of them. Agents without bounds send zeros or all ones. */
function power(card: Card, name: string, value: number, least: number, most: number): void {
  const low = counted(least) && value < least
  const high = counted(most) && counted(value) && value > most
  const text = withUnitOf(card, value, 'µW')
  const bounds = counted(most) ? dim(` (${formatCounter(card, least)} to ${formatCounter(card, most)})`) : ''
  card.out.pair(name, low || high ? bad(text) : text, bounds)
}

function withUnitOf(card: Card, value: number, unit: string): string {
  const text = formatCounter(card, value)
  return text === '-' ? text : `${text} ${unit}`
}

function opticsCard(card: Card, x: Sfp): void {
  const { out } = card
  out.label('sfp')
  out.pair('module', formatPort(card, x.module_id))
  out.pair('lanes', formatCounter(card, x.module_num_lanes))
  out.pair('supply', withUnitOf(card, x.module_supply_voltage, 'mV'))
  out.pair('temperature', `${x.module_temperature / 1000} °C`)
  for (const lane of x.lanes.slice(0, MOST_LANES)) {
    out.label(lane.index === 0 ? 'lane' : `lane ${lane.index}`, 'dim', 1)
    power(card, 'tx', lane.tx_power, lane.tx_power_min, lane.tx_power_max)
    if (counted(lane.tx_wavelength)) out.group(withUnitOf(card, lane.tx_wavelength, 'nm'))
    out.pair('bias', withUnitOf(card, lane.tx_bias_current, 'µA'))
    out.more()
    power(card, 'rx', lane.rx_power, lane.rx_power_min, lane.rx_power_max)
    if (counted(lane.rx_wavelength)) out.group(withUnitOf(card, lane.rx_wavelength, 'nm'))
  }
  if (x.lanes.length <= MOST_LANES) return
  out.more()
  out.group(dim(`… ${card.style.count(x.lanes.length - MOST_LANES)} more lanes`))
}

/** Five groups of hex (RFC 9562, 4). */
function formatUuid(bytes: Uint8Array): string {
  return formatHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** A time in ms that agents may not have. */
function formatTime(card: Card, ms: number): string {
  return ms === 0xffffffff ? '-' : card.style.span(ms)
}

/** -1 is unknown (sflow_host.txt). */
const formatLoad = (load: number): string => (Number.isFinite(load) && load >= 0 ? formatF32(load) : '-')

function cpuCard(card: Card, x: HostCpu): void {
  const { out } = card
  out.label('cpu')
  out.pair('load', [x.load_one, x.load_five, x.load_fifteen].map(formatLoad).join(' '))
  out.group(formatCounter(card, x.cpu_num), dim(' CPUs at '), formatCounter(card, x.cpu_speed), dim(' MHz'))
  out.group(formatCounter(card, x.proc_run), dim(' of '), formatCounter(card, x.proc_total), dim(' processes run'))
  out.pair('up', x.uptime === 0xffffffff ? '-' : card.style.span(x.uptime * 1000))
  out.more()
  const times: readonly (readonly [string, number | undefined])[] = [
    ['user', x.cpu_user],
    ['nice', x.cpu_nice],
    ['system', x.cpu_system],
    ['idle', x.cpu_idle],
    ['I/O wait', x.cpu_wio],
    ['interrupts', x.cpu_intr],
    ['soft interrupts', x.cpu_sintr],
    // Left out by agents from before 2014 (C15).
    ['steal', x.cpu_steal],
    ['guest', x.cpu_guest],
    ['guest nice', x.cpu_guest_nice],
  ]
  for (const [name, ms] of times) if (ms !== undefined) out.pair(name, formatTime(card, ms))
  out.group(formatCounter(card, x.interrupts), dim(' interrupts'))
  out.group(formatCounter(card, x.contexts), dim(' context switches'))
}

/** Bytes as `1.50 GiB`, `-` where the agent has none. */
function formatMemory(card: Card, bytes: bigint): string {
  return formatCounter(card, bytes) === '-' ? '-' : card.style.iec(Number(bytes))
}

function memoryCard(card: Card, x: HostMemory): void {
  const { out } = card
  out.label('memory')
  out.group(formatMemory(card, x.mem_free), dim(' free of '), formatMemory(card, x.mem_total))
  out.pair('shared', formatMemory(card, x.mem_shared))
  out.pair('buffers', formatMemory(card, x.mem_buffers))
  out.pair('cached', formatMemory(card, x.mem_cached))
  out.more()
  out.pair('swap', formatMemory(card, x.swap_free), dim(' free of '), formatMemory(card, x.swap_total))
  out.pair('pages in', formatCounter(card, x.page_in), dim(' out '), formatCounter(card, x.page_out))
  out.pair('swapped in', formatCounter(card, x.swap_in), dim(' out '), formatCounter(card, x.swap_out))
}

function diskCard(card: Card, x: HostDiskIo): void {
  const { out } = card
  out.label('disk')
  out.group(formatMemory(card, x.disk_free), dim(' free of '), formatMemory(card, x.disk_total))
  const percent = x.part_max_used / 100
  if (x.part_max_used !== 0xffffffff) {
    const text = `${percent.toFixed(1)} %`
    out.pair('fullest partition', percent >= 90 ? doubtful(text) : text)
  }
  out.more()
  const ways: readonly (readonly [string, number, bigint, number])[] = [
    ['reads', x.reads, x.bytes_read, x.read_time],
    ['writes', x.writes, x.bytes_written, x.write_time],
  ]
  for (const [name, count, bytes, time] of ways) {
    out.pair(
      name,
      formatCounter(card, count),
      dim(', '),
      formatMemory(card, bytes),
      dim(' in '),
      formatTime(card, time),
    )
  }
}

/** Cards of counter records by record type. */
export const counterCards: ReadonlyMap<RecordType, RecordCard> = new Map([
  recordCard(if_counters, interfaceCard),
  recordCard(ethernet_counters, ethernetCard),
  recordCard(port_name, (card, x) => {
    card.out.label('name')
    card.out.group(x.name === '' ? 'none' : formatWord(card, x.name))
  }),
  recordCard(sfp, opticsCard),
  recordCard(host_descr, hostCard),
  recordCard(host_adapters, (card, x) => {
    card.out.label('adapters')
    for (const adapter of x.adapters.slice(0, 64)) {
      card.out.pair(formatPort(card, adapter.ifIndex), formatList(card, adapter.mac_address, formatMac))
    }
    if (x.adapters.length === 0) card.out.group('none')
    if (x.adapters.length > 64) card.out.group(dim(`… ${x.adapters.length - 64} more`))
  }),
  recordCard(host_cpu, cpuCard),
  recordCard(host_memory, memoryCard),
  recordCard(host_disk_io, diskCard),
  recordCard(host_net_io, (card, x) => {
    card.out.label('net')
    card.out.pair('in', formatMemory(card, x.bytes_in), dim(', packets '), formatCounter(card, x.pkts_in))
    card.out.pair('errors', faults(card, x.errs_in))
    card.out.pair('drops', faults(card, x.drops_in))
    card.out.more()
    card.out.pair('out', formatMemory(card, x.bytes_out), dim(', packets '), formatCounter(card, x.packets_out))
    card.out.pair('errors', faults(card, x.errs_out))
    card.out.pair('drops', faults(card, x.drops_out))
  }),
])
