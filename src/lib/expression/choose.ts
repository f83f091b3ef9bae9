// Owns one value out of several: of the same form where that can be, else a choice. Knows no function. Start at choose.

import type { Labels, Value } from '../attributes/attribute.ts'
import type { Scope } from '../attributes/scope.ts'
import type { Of } from '../attributes/value-writer.ts'
import { constantText } from './as-text.ts'
import { ConstantLabels } from './constant.ts'

/**
 * The arm with the number `which` (a local; negative is missing). An arm that is chosen is there.
 * Arms of one form give that form, addresses of several kinds an address; others a choice.
 */
export function choose(scope: Scope, which: string, arms: readonly Value[]): Value {
  const alike = adaptConstants(scope, arms)
  return oneForm(scope, which, alike) ?? oneAddress(scope, which, alike) ?? asChoice(scope, which, alike)
}

/** The first of them that is there. */
export function firstOf(scope: Scope, presences: readonly string[], arms: readonly Value[]): Value {
  const which = scope.local(`${presences.map((here, i) => `${here}?${i}:`).join('')}-1`)
  return choose(scope, which, arms)
}

/** The constant text of a value, or undefined where it is none. */
export function constantOf(value: Value): string | undefined {
  // A constant's number is written out; any other value is a local.
  if (value.form !== 'label' || !(value.labels instanceof ConstantLabels)) return undefined
  return /^\d+$/.test(value.value) ? value.labels.text(Number(value.value)) : undefined
}

/** Constants in the form that the other arms have, where they have one form that can say the same. */
function adaptConstants(scope: Scope, arms: readonly Value[]): readonly Value[] {
  const model = arms.find((arm) => constantOf(arm) === undefined)
  if (model === undefined) return arms
  return arms.map((arm) => {
    const text = constantOf(arm)
    return text === undefined ? arm : (inForm(scope, text, model) ?? arm)
  })
}

function inForm(scope: Scope, text: string, model: Value): Value | undefined {
  switch (model.form) {
    case 'number':
      if (!/^(?:0|[1-9]\d{0,9})$/.test(text) || Number(text) > 0xffffffff) return undefined
      return { form: 'number', value: text }
    case 'bool':
      return text === 'true' || text === 'false' ? { form: 'bool', value: text === 'true' ? '1' : '0' } : undefined
    case 'name': {
      const entry = model.names.entries.find(([, name]) => name === text)
      return entry === undefined ? undefined : { form: 'name', value: `${entry[0]}`, names: model.names }
    }
    case 'label': {
      const label = model.labels.find(text)
      return label === undefined ? undefined : { form: 'label', value: `${label}`, labels: model.labels }
    }
    case 'text':
      return constantText(scope, text)
    default:
      return undefined
  }
}

function ternary(which: string, values: readonly string[]): string {
  const last = values.length - 1
  return `${values
    .slice(0, -1)
    .map((value, i) => `${which}===${i}?${value}:`)
    .join('')}${values[last]}`
}

