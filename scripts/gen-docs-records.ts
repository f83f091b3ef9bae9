// Writes docs/records.md: the NDJSON contract, every record with its fields, the drop reasons, the conflicts. Tables come
// from the declarations, prose from docs/src. With --check it writes nothing and fails where the file would change.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dropReasons } from '../src/lib/names/drop-reasons.ts'
import { counterRecords, flowRecords, sampleBodies } from '../src/lib/sflow/registry.ts'
import { sampleTypes } from '../src/lib/sflow/samples.ts'
import { type Field, fixedLength, type Kind } from '../src/lib/wire/kinds.ts'
import type { NameTable } from '../src/lib/wire/name-table.ts'
import { formatTag, type RecordType } from '../src/lib/wire/record.ts'
import { repositoryRoot, writeGenerated } from './generated-file.ts'
import { counterWitnesses, flowWitnesses, witnessNames } from './record-witnesses.ts'

/** Tables of at most this many names stand beside the field, longer ones in a section of their own. */
const INLINE_NAMES = 8

type Registry = ReadonlyMap<number, RecordType>

const cell = (text: string) => text.replaceAll('|', '\\|')
const code = (text: string) => `\`${text}\``

/** A Markdown table. `columns` are headings; one that starts with `>` is aligned right. */
function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  const heads = columns.map((x) => x.replace(/^>/, ''))
  const rule = `|${columns.map((x) => (x.startsWith('>') ? '--:' : '---')).join('|')}|`
  return [line(heads), rule, ...rows.map(line)].join('\n')
}

/** As GitHub makes it from a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')

const prose = (name: string) => readFileSync(join(repositoryRoot, 'docs/src', name), 'utf8').trim()

/** Type of a kind in the words of "Values" in docs/src/ndjson.md. */
function typeName(kind: Kind): string {
  switch (kind.kind) {
    case 'opaque':
      return 'bytes'
    case 'fixed':
      return `bytes[${fixedLength(kind)}]`
    case 'array':
      return `list of ${typeName(kind.of!)}`
    case 'struct':
      return 'structure'
    default:
      return kind.kind
  }
}

/** A field and, below it, the members of the structures in it: `adapters[].ifIndex`. */
function flatten(fields: readonly Field[], prefix = ''): { path: string; field: Field }[] {
  return fields.flatMap((field) => {
    const path = `${prefix}${field.name}`
    const list = field.kind.kind === 'array' ? '[]' : ''
    const of = field.kind.kind === 'array' ? field.kind.of! : field.kind
    return [{ path, field }, ...(of.kind === 'struct' ? flatten(of.fields!, `${path}${list}.`) : [])]
  })
}

const nameHeading = (names: NameTable) => `Names: ${names.title}`

function namesCell(names: NameTable | undefined): string {
  if (names === undefined) return ''
  if (names.entries.length <= INLINE_NAMES) return names.entries.map(([n, name]) => `${n} ${name}`).join(', ')
  return `[${names.title}](#${anchor(nameHeading(names))})`
}

/** `16 bytes`, `16 bytes or more`, `68 or 80 bytes`. */
function lengthOf(type: RecordType): string {
  if (type.opaque === true) return 'any'
  if (type.fields.some((x) => x.kind.size === undefined)) return `>= ${type.least}`
  const whole = type.fields.reduce((n, x) => n + x.kind.size!, 0)
  return whole === type.least ? String(whole) : `${type.least} or ${whole}`
}

const heading = (space: string, type: RecordType) => `${space} ${type.tag.join(':')} ${type.name}`

function witnesses(type: RecordType, letters: Readonly<Record<string, string>>): string {
  const known = letters[type.tag.join(':')]
  if (known === undefined) throw new Error(`no witnesses for ${type.name}: add it to scripts/record-witnesses.ts`)
  return [...known].map((letter) => witnessNames[letter]!).join(', ')
}

function index(space: string, registry: Registry, letters: Readonly<Record<string, string>>): string {
  return table(
    ['tag', 'name', '>bytes', 'source', 'seen in'],
    [...registry.values()].map((type) => {
      const marks = [type.deprecated === true ? 'deprecated' : '', type.opaque === true ? 'kept as bytes' : '']
      const remark = marks.filter((x) => x !== '').join(', ')
      return [
        type.tag.join(':'),
        `[${type.name}](#${anchor(heading(space, type))})${remark === '' ? '' : ` (${remark})`}`,
        lengthOf(type),
        type.source,
        witnesses(type, letters),
      ]
    }),
  )
}

