// Field expressions and declarations: what attributes compile gives what the interpreter reads.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { layerCode } from '../../src/lib/packet/compile-layer.ts'
import { fieldExpression } from '../../src/lib/packet/field-code.ts'
import { layersOf } from '../../src/lib/packet/full.ts'
import { LAYER_IDS, LayerId } from '../../src/lib/packet/layer-ids.ts'
import { layers, layerTypes } from '../../src/lib/packet/layers.ts'
import { malformed, malformedReasons } from '../../src/lib/packet/malformed.ts'
import type { Packet } from '../../src/lib/packet/packet.ts'
import { dissectHex } from './frames.ts'
import { seeds } from './headers.ts'

/** Value of a field by its generated expression, in the first layer that has it; undefined where it isn't. */
function evaluate(packet: Packet, name: string): unknown {
  for (const { layer, code, when, type } of fieldExpression(name)) {
    const index = packet.find(layer)
    if (index < 0) continue
    const read = new Function('d', 'o', 'l', `return ${when}?${code}:undefined`)
    const value: unknown = read(packet.view, packet.offset[index]!, packet.limit[index]!)
    if (value === undefined) continue
    return type === 'u64' ? packet.view.getBigUint64(Number(value)) : value
  }
  return undefined
}

describe('fieldExpression', () => {
  it('gives the code of a plain field', () => {
    const [ttl, ...more] = fieldExpression('ip.ttl')
    assert.deepEqual(more, [])
    assert.equal(ttl?.layer, LayerId.ip)
    assert.equal(ttl?.code, 'd.getUint8(o+8)')
    assert.equal(ttl?.when, 'l-o>=9')
    assert.equal(ttl?.size, 1)
  })
  it('gives the offset of an address', () => {
    const [source] = fieldExpression('ipv6.src')
    assert.equal(source?.code, 'o+8')
    assert.equal(source?.when, 'l-o>=24')
    assert.equal(source?.type, 'ipv6')
  })
  it('gives one expression for each place', () => assert.equal(fieldExpression('ppp.protocol').length, 4))
  it('finds flags that are not written', () =>
    assert.equal(fieldExpression('tcp.flags.syn')[0]?.code, '(d.getUint8(o+13)&2)!==0'))
  it('knows no other names', () => assert.deepEqual(fieldExpression('ip.nonsense'), []))

  for (const { name, hex, protocol } of seeds) {
    it(`${name}: every number is what the interpreter reads, whole and cut`, () => {
      for (const length of [hex.length, hex.length - 10, hex.length >> 1]) {
        const packet = dissectHex(hex.slice(0, length & ~1), protocol)
        const seen = new Set<string>()
        for (const { layer, fields, quoted } of layersOf(packet)) {
          // Only the first layer of each kind, as evaluate() looks there.
          if (seen.has(layer) || quoted) continue
          seen.add(layer)
          for (const type of layerTypes.filter((x) => x.name === layer)) {
            for (const field of type.fields) {
              if (field.hidden || ['mac', 'ipv4', 'ipv6', 'bytes'].includes(field.type)) continue
              if (layerTypes.some((x) => x !== type && x.fields.some((y) => y.name === field.name))) continue
              assert.equal(evaluate(packet, field.name), fields[field.name], field.name)
            }
          }
        }
      }
    })
  }
})

describe('declarations', () => {
  it('fill the chain table', () => {
    assert.deepEqual(
      layers.map((x) => x?.id ?? 0),
      Array.from({ length: LAYER_IDS }, (_, i) => i),
    )
    assert.equal(Object.keys(LayerId).length, LAYER_IDS)
  })
  it('have names of their own', () => assert.equal(new Set(layerTypes.map((x) => x.name)).size, layerTypes.length))
  it('have tokens of at most 8 lower-case letters and digits', () => {
    for (const { token } of layerTypes) assert.match(token, /^[a-z0-9]{0,8}$/)
  })
  it('name every reason', () => assert.equal(Object.keys(malformed).length, malformedReasons.length))
  it('generate code that names itself', () => {
    for (const type of layerTypes) assert.ok(layerCode(type).endsWith(`//# sourceURL=codec/${type.name}.layer.js`))
  })
  it('give every field and source a word of documentation', () => {
    for (const { name, source, title, fields, variable } of layerTypes) {
      assert.ok(source !== '' && title !== '', name)
      for (const field of [...fields, ...variable]) assert.ok(field.doc.length > 1, field.name)
    }
  })
})
