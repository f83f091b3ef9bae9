// Owns `value = constant`: what a person may write for each form of value, and the test that takes least for it. Numbers
// are compared as numbers, addresses as words; only text needs text. Knows no grammar. Start at equalsConstant.

import type { Value } from '../attributes/attribute.ts'
import type { Scope } from '../attributes/scope.ts'
import type { Of } from '../attributes/value-writer.ts'
import { InputError } from '../errors.ts'
import { type Prefix, parsePrefix } from '../parse/address.ts'
import { didYouMean } from '../parse/nearest.ts'
import { INTERNAL, INTERNAL_EXPANDED, interfaceFormat } from '../sflow/interface.ts'
import type { NameTable } from '../wire/name-table.ts'
import { asText, constantText, sameBytes } from './as-text.ts'

/** Where a constant can't be one of the left side's: says why. */
export type Refuse = (message: string) => never

/**
 * A JavaScript condition: true where the value is there and is what `text` says.
 * @param names what may stand for numbers, such as those of IP protocols
 */
export function equalsConstant(
  scope: Scope,
  value: Value,
  text: string,
  refuse: Refuse,
  names: NameTable | undefined,
): string {
  switch (value.form) {
    case 'number':
      return `${value.value}===${wholeNumber(text, 0xffffffff, refuse, names)}`
    case 'u64':
      return u64Test(value, text, refuse)
    case 'signed':
      return `${value.value}===${decimal(text, refuse)}`
    case 'float': {
      const number = decimal(text, refuse)
      return `${value.value}===${value.bits === 32 ? Math.fround(number) : number}`
    }
    case 'bool':
      return `${value.value}===${truth(text, refuse)}`
    case 'bits':
      return `${value.value}===${binary(text, value.width, refuse)}`
    case 'name':
      return nameTest(value, text, refuse)
    case 'label': {
      const label = value.labels.find(text)
      return label === undefined ? 'false' : `${value.value}===${label}`
    }
    case 'port':
      return portTest(scope, value, text)
    case 'mac':
      return `${value.at}>=0&&${macTest(scope, 'd', value.at, text, refuse)}`
    case 'ipv4':
      return `${value.at}>=0&&${ipv4Test('d', value.at, addressPrefix(text, 4, refuse))}`
    case 'ipv6':
      return `${value.at}>=0&&${ipv6Test('d', value.at, addressPrefix(text, 6, refuse))}`
    case 'address':
      return value.names === undefined ? addressTest(scope, value, text, refuse) : textTest(scope, value, text)
    case 'interface':
      return interfaceTest(value, text, refuse)
    case 'source':
      return sourceTest(value, text, refuse)
    case 'choice':
      return choiceTest(scope, value, text, names)
    case 'text':
    case 'hex':
    case 'time':
      return textTest(scope, value, text)
  }
}

/** Names count in any case, as people write them: tcp, TCP. */
function wholeNumber(text: string, most: number, refuse: Refuse, names: NameTable | undefined): number {
  const isNumber = /^(?:\d{1,10}|0x[0-9A-Fa-f]{1,8})$/.test(text)
  if (isNumber && Number(text) <= most) return Number(text)
  const named = names?.entries.filter(([, name]) => name.toLowerCase() === text.toLowerCase()) ?? []
  if (named.length === 1) return named[0]![0]
  if (isNumber) return refuse(`needed a number up to ${most}.`)
  const meant =
    names === undefined
      ? undefined
      : didYouMean(
          text,
          names.entries.map((x) => x[1]),
        )
  return refuse(
    `needed a number${names === undefined ? '' : ' or a name that stands for one'}.${meant ? ` ${meant}` : ''}`,
  )
}

function u64Test({ hi, lo }: Of<'u64'>, text: string, refuse: Refuse): string {
  const value = /^\d{1,20}$/.test(text) ? BigInt(text) : -1n
  if (value < 0n || value > 0xffff_ffff_ffff_ffffn) return refuse('needed a whole number.')
  return `${hi}===${value >> 32n}&&${lo}===${value & 0xffff_ffffn}`
}