function details(space: string, type: RecordType): string {
  const parts = [`### ${heading(space, type)}`, `Source: ${type.source}. Bytes: ${lengthOf(type)}.`]
  if (type.deprecated === true) parts.push('Deprecated.')
  if (type.notes !== undefined) parts.push(type.notes)
  if (type.optionalFrom !== undefined)
    parts.push(`Optional as a whole: ${code(type.optionalFrom)} and what follows it.`)
  const rows = flatten(type.fields).map(({ path, field }) => [
    code(path),
    typeName(field.kind),
    field.unit ?? '',
    field.doc,
    namesCell(field.names),
  ])
  if (rows.length > 0) parts.push(table(['field', 'type', 'unit', 'meaning', 'names'], rows))
  return parts.join('\n\n')
}

/** All long name tables that some field of these records refers to, once each. */
function longTables(types: readonly RecordType[]): NameTable[] {
  const all = types.flatMap((type) => flatten(type.fields).flatMap(({ field }) => field.names ?? []))
  return [...new Set(all)].filter((x) => x.entries.length > INLINE_NAMES).sort((a, b) => (a.title < b.title ? -1 : 1))
}

function nameSection(names: NameTable): string {
  const list = names.entries.map(([n, name]) => `${n} ${name}`).join(', ')
  return `### ${nameHeading(names)}\n\nSource: ${names.source}. Other values are possible and stay numbers.\n\n${list}`
}

const definedIn = { v5: 'sFlow version 5', drops: 'sflow_drops.txt', ext: 'host-sflow, sflowtool' } as const

function dropReasonSection(): string {
  const rows = dropReasons.map((x) => [
    String(x.code),
    x.name,
    x.group,
    definedIn[x.source],
    x.linux.join(', '),
    x.traps.join(', '),
  ])
  return [
    '## Drop reasons',
    'Values of `reason` in discarded packets and of an output whose format is 1. 0 to 255 are ICMP unreachable codes. The' +
      ' groups are ours, after the trap groups of devlink. The last two columns are how hsflowd comes to a reason: from Linux' +
      ' skb drop reasons (their prefix left out) and from devlink traps and trap groups. 33 and 36 are read as 332 and 366' +
      ' ([C1](#c1-drop-reasons-33-and-36)).',
    table(['>code', 'name', 'group', 'defined in', 'Linux drop reasons', 'devlink traps'], rows),
  ].join('\n\n')
}

function document(): string {
  const flow = [...flowRecords.values()]
  const counters = [...counterRecords.values()]
  const bodies = [...sampleBodies.values()]
  return [
    '<!-- Generated by scripts/gen-docs-records.ts from the declarations and docs/src. Do not edit: npm run gen. -->',
    '# Records',
    `What sonde reads and writes: ${sampleTypes.length} sample types, ${flow.length} flow records, ${counters.length} counter` +
      ` records of sFlow version 5, and ${dropReasons.length} drop reasons. A tag is enterprise:format. The bytes are those of` +
      ' a record\'s body. "Seen in" names programs that read or send the record with this layout.',
    prose('ndjson.md'),
    '## Sample types',
    table(
      ['tag', 'name', 'contents'],
      sampleTypes.map((x) => [
        formatTag(x.tag),
        x.name,
        x.records === '' ? 'fields, see below' : `list of ${x.records}`,
      ]),
    ),
    ...bodies.map((type) => details('Sample', type)),
    '## Flow records',
    index('Flow', flowRecords, flowWitnesses),
    '## Counter records',
    index('Counter', counterRecords, counterWitnesses),
    '## Fields of flow records',
    ...flow.map((type) => details('Flow', type)),
    '## Fields of counter records',
    ...counters.map((type) => details('Counter', type)),
    '## Names of values',
    ...longTables([...flow, ...counters, ...bodies]).map(nameSection),
    dropReasonSection(),
    prose('conflicts.md'),
    prose('line-format.md'),
    prose('summary.md'),
  ].join('\n\n')
}

writeGenerated('docs/records.md', `${document()}\n`)
