import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { counterRecords, flowRecords, sampleBodies } from '../../src/lib/sflow/registry.ts'
import { type Field, fixedLength, type Kind } from '../../src/lib/wire/kinds.ts'
import { formatTag, type RecordType, tagValue } from '../../src/lib/wire/record.ts'
import { sharedPath } from '../helpers/shared.ts'
import { type Layout, type LayoutField, skip, vectors } from './vectors.ts'

/** Records whose layout is disputed: their names are declared, their bodies stay bytes. */
const opaqueFlowRecords = ['0:2201', '4300:3', '43874:1']

/** Records of sonde's own are in no published layout. */
const OWN_ENTERPRISE = 32473

/** Members of an array's element that vectors.json names as a structure of its own. */
type Shape = string | Shape[] | { name: string; type: Shape }

const scalars: Partial<Record<Kind['kind'], string>> = {
  u32: 'u32',
  i32: 'i32',
  u64: 'u64',
  f32: 'f32',
  mac: 'mac',
  ipv4: 'ip4',
  ipv6: 'ip6',
  address: 'address',
  opaque: 'opaque<>',
  string: 'string<>',
  records: 'flow_record[]',
}

/** A declared field in the notation of vectors.json; a structure as the list of its members. */
function declaredShape(field: Field): { name: string; type: Shape } {
  return { name: field.name, type: kindShape(field.kind, field.unit) }
}

function kindShape(kind: Kind, unit: string | undefined): Shape {
  // vectors.json has a type of its own for percentages; we have u32 with that unit.
  if (kind.kind === 'u32' && unit === 'hundredths of a percent') return 'pct'
  if (kind.kind === 'fixed') return `opaque[${fixedLength(kind)}]`
  if (kind.kind === 'array') {
    const of = kindShape(kind.of!, unit)
    return typeof of === 'string' ? `${of}[]` : [of]
  }
  if (kind.kind === 'struct') return kind.fields!.map(declaredShape)
  return scalars[kind.kind] ?? `no type for ${kind.kind}`
}

/** A field of vectors.json in the same form; the maximum of a string does not matter (C24). */
function layoutShape(field: LayoutField): { name: string; type: Shape } {
  const { name, type } = field
  const members = type.endsWith('[]') ? vectors!.layouts.substructs[type.slice(0, -2)] : undefined
  if (members !== undefined) return { name, type: [members.map(layoutShape)] }
  return { name, type: type.replace(/^string<\d*>/, 'string<>') }
}

const suites = [
  { kind: 'flow', registry: flowRecords, count: 71, opaque: opaqueFlowRecords },
  { kind: 'counter', registry: counterRecords, count: 50, opaque: [] as string[] },
] as const

for (const { kind, registry, count, opaque } of suites) {
  describe(`${kind} records`, () => {
    test(`are ${count}, all listed under their own tag`, () => {
      assert.equal(registry.size, count)
      for (const [tag, type] of registry) assert.equal(tag, tagValue(type.tag))
    })

    test('are the tags and names of the layouts, in the same order', { skip }, () => {
      const declared = [...registry.values()]
        .filter((x) => x.tag[0] !== OWN_ENTERPRISE)
        .map((x) => `${x.tag.join(':')} ${x.name}`)
      const wanted = vectors!.layouts[kind].map((x) => `${x.enterprise}:${x.format} ${x.name}`)
      assert.deepEqual(declared, wanted)
    })

    test('only those with a disputed layout are opaque', () => {
      const found = [...registry].filter(([, type]) => type.opaque === true).map(([tag]) => formatTag(tag))
      assert.deepEqual(found, [...opaque])
    })

    for (const layout of vectors?.layouts[kind] ?? []) {
      const tag = `${layout.enterprise}:${layout.format}`
      if (opaque.includes(tag)) continue
      test(`${tag} ${layout.name} has the fields of its layout`, () => {
        const type = registry.get(tagValue([layout.enterprise, layout.format]))!
        assert.deepEqual(type.fields.map(declaredShape), layout.fields.map(layoutShape))
      })
    }

    test('every field has a clause of documentation, every record a source', () => {
      for (const type of registry.values()) {
        assert.notEqual(type.source, '', type.name)
        for (const field of type.fields) assert.notEqual(field.doc, '', `${type.name}.${field.name}`)
      }
    })
  })
}