function decimal(text: string, refuse: Refuse): number {
  if (!/^-?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text)) return refuse('needed a number.')
  return Number(text)
}

function truth(text: string, refuse: Refuse): 0 | 1 {
  if (text === 'true' || text === '1') return 1
  if (text === 'false' || text === '0') return 0
  return refuse('needed true or false.')
}

function binary(text: string, width: number, refuse: Refuse): number {
  if (text.length === width && /^[01]+$/.test(text)) return Number.parseInt(text, 2)
  return refuse(
    `needed ${width} binary digits, such as ${'1'.padStart(width, '0')}; ~ takes patterns: ${'.'.repeat(width - 1)}1.`,
  )
}

/** So many names are listed. */
const FEW = 8

/** A name, in its own case or any, or a number. */
function nameTest({ value, names }: Of<'name'>, text: string, refuse: Refuse): string {
  const { entries } = names
  const exact = entries.filter(([, name]) => name === text)
  const found = exact.length > 0 ? exact : entries.filter(([, name]) => name.toLowerCase() === text.toLowerCase())
  if (found.length > 0) return `(${found.map(([number]) => `${value}===${number}`).join('||')})`
  if (/^\d{1,10}$/.test(text) && Number(text) <= 0xffffffff) return `${value}===${Number(text)}`
  if (entries.length <= FEW) return refuse(`needed one of ${entries.map((x) => x[1]).join(', ')}.`)
  const meant = didYouMean(
    text,
    entries.map((x) => x[1]),
  )
  return refuse(`there is no ${names.title} of this name.${meant === undefined ? '' : ` ${meant}`}`)
}

/** 12 hex digits in any case, with or without colons, hyphens or dots. @returns undefined where it is none */
export function parseMac(text: string): { readonly high: number; readonly low: number } | undefined {
  const plain = /^[0-9A-Fa-f]{12}$/
  const apart = /^[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}$/
  const dotted = /^[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}$/
  if (!plain.test(text) && !apart.test(text) && !dotted.test(text)) return undefined
  const digits = text.replace(/[:.-]/g, '')
  return { high: Number.parseInt(digits.slice(0, 8), 16), low: Number.parseInt(digits.slice(8), 16) }
}

function macTest(_scope: Scope, view: string, at: string, text: string, refuse: Refuse): string {
  const mac = parseMac(text)
  if (mac === undefined) return refuse('needed a MAC address: 02000000000A or 02:00:00:00:00:0a.')
  return `${view}.getUint32(${at})===${mac.high}&&${view}.getUint16(${at}+4)===${mac.low}`
}

function addressPrefix(text: string, version: 4 | 6 | undefined, refuse: Refuse): Prefix {
  let prefix: Prefix | undefined
  try {
    prefix = parsePrefix(text, '')
  } catch (error) {
    if (!(error instanceof InputError)) throw error
  }
  const found = text.includes(':') ? 6 : 4
  if (prefix === undefined) {
    const length = /\/(\d+)$/.exec(text)?.[1]
    const most = found === 6 ? 128 : 32
    if (length !== undefined && Number(length) > most)
      return refuse(`a prefix of IPv${found} has at most ${most} bits.`)
    const example = version === 6 ? '2001:db8::1 or 2001:db8::/32' : '10.0.0.1 or 10.0.0.0/8'
    return refuse(`needed an IP${version === undefined ? '' : `v${version}`} address or a prefix, such as ${example}.`)
  }
  if (version !== undefined && found !== version) {
    return refuse(`this is IPv${found}, and the left side is IPv${version}; src and dst take both.`)
  }
  return prefix
}

