// Owns turning a tree into code: attributes by their emitters, functions by theirs, constants as labels. Knows no
// function and no grammar. Start at emitNode.

import type { Form, Value } from '../attributes/attribute.ts'
import { typeName } from '../attributes/attribute.ts'
import type { Scope } from '../attributes/scope.ts'
import { ConstantLabels } from './constant.ts'
import type { LanguageData } from './data.ts'
import { Misfit } from './problem.ts'
import type { Call, KeyFunction, Node } from './syntax.ts'

/**
 * Emits reading a key.
 * @param data undefined where it is only checked
 * @throws Misfit where an argument has a form that its function does not accept, or data is not there
 */
export function emitNode(scope: Scope, node: Node, data: LanguageData | undefined): Value {
  switch (node.kind) {
    case 'attribute':
      return node.found.attribute.emit(scope, node.found.nth)
    case 'text':
      return { form: 'label', value: '0', labels: new ConstantLabels(node.text) }
    case 'call':
      return node.function.emit(new Emission(scope, node, data))
  }
}

class Emission implements Call {
  readonly scope: Scope
  readonly data: LanguageData | undefined
  readonly args: readonly Node[]
  readonly #node: Extract<Node, { kind: 'call' }>

  constructor(scope: Scope, node: Extract<Node, { kind: 'call' }>, data: LanguageData | undefined) {
    this.scope = scope
    this.data = data
    this.args = node.args
    this.#node = node
  }

  get #function(): KeyFunction {
    return this.#node.function
  }

  value(argument: number): Value {
    const value = emitNode(this.scope, this.args[argument]!, this.data)
    const { parameters } = this.#function
    const parameter = parameters[argument] ?? parameters.at(-1)!
    if (parameter.kind === 'expression' && parameter.accepts !== undefined && !fits(value, parameter.accepts)) {
      this.fail(
        argument,
        `${this.#function.name} needs ${parameter.needs ?? parameter.accepts.join(' or ')}, and this is ${describe(value)}.`,
      )
    }
    return value
  }

  text(argument: number): string {
    const node = this.args[argument]
    if (node === undefined || node.kind === 'call')
      throw new RangeError(`${this.#function.name}: no text at ${argument}`)
    return node.kind === 'text' ? node.text : node.found.name
  }

  number(argument: number): number {
    return Number(this.text(argument))
  }

  fail(argument: number, message: string, next: readonly string[] = []): never {
    throw new Misfit(this.args[argument] ?? this.#node, message, next)
  }

  lacking(what: string): never {
    const { name, flag } = this.#function
    const how = flag === undefined ? [] : [`${flag} brings it.`]
    throw new Misfit(this.#node, `${name} needs ${what}, and there is none here.`, how)
  }
}

/** A choice fits where each of its arms does. */
function fits(value: Value, forms: readonly Form[]): boolean {
  if (value.form === 'choice') return forms.includes('choice') && value.arms.every((arm) => fits(arm, forms))
  return forms.includes(value.form)
}

/** What a person calls the form, with its article. */
export function describe(value: Value): string {
  switch (value.form) {
    case 'text':
    case 'label':
    case 'port':
    case 'bool':
    case 'bits':
      return typeName(value)
    case 'ipv4':
    case 'ipv6':
    case 'mac':
      return `${value.form === 'mac' ? 'a MAC' : `an ${typeName(value)}`} address`
    case 'address':
    case 'interface':
      return `an ${value.form}`
    default:
      return `a ${typeName(value)}`
  }
}
