// Owns the form of a key in the table: each value as 32-bit words, emitted as code, and words as values again when a row
// is made. Knows no table. Start at keyPart.

import type { Value } from '../attributes/attribute.ts'
import { interfaceName } from '../attributes/sample.ts'
import type { Code } from '../wire/emit.ts'
import { formatHex } from '../wire/json.ts'
import { writeIpv4, writeIpv6, writeMac, writeMacPlain } from '../wire/text.ts'
import type { KeyValue } from './rows.ts'
import type { Texts } from './texts.ts'

/** Kinds of an address in its words: what its four words can't tell apart. */
const IPV4 = 0
const IPV6 = 1
const MAC = 2

/** One key as words. */
export interface KeyPart {
  /** Names of the locals that hold its words. */
  readonly words: readonly string[]
  /** Statements that set them, for a value that is there. They may `return` where a text is one too many. */
  readonly lines: string
  /** Two bits that belong to the key, an expression; undefined where the words say all. */
  readonly kind: string | undefined
  /** The value of words at `at` and its two bits, as JSON would have it. */
  read(words: Int32Array, at: number, kind: number, texts: Texts): KeyValue
}

/**
 * Emits a value as words.
 * @param texts expression of the Texts
 * @param full statement where `texts` has no room
 */
export function keyPart(code: Code, value: Value, texts: string, full: string): KeyPart {
  const one = (expression: string, read: (word: number, texts: Texts) => KeyValue): KeyPart => {
    const name = code.name('k')
    const lines = `const ${name}=${expression};`
    return { words: [name], lines, kind: undefined, read: (words, at, _, known) => read(words[at]!, known) }
  }
  const two = (a: string, b: string, read: (a: number, b: number) => KeyValue): KeyPart => {
    const [x, y] = [code.name('k'), code.name('k')]
    const lines = `const ${x}=${a},${y}=${b};`
    return { words: [x, y], lines, kind: undefined, read: (words, at) => read(words[at]!, words[at + 1]!) }
  }
  switch (value.form) {
    case 'number':
      return one(`${value.value}|0`, (word) => word >>> 0)
    case 'signed':
      return one(`${value.value}|0`, (word) => word)
    case 'bool':
      return one(`${value.value}|0`, (word) => word === 1)
    case 'bits':
      return one(`${value.value}|0`, (word) => (word >>> 0).toString(2).padStart(value.width, '0'))
    case 'name':
      return one(`${value.value}|0`, (word) => value.names.get(word >>> 0) ?? String(word >>> 0))
    case 'label':
      return one(`${value.value}|0`, (word) => value.labels.text(word >>> 0))
    case 'ipv4':
      return one(`d.getInt32(${value.at})`, (word) => ipv4Text(word))
    case 'u64':
      return two(`${value.hi}|0`, `${value.lo}|0`, (hi, lo) => whole(hi >>> 0, lo >>> 0))
    case 'interface':
      return two(`${value.format}|0`, `${value.value}|0`, (format, number) => {
        return interfaceName(format >>> 0, number >>> 0) ?? String(number >>> 0)
      })
    case 'source':
      return two(`${value.type}|0`, `${value.index}|0`, (type, index) => {
        return type === 0 ? String(index >>> 0) : `${type >>> 0}.${index >>> 0}`
      })
    case 'time':
      return two(`${value.sec}|0`, `${value.nsec}|0`, (sec, nsec) => {
        const second = new Date((sec >>> 0) * 1000).toISOString().slice(0, 19)
        return `${second}.${String(nsec >>> 0).padStart(9, '0')}Z`
      })
    case 'mac':
      return two(`d.getUint16(${value.at})`, `d.getInt32(${value.at}+2)`, (high, low) =>
        macText(high, low, value.colons),
      )
    case 'float': {
      const scratch = new DataView(new ArrayBuffer(8))
      const view = code.constant('F', scratch)
      const [x, y] = [code.name('k'), code.name('k')]
      // + 0 makes one of both zeros.
      const lines = `${view}.setFloat64(0,${value.value}+0);const ${x}=${view}.getInt32(0),${y}=${view}.getInt32(4);`
      return {
        words: [x, y],
        lines,
        kind: undefined,
        read(words, at) {
          scratch.setInt32(0, words[at]!)
          scratch.setInt32(4, words[at + 1]!)
          const number = scratch.getFloat64(0)
          // Infinity is null in JSON (docs/records.md).
          return Number.isFinite(number) ? (value.bits === 32 ? shortest(number) : number) : null
        },
      }
    }
    case 'ipv6':
    case 'address':
      return addressPart(code, value)
    case 'text': {
      const name = code.name('k')
      const lines = `const ${name}=${texts}.intern(${value.bytes},${value.at},${value.length});if(${name}<0)${full}`
      return { words: [name], lines, kind: undefined, read: (words, at, _, known) => known.text(words[at]!) }
    }
    case 'hex': {
      const name = code.name('k')
      const lines = `const ${name}=${texts}.intern(s,${value.at},${value.length});if(${name}<0)${full}`
      return {
        words: [name],
        lines,
        kind: undefined,
        read: (words, at, _, known) => formatHex(known.bytes(words[at]!)),
      }
    }
    case 'port':
      return portPart(code, value)
    case 'choice':
      return choicePart(code, value, texts, full)
  }
}

