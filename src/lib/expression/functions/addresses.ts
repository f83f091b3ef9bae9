// Owns the functions of addresses: mask, group. Start at addressFunctions.

import { asAddress } from '../../attributes/combine.ts'
import { didYouMean } from '../../parse/nearest.ts'
import { ConstantLabels } from '../constant.ts'
import type { GroupSet } from '../data.ts'
import type { KeyFunction } from '../syntax.ts'

export const anAddress = {
  name: 'address',
  kind: 'expression',
  accepts: ['ipv4', 'ipv6', 'address'],
  needs: 'an IP address',
} as const

const V4_BITS = 32
const V6_BITS = 128
/** Where an address is masked to: four words. */
const ADDRESS_BYTES = 16

/** Writes the first `bits` bits of an address of `words` words, the rest zero. Called by generated code. */
function maskWords(from: DataView, at: number, to: DataView, words: number, bits: number): void {
  for (let i = 0; i < words; i++) {
    const left = Math.min(V4_BITS, Math.max(0, bits - i * V4_BITS))
    to.setUint32(i * 4, left === 0 ? 0 : from.getUint32(at + i * 4) & (0xffffffff << (V4_BITS - left)))
  }
}

/** Number of the first group of several sets that has an address; groups of one name have one number. */
class GroupFinder {
  readonly names: readonly string[]
  readonly #sets: readonly { readonly set: GroupSet; readonly labels: Int32Array }[]

  constructor(sets: readonly GroupSet[]) {
    const numbers = new Map<string, number>()
    for (const { names } of sets) for (const name of names) if (!numbers.has(name)) numbers.set(name, numbers.size)
    this.names = [...numbers.keys()]
    this.#sets = sets.map((set) => ({ set, labels: Int32Array.from(set.names, (name) => numbers.get(name) ?? -1) }))
  }

  /** -1 where the address is missing, a MAC address, or in no group. */
  find(kind: number, view: DataView, at: number): number {
    if (kind < 4) return -1
    for (const { set, labels } of this.#sets) {
      const found =
        kind === 4
          ? set.find4(view.getUint32(at))
          : set.find6(view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12))
      if (found >= 0) return labels[found]!
    }
    return -1
  }
}

export const addressFunctions: readonly KeyFunction[] = [
  {
    name: 'mask',
    family: 'addresses',
    parameters: [
      anAddress,
      { name: 'bits', kind: 'number', from: 0, to: V6_BITS },
      { name: 'bits6', kind: 'number', from: 0, to: V6_BITS, optional: true },
    ],
    doc: 'the network of an address: its first bits, the rest zero; bits6 is for IPv6 where both come',
    example: 'mask:ipsource:24',
    gives: '10.1.0.0',
    emit(call) {
      const value = asAddress(call.scope, call.value(0))
      const bits = call.number(1)
      const bits6 = call.args.length > 2 ? call.number(2) : bits
      if (call.args.length > 2 && bits > V4_BITS) call.fail(1, `IPv4 has ${V4_BITS} bits.`)
      const { scope } = call
      const view = scope.code.constant('V', new DataView(new ArrayBuffer(ADDRESS_BYTES)))
      const mask = scope.code.constant('F', maskWords)
      const kind = scope.local(`${value.kind}>=4?${value.kind}:0`)
      const four = `${mask}(${value.view},${value.at},${view},1,${Math.min(bits, V4_BITS)})`
      scope.statement(
        `if(${kind}===4)${four};else if(${kind}===6)${mask}(${value.view},${value.at},${view},4,${bits6});`,
      )
      return { form: 'address', kind, at: '0', view }
    },
  },
  {
    name: 'group',
    family: 'addresses',
    parameters: [anAddress, { name: 'set', kind: 'text', repeated: true }],
    doc: 'the group that holds an address, by longest prefix; of several sets the first that has one; missing where none has',
    example: 'group:ipsource:sites',
    gives: 'office',
    flag: '--groups FILE',
    emit(call) {
      const { scope, data } = call
      const { kind, view, at } = asAddress(scope, call.value(0))
      const sets = call.args.slice(1).map((_, i) => {
        const name = call.text(i + 1)
        const set = data?.groups.get(name)
        if (set !== undefined || data === undefined) return set
        if (data.groups.size === 0) return call.lacking('sets of groups')
        const meant = didYouMean(name, data.groups.keys())
        return call.fail(
          i + 1,
          `there is no set of groups "${name}". ${meant ?? `There is ${[...data.groups.keys()].slice(0, 8).join(', ')}.`}`,
        )
      })
      const finder = new GroupFinder(sets.filter((x) => x !== undefined))
      const find = scope.code.constant('G', finder)
      const value = scope.local(`${find}.find(${kind},${view},${at})`)
      return { form: 'label', value, labels: new ConstantLabels(...finder.names) }
    },
  },
]
