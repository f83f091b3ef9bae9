// Owns conditions on a packet as a tree, and how they are put together. Knows no protocol. Start at Condition.

import type { Test, Value, Variable } from './value.ts'

/** Parts are looked at from left to right, and no further than needed. */
export type Condition =
  | { readonly kind: 'always'; readonly value: boolean }
  /** `stays`: of bytes that the user wrote, which are looked at in the order in which they are written. */
  | { readonly kind: 'test'; readonly test: Test; readonly stays?: boolean }
  /** True, and from then on the variable has the value. */
  | { readonly kind: 'assign'; readonly variable: Variable; readonly value: Value }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }

export const yes: Condition = { kind: 'always', value: true }
export const no: Condition = { kind: 'always', value: false }

export function not(of: Condition): Condition {
  return { kind: 'not', of }
}

export function and(first: Condition, ...rest: readonly Condition[]): Condition {
  return rest.reduce<Condition>((left, right) => ({ kind: 'and', left, right }), first)
}

export function or(first: Condition, ...rest: readonly Condition[]): Condition {
  return rest.reduce<Condition>((left, right) => ({ kind: 'or', left, right }), first)
}
