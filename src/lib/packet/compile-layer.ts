// Owns generating the NDJSON writer of one layer from its declaration. Knows no protocol.
// The interpreter in full.ts says what it must write. Start at compileLayer().

import { PackedNames } from '../wire/packed-text.ts'
import {
  literalCode,
  SHORT,
  shortDigits,
  shortLength,
  writeHex,
  writeIpv4,
  writeIpv6,
  writeMac,
  writeU32,
  writeU64,
} from '../wire/text.ts'
import { placeCode, presenceCode, valueCode } from './field-code.ts'
import type { LayerField, LayerType } from './layer.ts'
import type { TextSink } from './text-sink.ts'

/**
 * Writes one layer at `p` of `v`: `o` and `l` are its offset and limit in `d`, `s` the start of the header, `q` whether
 * it belongs to a quoted packet. Gives the new position. The sink's `source` and `bytes` must be set.
 */
export type LayerWriter = (d: DataView, o: number, l: number, v: DataView, p: number, s: number, q: boolean) => number

/** Source lines; constant texts that follow each other become one. */
class Lines {
  private readonly lines: string[] = []
  private pending = ''

  text(text: string): void {
    this.pending += text
  }

  code(code: string): void {
    this.flush()
    this.lines.push(code)
  }

  flush(): void {
    if (this.pending !== '') this.lines.push(literalCode(this.pending))
    this.pending = ''
  }

  join(): string {
    this.flush()
    return this.lines.join('\n')
  }
}

function isQuoted(field: LayerField): boolean {
  return field.type === 'mac' || field.type === 'ipv4' || field.type === 'ipv6' || field.type === 'bytes'
}

/** Whether the declaration keeps the value below SHORT. */
function isShort({ type, shift, mask, scale }: LayerField): boolean {
  const most = mask ?? (type === 'u8' ? 255 >>> shift : Number.POSITIVE_INFINITY)
  return most * scale < SHORT
}

/** Source that writes the number `n`, which is below SHORT. */
const shortCode = 'v.setUint32(p,digits[n],true);p+=lengths[n];'

/** Source that writes the value at `x`. */
function writeCode(field: LayerField, x: string): string {
  switch (field.type) {
    case 'u64':
      return `p=u64(v,p,d.getUint32(${x}),d.getUint32(${x}+4));`
    case 'mac':
    case 'ipv4':
    case 'ipv6':
      return `p=${field.type}(v,p,d,${x});`
    case 'bytes':
      return `p=hex(v,p,d,${x},${field.size});`
    default:
      return isShort(field) ? `n=${x};${shortCode}` : `n=${x};if(n<${SHORT}){${shortCode}}else p=u32(v,p,n|0);`
  }
}

/** Source that writes a number with its key and name: usual ones as constants, others by search. */
function namedCode(field: LayerField, index: number, value: string): string {
  const { name, names, usual } = field
  const search = `p=names[${index}].write(v,p,n);`
  const known = usual.map((x) => {
    const text = `,"${name}":${x},"${name}_name":"${names!.get(x)}"`
    return `if(n===${x}){${literalCode(text)}}else `
  })
  return `n=${value};${known.join('')}{${search}}`
}

function emitField(out: Lines, field: LayerField, index: number, present: number): void {
  const presence = presenceCode(field, present)
  const value = valueCode(field, placeCode(field.at))
  const key = `,"${field.name}":`
  const quote = isQuoted(field) ? '"' : ''
  if (presence !== '') out.code(`if(${presence}){`)
  if (field.names !== undefined) {
    out.code(namedCode(field, index, value))
  } else if (field.type === 'bool') {
    out.code(`if(${value}){${literalCode(`${key}true`)}}else{${literalCode(`${key}false`)}}`)
  } else {
    out.text(key + quote)
    out.code(writeCode(field, value))
    out.text(quote)
  }
  if (presence !== '') out.code('}')
}

/** Source of all fields, given that the first `present` bytes of the layer are here. */
function fieldsCode(fields: readonly LayerField[], present: number): string {
  const out = new Lines()
  for (const [i, field] of fields.entries()) emitField(out, field, i, present)
  return out.join()
}

/** Bytes up to which the fields without conditions reach: with these here, they need no checks. */
function fixedBytes(fields: readonly LayerField[]): number {
  return fields.reduce(
    (most, x) => (x.when.length === 0 && typeof x.at === 'number' ? Math.max(most, x.at + x.size) : most),
    0,
  )
}

/** Source of the writer's body. A layer that is cut before its fixed fields end goes to `cut`. */
export function layerCode(type: LayerType): string {
  const fields = type.fields.filter((x) => !x.hidden)
  const fixed = fixedBytes(fields)
  const out = new Lines()
  out.text(`{"layer":"${type.name}","offset":`)
  out.code(`let n=o-s;if(n<${SHORT}){${shortCode}}else p=u32(v,p,n|0);`)
  out.code(`if(q){${literalCode(',"quoted":true')}}`)
  out.code(`if(l-o>=${fixed}){`)
  out.code(fieldsCode(fields, fixed))
  out.code('}else p=cut(d,o,l,v,p);')
  if (type.visit !== undefined) out.code('if(sink.out!==v)sink.out=v;sink.p=p;visit(d,o,l,sink);p=sink.p;')
  out.text('}')
  out.code('return p;')
  return `${out.join()}\n//# sourceURL=codec/${type.name}.layer.js`
}

/** Source that writes those fields of a cut layer that are here. */
function cutCode(type: LayerType): string {
  const fields = type.fields.filter((x) => !x.hidden)
  return `let n=0;${fieldsCode(fields, 0)}\nreturn p;\n//# sourceURL=codec/${type.name}.cut.js`
}

type CutWriter = (d: DataView, o: number, l: number, v: DataView, p: number) => number

/** Makes the writer of a layer. Variable fields go through `sink`. */
export function compileLayer(type: LayerType, sink: TextSink): LayerWriter {
  const fields = type.fields.filter((x) => !x.hidden)
  const scope = {
    u32: writeU32,
    u64: writeU64,
    mac: writeMac,
    ipv4: writeIpv4,
    ipv6: writeIpv6,
    hex: writeHex,
    digits: shortDigits,
    lengths: shortLength,
    names: fields.map((x) => (x.names === undefined ? undefined : new PackedNames(x.name, x.names))),
    visit: type.visit,
    sink,
  }
  // Layers are rarely cut, so the code for that is made when the first one is.
  let made: CutWriter | undefined
  const cut: CutWriter = (d, o, l, v, p) => {
    made ??= build<CutWriter>(scope, `return function(d,o,l,v,p){\n${cutCode(type)}\n}`)
    return made(d, o, l, v, p)
  }
  return build<LayerWriter>({ ...scope, cut }, `return function(d,o,l,v,p,s,q){\n${layerCode(type)}\n}`)
}

function build<T>(scope: Readonly<Record<string, unknown>>, source: string): T {
  return new Function(...Object.keys(scope), source)(...Object.values(scope)) as T
}
