// Owns what Arista's command line prints: the table of show lldp neighbors, of one switch or, with prompts between, of several.
// See topo-import.ts for the folder; JSON is in eapi.ts.

import { InputError } from '../errors.ts'
import { finishEapi, isSwitch, type Speaker, warnOfGuess } from './eapi.ts'
import { addNeighbour } from './lldp-records.ts'
import { Reading } from './reading.ts'
import { readColumns } from './text-table.ts'

/** The prompt `leaf1#show lldp` or `leaf1(config)>`, or what show hostname prints. */
const speakerPattern = /^(?:([\w.-]+)(?:\([\w-]+\))?[#>]\s*\S|Hostname:\s*([\w.-]+)\s*$)/
const fqdnPattern = /^FQDN:\s*([\w.-]+)\s*$/

/** EOS shortens names of ports in tables and nowhere else. */
const shortNames: readonly (readonly [RegExp, string])[] = [
  [/^Et(?=\d)/, 'Ethernet'],
  [/^Ma(?=\d)/, 'Management'],
  [/^Po(?=\d)/, 'Port-Channel'],
]

/**
 * Reads the tables of show lldp neighbors. Whose they are is told by a prompt or by show hostname before them, else by `speaker`.
 * @throws InputError where there is no such table
 */
export function readEapiText(text: string, source: string, speaker: Speaker): Reading {
  const reading = new Reading('eapi', source, 'neighbours')
  const rows = readColumns(text, source, ['Port', 'Neighbor Device ID', 'Neighbor Port ID'])
  if (rows === undefined) {
    throw new InputError(
      `${source}: there is no table of show lldp neighbors, needed the columns Port, Neighbor Device ID and Neighbor Port ID.`,
      ['JSON tells more: show lldp neighbors detail | json'],
    )
  }
  const speakers = speakersOf(text, reading)
  let next = 0
  let name: string | undefined
  for (const { cells, line } of rows) {
    for (; next < speakers.length && speakers[next]!.line <= line; next++) name = speakers[next]!.name
    if (name === undefined) {
      name = speaker.name
      if (speaker.guessed) warnOfGuess(reading, line, name)
    }
    const [port = '', peer = '', peerPort = ''] = cells
    reading.records++
    isSwitch(reading, name, line)
    if (port === '' || peer === '') reading.leave('without a name')
    else addNeighbour(reading, { node: name, port: longName(port), peer, peerPort: peerPort || undefined, line })
  }
  return finishEapi(reading)
}

function speakersOf(text: string, reading: Reading): { name: string; line: number }[] {
  const speakers: { name: string; line: number }[] = []
  for (const [at, line] of text.split('\n').entries()) {
    const match = speakerPattern.exec(line)
    if (match !== null) speakers.push({ name: match[1] ?? match[2]!, line: at + 1 })
    const fqdn = fqdnPattern.exec(line)?.[1]
    const name = speakers.at(-1)?.name
    if (fqdn !== undefined && name !== undefined && fqdn !== name) reading.aliases.set(fqdn, name)
  }
  return speakers
}

function longName(port: string): string {
  for (const [short, long] of shortNames) if (short.test(port)) return port.replace(short, long)
  return port
}