test('the text samples and the Foundry sample are declared apart', () => {
  assert.deepEqual(
    [...sampleBodies].map(([tag, type]) => `${formatTag(tag)} ${type.name}`),
    ['1991:1 foundry_acl', '4300:1002 rtmetric', '4300:1003 rtflow'],
  )
})

test('optional tails are those of host_cpu and jvm_statistics', () => {
  const found = [...flowRecords.values(), ...counterRecords.values()]
    .filter((x: RecordType) => x.optionalFrom !== undefined)
    .map((x) => `${x.tag.join(':')} ${x.name} ${x.optionalFrom}`)
  assert.deepEqual(found, ['0:2003 host_cpu cpu_steal', '0:2106 jvm_statistics fd_open_count'])
})

/** Rows `| 0:1 | sampled_header | >=16 | T H |` of the two index tables. */
function indexSizes(markdown: string, section: string): Map<string, { name: string; bytes: string }> {
  const text = markdown.slice(
    markdown.indexOf(`### ${section} Index`),
    markdown.indexOf('### ', markdown.indexOf(`### ${section} Index`) + 4),
  )
  const rows = text.matchAll(/^\| (\d+:\d+) \| (\S+)[^|]* \| ([\d>=]+) \|/gm)
  return new Map([...rows].map(([, tag, name, bytes]) => [tag!, { name: name!, bytes: bytes! }]))
}

const sflow5 = sharedPath('spec/sflow5.md')

test('lengths are those of the index tables of sflow5.md', {
  skip: sflow5 === undefined && '../shared/spec/sflow5.md is not there',
}, () => {
  const markdown = readFileSync(sflow5!, 'utf8')
  /** The tables give the long form of counter records with an optional tail. */
  const shortForms = new Map([
    ['host_cpu', 68],
    ['jvm_statistics', 100],
  ])
  for (const { section, registry, opaque } of [
    { section: '2.1', ...suites[0] },
    { section: '3.1', ...suites[1] },
  ]) {
    const sizes = indexSizes(markdown, section)
    const published = [...registry].filter(([, type]) => type.tag[0] !== OWN_ENTERPRISE)
    assert.equal(sizes.size, published.length)
    for (const [value, type] of published) {
      const tag = formatTag(value)
      const { name, bytes } = sizes.get(tag)!
      assert.equal(type.name, name)
      if (opaque.includes(tag)) continue
      const variable = type.fields.some((x) => x.kind.size === undefined)
      const least = shortForms.get(type.name) ?? Number(bytes.replace('>=', ''))
      assert.deepEqual({ tag, variable, least: type.least }, { tag, variable: bytes.startsWith('>='), least })
    }
  }
})

/** Tags that no vector and no capture shows. Their bodies stay bytes, or have a row in `pmacct` of vectors.test.ts. */
const withoutVector = ['4300:3', '43874:1', '43874:2']

test('every tag has a record vector', { skip }, () => {
  const seen = (kind: 'flow' | 'counter') =>
    new Set(
      vectors!.record_vectors
        .filter((x) => x.kind === kind)
        .map((x) => x.expected.samples[0]!.records![0]!)
        .map((x) => `${x.enterprise}:${x.format}`),
    )
  const missing = (layouts: Layout[], tags: Set<string>) =>
    layouts.map((x) => `${x.enterprise}:${x.format}`).filter((tag) => !tags.has(tag))
  assert.deepEqual(missing(vectors!.layouts.flow, seen('flow')), withoutVector)
  assert.deepEqual(missing(vectors!.layouts.counter, seen('counter')), [])
  assert.equal(vectors!.record_vectors.length, 119)
})