type Of<F extends Value['form']> = Extract<Value, { form: F }>

function addressPart(code: Code, value: Of<'ipv6'> | Of<'address'>): KeyPart {
  const words = [0, 1, 2, 3].map(() => code.name('k'))
  const [a, b, c, d] = words as [string, string, string, string]
  const { at } = value
  const view = value.form === 'address' ? value.view : 'd'
  const six = [0, 4, 8, 12].map((k, i) => `${words[i]}=${view}.getInt32(${at}+${k});`).join('')
  if (value.form === 'ipv6') {
    const read = (from: Int32Array, p: number) => ipv6Text(from, p)
    return { words, lines: `let ${words.join()};${six}`, kind: undefined, read }
  }
  const kind = code.name('k')
  const four = `${d}=${view}.getInt32(${at});`
  const mac = `${kind}=${MAC};${c}=${view}.getUint16(${at});${d}=${view}.getInt32(${at}+2);`
  const lines =
    `let ${kind}=${IPV4},${a}=0,${b}=0,${c}=0,${d}=0;` +
    `if(${value.kind}===4){${four}}else if(${value.kind}===6){${kind}=${IPV6};${six}}else{${mac}}`
  return {
    words,
    lines,
    kind,
    read(from, p, bits) {
      const named = value.names === undefined || bits === MAC ? undefined : nameOf(value.names, from, p, bits)
      if (named !== undefined) return named
      if (bits === IPV4) return ipv4Text(from[p + 3]!)
      return bits === IPV6 ? ipv6Text(from, p) : macText(from[p + 2]!, from[p + 3]!, false)
    },
  }
}

/** The agent's address, then the index: its name is asked for when a row is made. */
function portPart(code: Code, { index, names }: Of<'port'>): KeyPart {
  const words = [0, 1, 2, 3, 4].map(() => code.name('k'))
  const agent = code.constant('A', new Uint32Array(4))
  const set = words.map((word, k) => `${word}=${k < 4 ? `${agent}[${k}]` : index}|0`)
  return {
    words,
    lines: `w.agentWords(${agent});const ${set.join()};`,
    kind: undefined,
    read: (from, at) => names.text(Uint32Array.from(from.subarray(at, at + 4)), from[at + 4]! >>> 0),
  }
}

/** The number of the arm, with the two bits of its kind above it, then the arm's words, then zeros. */
function choicePart(code: Code, value: Of<'choice'>, texts: string, full: string): KeyPart {
  const arms = value.arms.map((arm) => keyPart(code, arm, texts, full))
  const words = [code.name('k')]
  const longest = Math.max(...arms.map((x) => x.words.length))
  while (words.length <= longest) words.push(code.name('k'))
  const cases = arms.map((arm, i) => {
    const kind = arm.kind === undefined ? '' : `|${arm.kind}<<16`
    const set = arm.words.map((word, k) => `${words[k + 1]}=${word};`).join('')
    return `case ${i}:{${arm.lines}${words[0]}=${i}${kind};${set}break}`
  })
  return {
    words,
    lines: `let ${words.map((x) => `${x}=0`).join()};switch(${value.which}){${cases.join('')}}`,
    kind: undefined,
    read: (from, at, _, known) => arms[from[at]! & 0xffff]!.read(from, at + 1, (from[at]! >>> 16) & 3, known),
  }
}

function nameOf(
  names: NonNullable<Of<'address'>['names']>,
  words: Int32Array,
  at: number,
  kind: number,
): string | undefined {
  const view = new DataView(new ArrayBuffer(16))
  for (let k = 0; k < 4; k++) view.setInt32(k * 4, words[at + k]!)
  return kind === IPV4 ? names.name(4, view, 12) : names.name(6, view, 0)
}

function text(
  size: number,
  fill: (source: DataView) => void,
  write: (v: DataView, source: DataView) => number,
): string {
  const source = new DataView(new ArrayBuffer(size))
  fill(source)
  const out = new DataView(new ArrayBuffer(64))
  return new TextDecoder().decode(new Uint8Array(out.buffer, 0, write(out, source)))
}

export function ipv4Text(word: number): string {
  return text(
    4,
    (x) => x.setInt32(0, word),
    (out, x) => writeIpv4(out, 0, x, 0),
  )
}

export function ipv6Text(words: ArrayLike<number>, at: number): string {
  return text(
    16,
    (x) => {
      for (let k = 0; k < 4; k++) x.setInt32(k * 4, words[at + k]!)
    },
    (out, x) => writeIpv6(out, 0, x, 0),
  )
}

function macText(high: number, low: number, colons: boolean): string {
  return text(
    6,
    (x) => {
      x.setUint16(0, high)
      x.setInt32(2, low)
    },
    (out, x) => (colons ? writeMac : writeMacPlain)(out, 0, x, 0),
  )
}

function whole(hi: number, lo: number): number | bigint {
  const number = hi * 0x100000000 + lo
  return Number.isSafeInteger(number) ? number : (BigInt(hi) << 32n) | BigInt(lo)
}

/** The shortest decimal that is this f32, as NDJSON has it. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}
