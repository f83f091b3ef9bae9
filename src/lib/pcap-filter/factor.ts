// Owns putting together what alternatives have in common, so that it is looked at once: in `port 80 or 443` the type, the
// protocol and each port. Knows no protocol. Start at factor.

import { and, type Condition, not, or } from './condition.ts'

type Test = Extract<Condition, { kind: 'test' }>

/** A condition whose negations stand before tests only, with all parts that one operator joins beside each other. */
type Part =
  | { readonly kind: 'test'; readonly of: Test; readonly negated: boolean; readonly stays: boolean }
  | { readonly kind: 'always'; readonly value: boolean; readonly stays: boolean }
  | { readonly kind: Operator; readonly parts: readonly Part[]; readonly stays: boolean }

type Operator = 'and' | 'or'

/**
 * The same condition with fewer tests. Tests of headers that decide on alternatives change places, as in libpcap; tests of
 * bytes that the user wrote stay where they are, since they may lie behind a packet's end, which rejects it.
 * @param condition without assignments
 */
export function factor(condition: Condition): Condition {
  return changesOf(condition) > MOST_CHANGES ? condition : conditionOf(factored(partOf(condition, false)))
}

/** Longer ones are left as they are: what follows recurses as often. */
const MOST_CHANGES = 1000

/** How often `and` and `or` take turns within each other. */
function changesOf(condition: Condition): number {
  let most = 0
  let changes = 0
  let operator = ''
  let of = condition
  for (;;) {
    if (of.kind === 'not') {
      of = of.of
    } else if (of.kind === 'and' || of.kind === 'or') {
      if (of.kind !== operator) changes++
      operator = of.kind
      most = Math.max(most, changes + changesOf(of.right))
      of = of.left
    } else {
      return Math.max(most, changes)
    }
  }
}

function dual(operator: Operator): Operator {
  return operator === 'and' ? 'or' : 'and'
}

function partOf(condition: Condition, isNegated: boolean): Part {
  let of = condition
  let negated = isNegated
  while (of.kind === 'not') {
    of = of.of
    negated = !negated
  }
  if (of.kind === 'always') return { kind: 'always', value: of.value !== negated, stays: false }
  if (of.kind === 'test') return { kind: 'test', of, negated, stays: of.stays === true }
  if (of.kind === 'assign') return { kind: 'always', value: !negated, stays: true }
  const operator = negated ? dual(of.kind) : of.kind
  const found: Part[][] = []
  for (;;) {
    while (of.kind === 'not') {
      of = of.of
      negated = !negated
    }
    if ((of.kind !== 'and' && of.kind !== 'or') || (negated ? dual(of.kind) : of.kind) !== operator) break
    found.push(spliced(partOf(of.right, negated), operator))
    of = of.left
  }
  found.push(spliced(partOf(of, negated), operator))
  return joined(operator, found.reverse().flat())
}

function spliced(part: Part, operator: Operator): Part[] {
  return part.kind === operator ? [...part.parts] : [part]
}

function joined(operator: Operator, parts: readonly Part[]): Part {
  return parts.length === 1 ? parts[0]! : { kind: operator, parts, stays: parts.some((part) => part.stays) }
}

function factored(part: Part): Part {
  if (part.kind !== 'and' && part.kind !== 'or') return part
  const operator = part.kind
  const parts = part.parts.map(factored).flatMap((inner) => spliced(inner, operator))
  const done: Part[] = []
  // Nothing is moved past a part that stays.
  let movable: Part[] = []
  for (const one of parts) {
    if (one.stays) {
      done.push(...grouped(operator, movable), one)
      movable = []
    } else {
      movable.push(one)
    }
  }
  return joined(operator, [...done, ...grouped(operator, movable)])
}

/** The test that a part begins with. */
function headOf(part: Part): Part | undefined {
  const first = part.kind === 'and' || part.kind === 'or' ? part.parts[0] : part
  return first?.kind === 'test' ? first : undefined
}

/** Parts that begin with the same test become one; those that are tests of the same bytes stand beside each other. */
function grouped(operator: Operator, parts: readonly Part[]): readonly Part[] {
  const groups = new Map<string, { head: Part | undefined; members: Part[] }>()
  for (const [i, part] of parts.entries()) {
    const head = headOf(part)
    const key = head?.kind === 'test' ? `${head.of.test.id}${head.negated}` : `part ${i}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { head, members: [part] })
    else group.members.push(part)
  }
  const merged = [...groups.values()].map(({ head, members }) => merge(operator, head, members))
  const byBytes = new Map<number | Part, Part[]>()
  for (const part of merged) {
    const key = part.kind === 'test' ? part.of.test.left.id : part
    const known = byBytes.get(key)
    if (known === undefined) byBytes.set(key, [part])
    else known.push(part)
  }
  return [...byBytes.values()].flat()
}

function merge(operator: Operator, head: Part | undefined, members: readonly Part[]): Part {
  // The test alone decides for all of them.
  if (head === undefined || members.length === 1 || members.includes(head))
    return members.length === 1 ? members[0]! : head!
  if (members.some((member) => member.kind === 'test')) return head
  const inner = dual(operator)
  const rests = members.map((member) => joined(inner, (member as { parts: readonly Part[] }).parts.slice(1)))
  const rest = factored(
    joined(
      operator,
      rests.flatMap((one) => spliced(one, operator)),
    ),
  )
  return joined(inner, [head, ...spliced(rest, inner)])
}

function conditionOf(part: Part): Condition {
  if (part.kind === 'always') return part
  if (part.kind === 'test') return part.negated ? not(part.of) : part.of
  const [first, ...more] = part.parts.map(conditionOf)
  return part.kind === 'and' ? and(first!, ...more) : or(first!, ...more)
}
