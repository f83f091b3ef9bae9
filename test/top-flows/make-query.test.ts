// What flags, recipes and definitions come to.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readFlowDefinition } from '../../src/lib/expression/flow-definition.ts'
import { makeQuery, type QueryFlags, recipeQuery } from '../../src/lib/top-flows/make-query.ts'
import { parseQuery, type Query } from '../../src/lib/top-flows/query.ts'
import { recipes } from '../../src/lib/top-flows/recipes.ts'

const none: QueryFlags = {
  keys: undefined,
  value: undefined,
  filter: undefined,
  recipe: undefined,
  top: undefined,
  window: undefined,
  every: undefined,
  smooth: undefined,
  by: undefined,
  agg: undefined,
  dropped: false,
}
const defaults: Query = {
  keys: 'src,dst',
  titles: undefined,
  values: 'bytes,frames',
  filter: '',
  dropped: false,
  agg: undefined,
  by: undefined,
  recipe: undefined,
  top: 20,
  windowMs: 'all',
  smoothMs: undefined,
}
const definition = (json: object) => readFlowDefinition(JSON.stringify(json), 'flow.json')

describe('makeQuery', () => {
  test('nothing given: a capture is one window, live input has many', () => {
    assert.deepEqual(makeQuery(none, undefined, true), defaults)
    assert.deepEqual(makeQuery(none, undefined, false), { ...defaults, windowMs: 10_000 })
  })

  test('a recipe, and what is given beside it', () => {
    assert.deepEqual(makeQuery({ ...none, recipe: 'qp', filter: 'src=10.0.0.1', top: 3 }, undefined, true), {
      ...defaults,
      keys: 'src,dst,ibbtdestqp',
      filter: '(ibbt_offset!=null)&(src=10.0.0.1)',
      recipe: 'qp',
      top: 3,
    })
    const own = makeQuery({ ...none, recipe: 'vlans', keys: 'vlan,src' }, undefined, true)
    assert.deepEqual([own.keys, own.titles], ['vlan,src', undefined])
  })

  test('a definition: t is smoothing unless a window is asked for, n is top, dropped and aggMode count', () => {
    const flow = definition({
      keys: ['src', 'dst'],
      value: 'fps',
      filter: 'vlan=1',
      n: 7,
      t: 0.5,
      dropped: true,
      aggMode: 'edge',
    })
    assert.deepEqual(makeQuery(none, flow, false), {
      ...defaults,
      values: 'fps',
      filter: 'vlan=1',
      top: 7,
      smoothMs: 500,
      windowMs: 1000,
      dropped: true,
      agg: 'edge',
    })
    const window = makeQuery({ ...none, window: 5000, filter: 'priority=1' }, flow, false)
    assert.deepEqual([window.smoothMs, window.windowMs, window.filter], [undefined, 5000, '(vlan=1)&(priority=1)'])
  })

  test('--smooth: --every says how often', () => {
    const { smoothMs, windowMs } = makeQuery({ ...none, smooth: 2000, every: 250 }, undefined, true)
    assert.deepEqual([smoothMs, windowMs], [2000, 250])
  })

  test('what does not go together', () => {
    assert.throws(() => makeQuery({ ...none, recipe: 'qp' }, definition({ keys: 'src' }), true), /--recipe and --flow/)
    assert.throws(() => makeQuery({ ...none, smooth: 1, window: 1 }, undefined, true), /--smooth and --window/)
    assert.throws(() => makeQuery({ ...none, recipe: 'talker' }, undefined, true), /Did you mean talkers\?/)
  })
})

describe('recipes', () => {
  for (const { name, titles } of recipes) {
    test(`${name} is understood`, () => {
      const { keys, values } = parseQuery(recipeQuery(name, defaults))
      assert.ok(values.length > 0)
      assert.equal(titles?.length ?? keys.length, keys.length)
    })
  }
})