function oneForm(scope: Scope, which: string, arms: readonly Value[]): Value | undefined {
  const [first] = arms
  if (first === undefined) return undefined
  /** One expression of every arm, `otherwise` where none is chosen. */
  const pick = (values: readonly string[], otherwise = '-1') =>
    scope.local(`${which}>=0?${ternary(which, values)}:${otherwise}`)
  const of = <F extends Value['form']>(form: F) => arms.filter((arm): arm is Of<F> => arm.form === form)
  const all = (same: readonly Value[]) => same.length === arms.length
  switch (first.form) {
    case 'number':
      return all(of('number')) ? { form: 'number', value: pick(of('number').map((x) => x.value)) } : undefined
    case 'bool':
      return all(of('bool')) ? { form: 'bool', value: pick(of('bool').map((x) => x.value)) } : undefined
    case 'bits': {
      const same = of('bits').filter((x) => x.width === first.width)
      return all(same) ? { ...first, value: pick(same.map((x) => x.value)) } : undefined
    }
    case 'name': {
      const same = of('name').filter((x) => x.names === first.names)
      return all(same) ? { ...first, value: pick(same.map((x) => x.value)) } : undefined
    }
    case 'label': {
      const same = of('label')
      const labels = commonLabels(same)
      if (!all(same) || labels === undefined) return undefined
      return { form: 'label', value: pick(same.map((x) => labels.value(x))), labels: labels.labels }
    }
    case 'mac': {
      const same = of('mac').filter((x) => x.colons === first.colons)
      return all(same) ? { ...first, at: pick(same.map((x) => x.at)) } : undefined
    }
    case 'ipv4':
    case 'ipv6': {
      const same = of(first.form)
      return all(same) ? { form: first.form, at: pick(same.map((x) => x.at)) } : undefined
    }
    case 'u64': {
      const same = of('u64')
      if (!all(same)) return undefined
      return {
        form: 'u64',
        hi: pick(same.map((x) => x.hi)),
        lo: pick(
          same.map((x) => x.lo),
          '0',
        ),
      }
    }
    case 'text': {
      const same = of('text')
      if (!all(same)) return undefined
      // Where none is chosen any bytes will do.
      const bytes = scope.local(
        ternary(
          which,
          same.map((x) => x.bytes),
        ),
      )
      const at = scope.local(
        ternary(
          which,
          same.map((x) => x.at),
        ),
      )
      return { form: 'text', bytes, at, length: pick(same.map((x) => x.length)) }
    }
    case 'interface': {
      const same = of('interface')
      if (!all(same)) return undefined
      return {
        form: 'interface',
        format: pick(same.map((x) => x.format)),
        value: pick(
          same.map((x) => x.value),
          '0',
        ),
      }
    }
    default:
      return undefined
  }
}

/** One table for labels: the same, or all of them constants. */
function commonLabels(
  values: readonly Of<'label'>[],
): { readonly labels: Labels; value(of: Of<'label'>): string } | undefined {
  const [first] = values
  if (first === undefined) return undefined
  if (values.every((x) => x.labels === first.labels)) return { labels: first.labels, value: (x) => x.value }
  const texts = values.map(constantOf)
  if (texts.includes(undefined)) return undefined
  const distinct = [...new Set(texts.filter((x) => x !== undefined))]
  const labels = new ConstantLabels(...distinct)
  return { labels, value: (x) => `${distinct.indexOf(constantOf(x) ?? '')}` }
}

const addressForms = ['address', 'ipv4', 'ipv6', 'mac'] as const
type AddressForm = Of<(typeof addressForms)[number]>

/** IPv4 and IPv6 as one; MAC addresses with colons stay apart, for an address is written without. */
function oneAddress(scope: Scope, which: string, arms: readonly Value[]): Value | undefined {
  const addresses = arms.filter(
    (arm): arm is AddressForm => addressForms.some((form) => form === arm.form) && !(arm.form === 'mac' && arm.colons),
  )
  if (addresses.length < arms.length) return undefined
  const views = new Set(addresses.map((x) => (x.form === 'address' ? x.view : 'd')))
  const names = new Set(addresses.map((x) => (x.form === 'address' ? x.names : undefined)))
  if (views.size > 1 || names.size > 1) return undefined
  const kinds = addresses.map((x) =>
    x.form === 'address' ? x.kind : x.form === 'ipv4' ? '4' : x.form === 'ipv6' ? '6' : '1',
  )
  const kind = scope.local(`${which}>=0?${ternary(which, kinds)}:0`)
  const at = scope.local(
    ternary(
      which,
      addresses.map((x) => x.at),
    ),
  )
  const [view = 'd'] = views
  const [named] = names
  return { form: 'address', kind, at, view, ...(named === undefined ? {} : { names: named }) }
}

/** Choices among the arms are opened: no arm of a choice is one. */
function asChoice(scope: Scope, which: string, arms: readonly Value[]): Value {
  if (arms.every((arm) => arm.form !== 'choice')) return { form: 'choice', which, arms }
  const flat: Value[] = []
  const numbers = arms.map((arm) => {
    const from = flat.length
    if (arm.form !== 'choice') {
      flat.push(arm)
      return `${from}`
    }
    flat.push(...arm.arms)
    return `${arm.which}+${from}`
  })
  const opened = scope.local(`${which}>=0?${ternary(which, numbers)}:-1`)
  return { form: 'choice', which: opened, arms: flat }
}