/** With masks as signed 32-bit numbers, as `&` gives them. */
function wordTest(view: string, at: string, word: number, mask: number): string {
  if (mask === 0) return 'true'
  if (mask === 0xffffffff) return `${view}.getUint32(${at})===${word}`
  return `(${view}.getInt32(${at})&${mask | 0})===${(word & mask) | 0}`
}

function ipv4Test(view: string, at: string, { words, masks }: Prefix): string {
  return wordTest(view, at, words[3], masks[3])
}

function ipv6Test(view: string, at: string, { words, masks }: Prefix): string {
  const tests = [0, 1, 2, 3]
    .map((i) => wordTest(view, `${at}+${i * 4}`, words[i]!, masks[i]!))
    .filter((x) => x !== 'true')
  return tests.length === 0 ? 'true' : tests.join('&&')
}

function addressTest(scope: Scope, value: Of<'address'>, text: string, refuse: Refuse): string {
  const { kind, view, at } = value
  if (parseMac(text) !== undefined) return `${kind}===1&&${macTest(scope, view, at, text, refuse)}`
  const prefix = addressPrefix(text, undefined, refuse)
  return text.includes(':')
    ? `${kind}===6&&${ipv6Test(view, at, prefix)}`
    : `${kind}===4&&${ipv4Test(view, at, prefix)}`
}

function interfaceTest({ format, value }: Of<'interface'>, text: string, refuse: Refuse): string {
  switch (text) {
    case 'internal':
      return `${format}===${interfaceFormat.ifIndex}&&(${value}===${INTERNAL}||${value}===${INTERNAL_EXPANDED})`
    case 'discard':
      return `${format}===${interfaceFormat.discard}`
    case 'multiple':
      return `${format}===${interfaceFormat.multiple}`
    case 'unknown':
      return `(${format}===${interfaceFormat.ifIndex}&&${value}===0||${format}>${interfaceFormat.multiple})`
  }
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffffffff) {
    return refuse('needed an ifIndex, internal, unknown, multiple or discard.')
  }
  return `${format}===${interfaceFormat.ifIndex}&&${value}===${Number(text)}`
}

function sourceTest({ type, index }: Of<'source'>, text: string, refuse: Refuse): string {
  const found = /^(?:(\d{1,3})\.)?(\d{1,10})$/.exec(text)
  if (found === null) return refuse('needed an ifIndex, or type and index as 2.1.')
  return `${type}===${Number(found[1] ?? 0)}&&${index}===${Number(found[2])}`
}

/** Each arm that can have such a value is asked. */
function choiceTest(scope: Scope, value: Of<'choice'>, text: string, names: NameTable | undefined): string {
  const tests: string[] = []
  for (const [i, arm] of value.arms.entries()) {
    try {
      const test = equalsConstant(scope, arm, text, unfit, names)
      if (test !== 'false') tests.push(`${value.which}===${i}&&${test}`)
    } catch (error) {
      if (!(error instanceof Unfit)) throw error
    }
  }
  return tests.length === 0 ? 'false' : `(${tests.join('||')})`
}

/** Its name, or what it is written as where that is not known. */
function portTest(scope: Scope, { index, label, labels, otherwise }: Of<'port'>, text: string): string {
  const named = labels.find(text)
  const byName = named === undefined ? 'false' : `${label}===${named}`
  try {
    const other = equalsConstant(scope, otherwise, text, unfit, undefined)
    return `${index}>=0&&(${label}>=0?${byName}:${other})`
  } catch (error) {
    if (!(error instanceof Unfit)) throw error
    return `${index}>=0&&${byName}`
  }
}

class Unfit extends Error {}

const unfit: Refuse = () => {
  throw new Unfit()
}

function textTest(scope: Scope, value: Value, text: string): string {
  const { bytes, at, length } = asText(scope, value)
  const wanted = constantText(scope, text)
  const same = scope.code.constant('F', sameBytes)
  return `${same}(${bytes},${at},${length},${wanted.bytes},0,${wanted.length})`
}
