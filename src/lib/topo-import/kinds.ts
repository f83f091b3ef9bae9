// Owns the list of kinds of sources, how a kind is told from the text itself, and which reader each has. See topo-import.ts for
// the folder. Start at readSource.

import { InputError } from '../errors.ts'
import { nearestNames } from '../parse/nearest.ts'
import { readBatfishJson } from './batfish.ts'
import { readClabJson, readClabYaml } from './containerlab.ts'
import { readDotTopology } from './dot.ts'
import { readEapiJson, type Speaker } from './eapi.ts'
import { readEapiText } from './eapi-text.ts'
import { isObject, type JsonObject, type JsonText, objectOf, objectsOf, readJson, refuseWebPage } from './json-text.ts'
import { readLldpJson } from './lldp.ts'
import type { NetboxRecords } from './netbox.ts'
import { readNetqJson, readNetqTable } from './netq.ts'
import { type ImportKind, importKinds } from './options.ts'
import type { Reading } from './reading.ts'
import { readSflowRtJson, warnOfTwice } from './sflow-rt.ts'

/** A source's text, as it was saved or answered. */
export interface SourceText {
  readonly text: string
  /** File name, or `stdin`. */
  readonly source: string
  readonly speaker: Speaker
}

/**
 * Reads a text of one kind.
 * @param kind undefined: told from the text
 * @param netbox collects NetBox's pages, which make one reading together
 * @returns undefined for a page of NetBox
 * @throws InputError where it is of no kind that is known, or broken; where it is of another kind than was named, it says of which
 */
export function readSource(
  what: SourceText,
  kind: ImportKind | undefined,
  netbox: () => NetboxRecords,
): Reading | undefined {
  const { text, source } = what
  refuseWebPage(text, source)
  const json = isJson(text) ? readJson(text, source) : undefined
  if (kind === undefined) return readAs(what, json, guessKind(text, json, source), netbox)
  const likely = json === undefined ? kindOfPlain(text) : kindOfJson(json)
  const step = `It looks like ${likely}: sonde topo import ${likely} ${fileOf(source)}`
  try {
    // Records of others count as NetBox's that are of no use, and are told only when all pages were read.
    if (kind === 'netbox' && likely !== undefined && likely !== kind) {
      throw new InputError(`${source}: there are no records of NetBox.`)
    }
    const reading = readAs(what, json, kind, netbox)
    if (reading?.records === 0 && likely !== undefined && likely !== kind) {
      throw new InputError(`${source}: there is nothing of ${kind} in it.`)
    }
    return reading
  } catch (error) {
    if (!(error instanceof InputError) || likely === undefined || likely === kind) throw error
    throw new InputError(error.message, [step], { cause: error })
  }
}

/** As the command line names it. */
const fileOf = (source: string): string => (source === 'stdin' ? '-' : source)

function readAs(
  what: SourceText,
  json: JsonText | undefined,
  found: ImportKind,
  netbox: () => NetboxRecords,
): Reading | undefined {
  const reading = readForm(what, json, found, netbox)
  // sFlow-RT's reader warns itself, since --merge takes it alone.
  if (json !== undefined && json.twice.length > 0 && found !== 'sflow-rt')
    warnOfTwice(reading ?? netbox().reading, json)
  return reading
}

function readForm(
  { text, source, speaker }: SourceText,
  json: JsonText | undefined,
  found: ImportKind,
  netbox: () => NetboxRecords,
): Reading | undefined {
  if (json === undefined) return readPlain(text, source, speaker, found)
  switch (found) {
    case 'netq':
      return readNetqJson(json)
    case 'eapi':
      return readEapiJson(json, speaker)
    case 'netbox':
      netbox().add(json)
      return undefined
    case 'containerlab':
      // A lab file may be JSON, too, which is YAML.
      return isLabFile(json) ? readClabYaml(text, source) : readClabJson(json)
    case 'lldp':
      return readLldpJson(json, speaker)
    case 'batfish':
      return readBatfishJson(json)
    case 'sflow-rt':
      return readSflowRtJson(text, source)
    default:
      throw new InputError(`${source}: it is JSON, needed DOT: graph G { "leaf1":"swp1" -- "spine1":"swp1" }`)
  }
}

function readPlain(text: string, source: string, speaker: Speaker, kind: ImportKind): Reading {
  switch (kind) {
    case 'dot':
      return readDotTopology(text, source)
    case 'netq':
      return readNetqTable(text, source)
    case 'eapi':
      return readEapiText(text, source, speaker)
    case 'containerlab':
      return readClabYaml(text, source)
    default:
      // Fails, and says where.
      readJson(text, source)
      throw new InputError(`${source}: it is no JSON, needed the JSON of ${kind}.`)
  }
}

