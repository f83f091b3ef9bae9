// Owns whether two values are the same: by number or bytes where their forms are alike, else as text. Start at equalValues.

import type { Value } from '../attributes/attribute.ts'
import { asAddress } from '../attributes/combine.ts'
import type { Scope } from '../attributes/scope.ts'
import { asText, sameBytes } from './as-text.ts'

const isAddress = (value: Value) =>
  value.form === 'ipv4' || value.form === 'ipv6' || (value.form === 'address' && value.names === undefined)

/** A JavaScript condition that is right where both are there. */
export function equalValues(scope: Scope, a: Value, b: Value): string {
  const direct = sameForm(a, b)
  if (direct !== undefined) return direct
  if (isAddress(a) && isAddress(b)) {
    const x = asAddress(scope, a)
    const y = asAddress(scope, b)
    const same = scope.code.constant('F', sameAddress)
    return `${same}(${x.kind},${x.view},${x.at},${y.kind},${y.view},${y.at})`
  }
  const x = asText(scope, a)
  const y = asText(scope, b)
  const same = scope.code.constant('F', sameBytes)
  return `${same}(${x.bytes},${x.at},${x.length},${y.bytes},${y.at},${y.length})`
}

function sameForm(a: Value, b: Value): string | undefined {
  if (a.form === 'number' && b.form === 'number') return `${a.value}===${b.value}`
  if (a.form === 'bool' && b.form === 'bool') return `${a.value}===${b.value}`
  if (a.form === 'bits' && b.form === 'bits' && a.width === b.width) return `${a.value}===${b.value}`
  if (a.form === 'name' && b.form === 'name' && a.names === b.names) return `${a.value}===${b.value}`
  if (a.form === 'label' && b.form === 'label' && a.labels === b.labels) return `${a.value}===${b.value}`
  if (a.form === 'u64' && b.form === 'u64') return `${a.hi}===${b.hi}&&${a.lo}===${b.lo}`
  if (a.form === 'ipv4' && b.form === 'ipv4') return `d.getUint32(${a.at})===d.getUint32(${b.at})`
  if (a.form === 'mac' && b.form === 'mac' && a.colons === b.colons) {
    return `d.getUint32(${a.at})===d.getUint32(${b.at})&&d.getUint16(${a.at}+4)===d.getUint16(${b.at}+4)`
  }
  if (a.form === 'interface' && b.form === 'interface') return `${a.format}===${b.format}&&${a.value}===${b.value}`
  if (a.form === 'source' && b.form === 'source') return `${a.type}===${b.type}&&${a.index}===${b.index}`
  return undefined
}

/** Whether two addresses of any kind are the same. Called by generated code. */
function sameAddress(aKind: number, a: DataView, aAt: number, bKind: number, b: DataView, bAt: number): boolean {
  if (aKind !== bKind) return false
  if (aKind === 4) return a.getUint32(aAt) === b.getUint32(bAt)
  const words = aKind === 6 ? 4 : 1
  for (let i = 0; i < words; i++) if (a.getUint32(aAt + i * 4) !== b.getUint32(bAt + i * 4)) return false
  return aKind === 6 || a.getUint16(aAt + 4) === b.getUint16(bAt + 4)
}
