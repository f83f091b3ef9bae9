// Owns what the parser makes of text: the tree of an expression and of a filter, and what a key function declares.
// Emits nothing. Start at Node and KeyFunction.

import type { Form, Value } from '../attributes/attribute.ts'
import type { Found } from '../attributes/find.ts'
import type { Scope } from '../attributes/scope.ts'
import type { LanguageData } from './data.ts'
import type { Place } from './problem.ts'

/** A key or an argument of a function. */
export type Node =
  | (Place & { readonly kind: 'attribute'; readonly found: Found })
  | (Place & { readonly kind: 'call'; readonly function: KeyFunction; readonly args: readonly Node[] })
  /** A constant, escapes and quotes resolved. */
  | (Place & { readonly kind: 'text'; readonly text: string; readonly quoted: boolean })

/** What an argument may be. */
export type Parameter = {
  /** For usage lines and messages: `delimiter`. */
  readonly name: string
  readonly optional?: boolean
  /** Any number of these, at least one; only the last parameter. */
  readonly repeated?: boolean
} & (
  | {
      /** An attribute, a function in brackets, or quoted text. */
      readonly kind: 'expression'
      /** Forms that it can work with; without it any. */
      readonly accepts?: readonly Form[]
      /** The same in words: `an IP address`. */
      readonly needs?: string
    }
  /** As `expression`; a word that is no attribute is text. */
  | { readonly kind: 'any' }
  | { readonly kind: 'text'; readonly empty?: boolean }
  | { readonly kind: 'number'; readonly from: number; readonly to: number }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
)

/** Headings of the documentation, in its order. */
export const families = ['missing and equal', 'numbers', 'text', 'addresses', 'look-ups', 'ports'] as const
export type Family = (typeof families)[number]

/** A key function, declared once: the parser, the documentation and completion read the same. */
export interface KeyFunction {
  readonly name: string
  readonly family: Family
  readonly parameters: readonly Parameter[]
  /** One clause: what it gives, when that is missing. */
  readonly doc: string
  readonly example: string
  /** What that example gives for some sample, in words. */
  readonly gives: string
  /** The flag that brings what it looks things up in. */
  readonly flag?: string
  /** Emits its code. @throws Misfit */
  readonly emit: (call: Call) => Value
}

/** A call that is being emitted. */
export interface Call {
  readonly scope: Scope
  /** Undefined while an expression is only checked: then any data is taken to be there. */
  readonly data: LanguageData | undefined
  readonly args: readonly Node[]
  /** Emits an argument. @throws Misfit where it has a form that the function does not accept */
  value(argument: number): Value
  /** The text of an argument of kind text, choice or any. */
  text(argument: number): string
  number(argument: number): number
  /** @throws Misfit that marks the argument */
  fail(argument: number, message: string, next?: readonly string[]): never
  /** @throws Misfit that says which flag brings the data this needs */
  lacking(what: string): never
}

export const operators = ['=', '!=', '~', '!~'] as const
export type Operator = (typeof operators)[number]

/** An item of the list on the right of an operator. */
export interface Constant extends Place {
  readonly text: string
  readonly quoted: boolean
}

export interface Comparison extends Place {
  readonly kind: 'comparison'
  readonly left: Node
  readonly operator: Operator
  readonly right: readonly Constant[]
}

export interface Joined extends Place {
  readonly kind: 'all' | 'any'
  readonly parts: readonly Condition[]
}

export type Condition = Comparison | Joined

/** Unquoted, it is the value that is not there. */
export const NULL = 'null'
export const isNull = (constant: Constant) => !constant.quoted && constant.text === NULL
