import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { devlinkTraps, ignoredTraps, linuxReasons } from '../../src/lib/names/drop-reason-choice.ts'
import { dropReasonCode, dropReasonName, dropReasons } from '../../src/lib/names/drop-reasons.ts'
import { skip, vectors } from './vectors.ts'

describe('drop reasons', { skip }, () => {
  test('are the 133 of vectors.json', () => {
    const wanted = vectors!.drop_reasons.map((x) => ({
      code: x.code,
      name: x.name,
      group: x.category,
      source: x.defined_in,
      linux: x.linux_reasons,
      traps: x.devlink_traps,
    }))
    assert.equal(dropReasons.length, 133)
    assert.deepEqual(dropReasons, wanted)
  })

  test('codes printed in the headers have the name too, names give the right code', () => {
    for (const { code, name, wire_code_in_headers } of vectors!.drop_reasons) {
      assert.equal(dropReasonName(code), name)
      assert.equal(dropReasonName(wire_code_in_headers), name)
      assert.equal(dropReasonCode(name), code)
    }
  })

  test('Linux reasons lead where hsflowd leads them', () => {
    const NOT_SENT = -1
    const wanted = Object.entries(vectors!.linux_reason_map).map(([reason, name]) => [
      reason,
      name === '' ? NOT_SENT : vectors!.drop_reasons.find((x) => x.name === name)!.code,
    ])
    assert.deepEqual(Object.fromEntries(linuxReasons), Object.fromEntries(wanted))
    assert.equal(linuxReasons.size, 75)
  })

  test('devlink traps lead where hsflowd leads them, or nowhere', () => {
    const entries = Object.entries(vectors!.devlink_trap_map)
    const wanted = entries
      .filter(([, name]) => name !== null)
      .map(([trap, name]) => [trap, vectors!.drop_reasons.find((x) => x.name === name)!.code])
    assert.deepEqual(Object.fromEntries(devlinkTraps), Object.fromEntries(wanted))
    const ignored = entries.filter(([, name]) => name === null).map(([trap]) => trap)
    assert.deepEqual([...ignoredTraps].sort(), ignored.sort())
  })
})
