// Sources made to take time or memory, or to write to a terminal. Bounds are generous: a fault takes minutes, not seconds.

import assert from 'node:assert/strict'
import { mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { readJson } from '../../src/lib/topo-import/json-text.ts'
import { importTopology, withFiles } from './import.ts'

const n = 100_000
const nested = (depth: number): string => `graph { ${'{'.repeat(depth)} a ${'}'.repeat(depth)} }`
const group = (from: number, count: number): string =>
  `{ ${Array.from({ length: count }, (_, i) => `n${from + i}:1`).join(' ')} }`

const cases: readonly (readonly [what: string, text: () => string, message: RegExp])[] = [
  [
    'DOT: subgraphs that multiply',
    () => `graph { ${group(0, 2000)} -- ${group(2000, 2000)} }`,
    /:1: there are more than 250,000 edges/,
  ],
  [
    'DOT: the same, invisible',
    () => `graph { ${group(0, 2000)} -- ${group(2000, 2000)} [style=invis] }`,
    /more than 250,000 edges/,
  ],
  [
    'DOT: a chain of groups',
    () => `graph { ${Array.from({ length: 50 }, (_, i) => group(i * 100, 100)).join(' -- ')} }`,
    /more than 250,000 edges/,
  ],
  ['DOT: nesting', () => nested(n), /:1: subgraphs are nested more than 200 levels deep/],
  [
    'DOT: nested HTML that does not end',
    () => `graph { a [label=${'<'.repeat(n * 10)}`,
    /text begins with < and does not end/,
  ],
  [
    'DOT: a million nodes',
    () => `graph { ${Array.from({ length: 300_000 }, (_, i) => `a${i}`).join(';')} }`,
    /more than 200,000 nodes/,
  ],
  [
    'DOT: a name of a megabyte',
    () => `graph { "${'a'.repeat(1 << 20)}":1 -- b:1 }`,
    /the node name "a{30}\.\.\." has 1,048,576 characters/,
  ],
  ['DOT: comments', () => `${'#'.repeat(n)}\n${'/* */'.repeat(n)} graph {`, /the file ends inside a graph/],
  ['blanks without end', () => `${' '.repeat(n * 20)}x`, /of what kind it is can't be told/],
  ['JSON: nesting', () => '['.repeat(n), /:1: it is nested more than 100 levels deep/],
  ['JSON: many values', () => `[${'1,'.repeat(3_100_000)}1]`, /more than 3,000,000 values/],
  [
    'JSON: text that does not end',
    () => `{"links": "${'a'.repeat(n * 100)}`,
    /the file ends, needed the end of the text/,
  ],
  ['YAML: flow nesting', () => `topology: ${'['.repeat(n)}`, /nested more than 100 levels deep/],
  [
    'YAML: block nesting',
    () => `topology:\n${Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i + 1)}a:`).join('\n')}`,
    /a line is indented by 201 blanks|nested more than/,
  ],
  ['YAML: dashes', () => `topology:\n  ${'- '.repeat(n)}`, /nested more than 100 levels deep/],
  [
    'YAML: aliases that multiply',
    () =>
      `topology:\n  nodes: {}\n  links: []\n${Array.from({ length: 600 }, (_, i) => `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`).join('\n')}`,
    /more than 500 anchors and aliases/,
  ],
  ['YAML: many words', () => `topology: [${'a,'.repeat(400_000)}]`, /more than 600,000 words/],
  ['YAML: long', () => `topology: "${'a'.repeat(17 << 20)}"`, /more than 16 MiB/],
  [
    'DOT: two million names in quotes on one line',
    () => `graph {${'"a" '.repeat(n * 20)}"`,
    /:1: text begins with " and does not end/,
  ],
  [
    'NetQ table: a line of megabytes',
    () => `Hostname   Interface   Peer Hostname   Peer Interface\n${'a '.repeat(n * 10)}`,
    /:2: the line has 1,999,999 characters, needed a row of the table in at most 4,096/,
  ],
  [
    'eAPI table: a line of megabytes',
    () => `Port  Neighbor Device ID  Neighbor Port ID  TTL\n${'Et1  spine1  Et1  120  '.repeat(n)}`,
    /:2: the line has 2,299,998 characters, needed a row of the table/,
  ],
  ['JSON: a name of megabytes', () => `{"links": {"${'a'.repeat(n * 10)}": 1}}`, /links\["a{60}\.\.\."\] is a number/],
  [
    'JSON: one line',
    () =>
      `[${Array.from({ length: 300_000 }, (_, i) => `{"hostname":"a${i}","ifname":"1","peer_hostname":"b","peer_ifname":"${i}"}`).join()}]`,
    /:1: there are more than 200,000 nodes/,
  ],
  [
    'YAML: one line',
    () => `topology: {links: [${'{endpoints: ["a:1","b:1"]},'.repeat(n)}]}`,
    /more than 600,000 words/,
  ],
  ['not text', () => `graph { \0 }`, /is no text: it has bytes of value 0/],
]

for (const [what, text, message] of cases) {
  test(what, async () => {
    const start = performance.now()
    const { code, lines } = await withFiles({ 'x.txt': text() }, (path) => importTopology(undefined, [path]))
    assert.match(lines.join('\n').slice(0, 100_000), message)
    assert.equal(code, 2)
    assert.ok(performance.now() - start < 30_000)
  })
}

test('aliases within aliases are followed one at a time', async () => {
  const levels = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} {x: *a${i - 1}, y: *a${i - 1}}`)
    .join('\n')
    .replaceAll('*a-1', '1')
  const text = `${levels}\ntopology:\n  nodes: {leaf1: *a29, leaf2: *a29}\n  links:\n    - endpoints: ["leaf1:1", "leaf2:1"]\n`
  const { code, lines } = await withFiles({ 'x.yml': text }, (path) => importTopology(undefined, [path]))
  assert.equal(code, 0)
  assert.equal(lines.at(-1), 'containerlab: 1 link read, 2 nodes. 1 link kept.')
})

test('100 MB of one line is refused before it is read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-topo-'))
  try {
    const path = join(folder, 'x.json')
    writeFileSync(path, '[')
    writeSync(openSync(path, 'r+'), ']', 100_000_000)
    const before = process.memoryUsage().arrayBuffers
    const { code, lines } = await importTopology(undefined, [path])
    assert.equal(code, 2)
    assert.match(lines[0]!, /x.json has more than 64 MiB/)
    assert.ok(process.memoryUsage().arrayBuffers - before < 10_000_000)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('JSON: the same values as JSON.parse, and lines of objects', () => {
  const text =
    '\ufeff{"a": [1, -2.5e3, true, false, null, "x\\u00e9\\n\\"\\\\"],\r\n "b": {"": {}},\n"__proto__": {"c": 1}, "a b": [],\n "d": [{\n"e": 0}]}'
  const { value, lineOf } = readJson(text, 'x')
  assert.equal(JSON.stringify(value), JSON.stringify(JSON.parse(text.slice(1))))
  assert.equal(Object.getPrototypeOf(value), Object.prototype)
  void lineOf
  const read = readJson(text, 'x')
  const d = (read.value as unknown as { d: [Record<string, number>] }).d
  assert.equal(read.lineOf(d[0]), 4)
})

const faults: readonly (readonly [text: string, message: string])[] = [
  ['{"a": 1,\n "b" 2}', 'x:2: found "2}", needed ":". It is no JSON.'],
  ['{"a": 1,\n}', 'x:2: found "}", needed a name in quotes. It is no JSON.'],
  ['[1 2]', 'x:1: found "2]", needed "," or "]". It is no JSON.'],
  ['{"a": 01}', 'x:1: found "1}", needed "," or "}". It is no JSON.'],
  ['[truth]', 'x:1: found "truth]", needed a value. It is no JSON.'],
  ['["a\nb"]', 'x:1: found the line’s end, needed the end of the text that begins before it ("). It is no JSON.'],
  [
    '["\\x"]',
    'x:1: found "\\"\\\\x\\"]", needed text with JSON escapes (\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX). It is no JSON.',
  ],
  ['', 'x is empty, needed JSON.'],
  ['[1', 'x:1: the file ends, needed "," or "]". It is no JSON.'],
]

test('JSON: faults by their lines', () => {
  for (const [text, message] of faults) assert.throws(() => readJson(text, 'x'), { name: 'InputError', message })
})
