import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attributes, attributesByName } from '../../src/lib/attributes/table.ts'
import { exactNumbers } from '../helpers/json.ts'
import { counters, flow, readCsv, readJson } from './build.ts'
import { cases } from './cases.ts'

test('every attribute gives what its cases say, as JSON and as a CSV cell', () => {
  for (const { of, name, sample, json, csv } of cases) {
    assert.equal(exactNumbers(readJson(sample, name)), json, `${name} of ${of}`)
    assert.equal(readCsv(sample, name), csv, `CSV of ${name} of ${of}`)
  }
})

test('every attribute has a case with a value', () => {
  const proved = new Set(cases.filter(({ json }) => json !== null).map(({ name }) => name))
  assert.deepEqual(
    attributes.map((x) => x.name).filter((name) => !proved.has(name)),
    [],
  )
})

test('without its record an attribute is missing', () => {
  const ofSample = new Set(['direction', 'inputifindex', 'outputifindex', 'samplingrate', 'samplepool', 'frames'])
  for (const { name, generic } of attributes) {
    if (generic) continue
    assert.equal(readJson(counters([]), name), 'null', `${name} of an empty counter sample`)
    if (!ofSample.has(name)) assert.equal(readJson(flow([]), name), 'null', `${name} of an empty flow sample`)
  }
})

test('names are lower case and documentation is one clause', () => {
  for (const [name] of attributesByName) assert.match(name, /^[a-z0-9][a-z0-9_.]*$/)
  for (const { name, doc } of attributes) {
    assert.match(name, /^[a-z0-9_]+$/)
    assert.match(doc, /^\S.*[^.\s]$/, name)
  }
})
