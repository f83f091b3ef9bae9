// Owns the function body into which attributes emit their code: shared look-ups (layers, records, locals) are emitted
// once, whoever asks. Knows no attribute. Start at Scope.

import { LayerId } from '../packet/layer-ids.ts'
import { sampled_header } from '../sflow/records/version-5.ts'
import { SampleKind } from '../sflow/samples.ts'
import { Code } from '../wire/emit.ts'
import { formatTag, type RecordType, tagValue } from '../wire/record.ts'
import { slotOf } from './context.ts'

/** A layer in generated code; `at` is negative where the packet has no such layer. */
export interface LayerPlace {
  /** First byte. */
  readonly at: string
  /** One past its last byte that is here. */
  readonly limit: string
  /** Its LayerId, 0 where it is not there. */
  readonly id: string
  /** Its index in the packet. */
  readonly index: string
}

interface Wanted extends LayerPlace {
  readonly ids: readonly number[]
  readonly nth: number
  readonly counter: string
}

/** What an attribute is read from, for the documentation. */
export type Need = 'datagram' | 'sample' | 'packet' | `flow record ${string}` | `counter record ${string}`

/*
 * Names in scope of generated code: `x` SampleView, `w` its Walker, `s` and `d` the datagram as bytes and DataView,
 * `kind` the SampleKind (0 where the sample is broken: its fields are then another sample's), `k` the Packet, and the
 * constants and locals made here.
 */
export class Scope {
  /** Constants that the code closes over. */
  readonly code: Code
  readonly needs = new Set<Need>()
  readonly #wanted = new Map<string, Wanted>()
  readonly #records = new Map<RecordType, { name: string; flow: boolean; instead: boolean }>()
  readonly #locals = new Map<string, string>()
  readonly #body: string[] = []

  constructor(code: Code = new Code()) {
    this.code = code
  }

  /** A local that holds `expression`; the same expression gives the same local. */
  local(expression: string): string {
    const known = this.#locals.get(expression)
    if (known !== undefined) return known
    const name = this.code.name('e')
    this.#locals.set(expression, name)
    this.#body.push(`const ${name}=${expression};`)
    return name
  }

  /** A name for a local that `statement` declares. */
  name(prefix: string): string {
    return this.code.name(prefix)
  }

  /** Statements in the order of emission: those before them have run, locals emitted before are known. */
  statement(text: string): void {
    this.#body.push(text)
  }

  /** The `nth` layer, from 0, whose number is one of `ids`. */
  layer(ids: readonly number[], nth: number): LayerPlace {
    this.needs.add('packet')
    const key = `${ids.join()}:${nth}`
    let wanted = this.#wanted.get(key)
    if (wanted === undefined) {
      const at = this.code.name('at')
      const index = `i${at}`
      const id = ids.length === 1 ? `(${at}<0?0:${ids[0]})` : `id${at}`
      wanted = { ids, nth, at, limit: `m${at}`, id, index, counter: `c${at}` }
      this.#wanted.set(key, wanted)
    }
    return wanted
  }

  /** The packet as a whole: `k`. */
  packet(): string {
    this.needs.add('packet')
    return 'k'
  }

  /** The fields of a flow record: a local that is null where the sample has none. */
  flowRecord(type: RecordType): string {
    return this.#record(type, true, false)
  }

  /** A record that an agent sends instead of the packet's header (0:2, 0:3, 0:4): null where there is a header. */
  insteadOfHeader(type: RecordType): string {
    return this.#record(type, true, true)
  }

  counterRecord(type: RecordType): string {
    return this.#record(type, false, false)
  }

  #record(type: RecordType, flow: boolean, instead: boolean): string {
    const known = this.#records.get(type)
    if (known !== undefined) return known.name
    const name = this.code.name('r')
    this.#records.set(type, { name, flow, instead })
    const tag = formatTag(tagValue(type.tag))
    this.needs.add(flow ? `flow record ${tag}` : `counter record ${tag}`)
    return name
  }

  /** The datagram: its head, time and sender. */
  datagram(): void {
    this.needs.add('datagram')
  }

  /** An expression of sample fields, guarded: `otherwise` where the sample is none of `kinds`. */
  sample(kinds: ReadonlyArray<keyof typeof SampleKind>, expression: string, otherwise = '-1'): string {
    this.needs.add('sample')
    const test = kinds.map((kind) => `kind===${SampleKind[kind]}`).join('||')
    return this.local(`${test}?${expression}:${otherwise}`)
  }

  /** The statements that read everything that was emitted. */
  lines(): string[] {
    return [
      'const w=x.walker,s=w.bytes,d=w.view,kind=w.sampleBroken?0:w.sampleKind;',
      ...this.#layerLines(),
      ...this.#recordLines(),
      ...this.#body,
    ]
  }

  #layerLines(): string[] {
    if (!this.needs.has('packet')) return []
    const lines = ['const k=x.packet();']
    const wanted = [...this.#wanted.values()]
    if (wanted.length === 0) return lines
    const cases = new Map<number, string>()
    for (const { ids, nth, at, limit, index, id, counter } of wanted) {
      const isOne = ids.length === 1
      lines.push(`let ${at}=-1,${limit}=0,${index}=-1${isOne ? '' : `,${id}=0`}${nth === 0 ? '' : `,${counter}=0`};`)
      const test = nth === 0 ? `${at}<0` : `${counter}++===${nth}`
      const take = `if(${test}){${at}=O[i];${limit}=M[i];${index}=i;${isOne ? '' : `${id}=L[i];`}}`
      for (const one of ids) cases.set(one, (cases.get(one) ?? '') + take)
    }
    const arms = [...cases].map(([one, take]) => `case ${one}:${take}break;`).join('')
    lines.push(`for(let i=0,n=k.count,L=k.layer,O=k.offset,M=k.limit;i<n;i++){switch(L[i]){${arms}}}`)
    return lines
  }

  #recordLines(): string[] {
    const lines: string[] = []
    const instead = [...this.#records.values()].some((x) => x.instead)
    // Looked up once for all.
    if (instead) lines.push(`const head=x.record(${slotOf(sampled_header)}),bare=head===null;`)
    for (const [type, record] of this.#records) {
      const read = instead && type === sampled_header ? 'head' : `x.record(${slotOf(type)})`
      lines.push(`const ${record.name}=${record.instead ? `bare?${read}:null` : read};`)
    }
    return lines
  }
}

/** Layers with ports in their first four bytes. */
export const portLayers = [LayerId.tcp, LayerId.udp, LayerId.sctp, LayerId.dccp, LayerId.udplite]
export const networkLayers = [LayerId.ip, LayerId.ipv6]