const isJson = (text: string): boolean => /^\ufeff?\s*[[{]/.test(text.slice(0, 4096))

function guessKind(text: string, json: JsonText | undefined, source: string): ImportKind {
  const kind = json === undefined ? kindOfPlain(text) : kindOfJson(json)
  if (kind !== undefined) return kind
  if (text.trim() === '') {
    throw new InputError(`${source} is empty.`, source === 'stdin' ? ['sonde topo import FILE reads a file.'] : [])
  }
  const near = nearestNames(source, importKinds, 1)
  const inside = json === undefined ? `it begins with ${JSON.stringify(firstWords(text))}` : outlineOf(json)
  throw new InputError(`${source}: of what kind it is can't be told from what is in it (${inside}).`, [
    `Kinds are ${importKinds.join(', ')}; docs/topology.md says what each needs.`,
    `Name the kind first: sonde topo import ${near[0] ?? 'KIND'} ${fileOf(source)}`,
  ])
}

/** Of a text that is shown in a message. */
const SHOWN = 40

function firstWords(text: string): string {
  return text.slice(0, 4096).trim().slice(0, SHOWN)
}

/** What a person sees of a JSON text at its top. */
function outlineOf({ value }: JsonText): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`
  if (!isObject(value)) return 'JSON'
  const names = Object.keys(value)
  if (names.length === 0) return 'an empty object'
  const shown = names.slice(0, 4).map((name) => JSON.stringify(name.slice(0, SHOWN)))
  return `an object with ${shown.join(', ')}${names.length > 4 ? ' ...' : ''}`
}

function kindOfPlain(text: string): ImportKind | undefined {
  if (/^(?:strict|graph|digraph)\b/i.test(text.slice(codeBegin(text)).slice(0, 16))) return 'dot'
  if (/^Hostname +Interface +Peer Hostname/m.test(text)) return 'netq'
  if (/Neighbor Device ID +Neighbor Port ID/.test(text)) return 'eapi'
  return /^topology:/m.test(text) ? 'containerlab' : undefined
}

/** Behind blanks and comments of DOT. By hand: a pattern for them would take exponential time. */
function codeBegin(text: string): number {
  let at = text.startsWith('\ufeff') ? 1 : 0
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at++
    const block = text.startsWith('/*', at)
    if (!block && text[at] !== '#' && !text.startsWith('//', at)) return at
    const end = text.indexOf(block ? '*/' : '\n', at)
    if (end < 0) return text.length
    at = end + (block ? 2 : 1)
  }
}

const isLabFile = ({ value }: JsonText): boolean => {
  const topology = isObject(value) ? objectOf(value, 'topology') : undefined
  return topology !== undefined && (Array.isArray(topology.links) || isObject(topology.nodes))
}

function kindOfJson(json: JsonText): ImportKind | undefined {
  const { value } = json
  if (Array.isArray(value)) return kindOfList(objectsOf(value))
  if (!isObject(value)) return undefined
  const { lldp } = value
  if (Array.isArray(value.edges)) return 'batfish'
  if (isObject(value.links)) return 'sflow-rt'
  if (Array.isArray(value.links) && isObject(value.nodes)) return 'containerlab'
  if (isLabFile(json)) return 'containerlab'
  if (value.lldpNeighbors !== undefined || value.jsonrpc !== undefined) return 'eapi'
  if (objectsOf(lldp).some(isNetq)) return 'netq'
  if (lldp !== undefined) return 'lldp'
  if (Array.isArray(value.results) || objectOf(value, 'data') !== undefined) return 'netbox'
  const members = Object.values(value).filter(isObject)
  const first = members[0]
  if (first === undefined) return isObject(value.nodes) ? 'sflow-rt' : undefined
  // Ports of one machine, or machines with their ports.
  const faces = [first, ...Object.values(first).filter(isObject)]
  if (faces.some((of) => of.iface_obj !== undefined || of.lldp !== undefined)) return 'lldp'
  if (members.some((of) => of.lldpNeighbors !== undefined || of.jsonrpc !== undefined || of.result !== undefined))
    return 'eapi'
  if (members.some((of) => Array.isArray(of.results))) return 'netbox'
  return isObject(value.nodes) ? 'sflow-rt' : undefined
}

const isNetq = (one: JsonObject): boolean =>
  ['peer_hostname', 'peerHostname', 'peer_ifname', 'peerIfname'].some((name) => name in one)

function kindOfList(list: readonly JsonObject[]): ImportKind | undefined {
  const first = list[0]
  if (first === undefined) return undefined
  if (list.some(isNetq)) return 'netq'
  if (list.some((one) => one.lldpNeighbors !== undefined || one.jsonrpc !== undefined)) return 'eapi'
  const isRecord =
    'a_terminations' in first || 'termination_a_type' in first || 'device' in first || 'device_type' in first
  return isRecord ? 'netbox' : undefined
}
