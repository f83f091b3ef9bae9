// Writes trees of expressions as text again, for the round trip: everything quoted that can be.

import type { Condition, Constant, Node, Parameter } from '../../src/lib/expression/syntax.ts'
import { isNull } from '../../src/lib/expression/syntax.ts'

const quote = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`

export function formatNode(node: Node): string {
  if (node.kind === 'attribute') return node.found.name
  if (node.kind === 'text') return quote(node.text)
  const { parameters, name } = node.function
  return [name, ...node.args.map((arg, i) => formatArgument(arg, parameters[i] ?? parameters.at(-1)!))].join(':')
}

function formatArgument(node: Node, parameter: Parameter): string {
  if (node.kind === 'call') return `[${formatNode(node)}]`
  // An attribute in brackets is one wherever expressions may stand; elsewhere it was text.
  if (node.kind === 'attribute') return parameter.kind === 'any' ? `[${formatNode(node)}]` : formatNode(node)
  return formatNode(node)
}

function formatConstant(constant: Constant, isPattern: boolean): string {
  if (!isPattern && isNull(constant)) return 'null'
  // In a quoted pattern a backslash is the pattern's own.
  return isPattern ? `'${constant.text.replaceAll("'", "\\'")}'` : quote(constant.text)
}

export function formatCondition(condition: Condition): string {
  if (condition.kind !== 'comparison') {
    const sign = condition.kind === 'all' ? '&' : '|'
    return condition.parts.map((part) => `(${formatCondition(part)})`).join(sign)
  }
  const { left, operator, right } = condition
  return `${formatNode(left)}${operator}${right.map((x) => formatConstant(x, operator.endsWith('~'))).join(',')}`
}

/** A tree without places and quotes: what two texts must have in common. */
export function shapeOf(node: Node | Condition): unknown {
  switch (node.kind) {
    case 'attribute':
      return [node.found.name, node.found.nth]
    case 'text':
      return { text: node.text }
    case 'call':
      return { call: node.function.name, args: node.args.map(shapeOf) }
    case 'comparison': {
      const isPattern = node.operator.endsWith('~')
      const right = node.right.map((x) => (!isPattern && isNull(x) ? null : x.text))
      return { left: shapeOf(node.left), operator: node.operator, right }
    }
    case 'all':
    case 'any':
      return { [node.kind]: node.parts.map(shapeOf) }
  }
}
