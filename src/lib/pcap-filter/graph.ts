// Owns a condition as a graph of tests that leads to taking or rejecting the packet, and what is left out of it because
// earlier tests have decided it. Start at graphOf.

import type { Condition } from './condition.ts'
import type { Test, Value, Variable } from './value.ts'

/** A step of the program. Steps that are the same are the same object, as long as nothing was left out. */
export type Step = Decision | Assignment | Return

export interface Decision {
  readonly id: number
  readonly kind: 'test'
  readonly test: Test
  yes: Step
  no: Step
}

export interface Assignment {
  readonly id: number
  readonly kind: 'assign'
  readonly variable: Variable
  readonly value: Value
  yes: Step
}

export interface Return {
  readonly id: number
  readonly kind: 'return'
  readonly takes: boolean
}

const take: Return = { id: 0, kind: 'return', takes: true }
const reject: Return = { id: 1, kind: 'return', takes: false }

/** The first step of the program for a condition, without tests whose outcome is known where they stand. */
export function graphOf(condition: Condition): Step {
  let root = new Steps().build(condition, take, reject)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const changed = fold(root)
    root = new Steps().again(root)
    if (!changed) break
  }
  return root
}

/** Each round leaves out what the one before made plain; two or three are the rule. */
const MOST_ROUNDS = 16

/** Tests that are looked back at from each edge; keeps long filters linear. */
const LOOK_BACK = 256

/** Steps by what they do and where they lead. */
class Steps {
  readonly #kept = new Map<string, Step>()
  #ids = 2

  /** Recurses to the right only: chains lean to the left, and parentheses are bounded by the parser. */
  build(condition: Condition, yes: Step, no: Step): Step {
    let of = condition
    let ifYes = yes
    let ifNo = no
    for (;;) {
      switch (of.kind) {
        case 'always':
          return of.value ? ifYes : ifNo
        case 'test':
          return this.decision(of.test, ifYes, ifNo)
        case 'assign':
          return this.assignment(of.variable, of.value, ifYes)
        case 'not': {
          const swapped = ifYes
          ifYes = ifNo
          ifNo = swapped
          of = of.of
          break
        }
        case 'and':
          ifYes = this.build(of.right, ifYes, ifNo)
          of = of.left
          break
        case 'or':
          ifNo = this.build(of.right, ifYes, ifNo)
          of = of.left
          break
      }
    }
  }

  /** The same steps, those that have become the same made one. */
  again(root: Step): Step {
    const made = new Map<Step, Step>([
      [take, take],
      [reject, reject],
    ])
    const order = inOrder(root)
    for (let i = order.length - 1; i >= 0; i--) {
      const step = order[i]!
      if (step.kind === 'test') made.set(step, this.decision(step.test, made.get(step.yes)!, made.get(step.no)!))
      else if (step.kind === 'assign') made.set(step, this.assignment(step.variable, step.value, made.get(step.yes)!))
    }
    return made.get(root)!
  }

  private decision(test: Test, yes: Step, no: Step): Step {
    if (yes === no) return yes
    return this.#keep(`${test.id}?${yes.id}:${no.id}`, (id) => ({ id, kind: 'test', test, yes, no }))
  }

  private assignment(variable: Variable, value: Value, yes: Step): Step {
    return this.#keep(`${variable.id}=${value.id};${yes.id}`, (id) => ({ id, kind: 'assign', variable, value, yes }))
  }

  #keep(key: string, make: (id: number) => Step): Step {
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept
    const made = make(this.#ids++)
    this.#kept.set(key, made)
    return made
  }
}

/** Each step before all that it leads to; what follows from yes comes before what follows from no. */
export function inOrder(root: Step): readonly Step[] {
  const order: Step[] = []
  const seen = new Set<Step>([root])
  // A step is on the stack as often as it has ways left to look at.
  const stack: { readonly step: Step; looked: number }[] = [{ step: root, looked: 0 }]
  while (stack.length > 0) {
    const top = stack.at(-1)!
    const ways = waysOf(top.step)
    if (top.looked === ways.length) {
      order.push(top.step)
      stack.pop()
      continue
    }
    // From no to yes, since the order is turned around.
    const next = ways[ways.length - 1 - top.looked++]!
    if (!seen.has(next)) {
      seen.add(next)
      stack.push({ step: next, looked: 0 })
    }
  }
  return order.reverse()
}

/** Where a step leads: if yes, then if no. */
export function waysOf(step: Step): readonly Step[] {
  return step.kind === 'test' ? [step.yes, step.no] : step.kind === 'assign' ? [step.yes] : []
}

/** A way out of a step, whose outcome is known from there on; `before` is the last one that was known there. */
interface Way {
  readonly from: Step
  readonly outcome: boolean
  readonly before: Way | undefined
  readonly depth: number
}

/**
 * Leads each way past the tests whose outcome is known along it.
 * @returns whether there were any
 */
function fold(root: Step): boolean {
  const order = inOrder(root)
  /** What is known at a step, whichever way led there; complete when its turn comes. */
  const known = new Map<Step, Way | undefined>()
  let changed = false
  for (const step of order) {
    const before = known.get(step)
    for (const [i, next] of waysOf(step).entries()) {
      const outcome = i === 0
      const way: Way = { from: step, outcome, before, depth: (before?.depth ?? 0) + 1 }
      learn(known, next, way)
      const target = follow(next, way)
      if (target === next) continue
      changed = true
      if (step.kind === 'test' && !outcome) step.no = target
      else if (step.kind !== 'return') step.yes = target
      learn(known, target, way)
    }
  }
  return changed
}

function learn(known: Map<Step, Way | undefined>, step: Step, way: Way): void {
  if (step.kind === 'return') return
  known.set(step, known.has(step) ? common(known.get(step), way) : way)
}

/** What is known along both: the ways that they share, and tests that had the same outcome on either. */
function common(a: Way | undefined, b: Way | undefined): Way | undefined {
  const onlyLeft = new Set<string>()
  const onlyRight: Way[] = []
  let left = a
  let right = b
  while (left !== right) {
    if ((left?.depth ?? 0) >= (right?.depth ?? 0)) {
      if (left!.from.kind === 'test' && onlyLeft.size < LOOK_BACK) onlyLeft.add(outcomeOf(left!))
      left = left!.before
    } else {
      if (onlyRight.length < LOOK_BACK) onlyRight.push(right!)
      right = right!.before
    }
  }
  let known = left
  for (const { from, outcome } of onlyRight.reverse()) {
    const way: Way = { from, outcome, before: known, depth: (known?.depth ?? 0) + 1 }
    if (onlyLeft.has(outcomeOf(way))) known = way
  }
  return known
}

function outcomeOf({ from, outcome }: Way): string {
  return from.kind === 'test' ? `${from.test.id}${outcome}` : ''
}

/** The first step from there on whose outcome is not known. */
function follow(from: Step, way: Way): Step {
  let step = from
  search: while (step.kind === 'test') {
    let back: Way | undefined = way
    for (let i = 0; back !== undefined && i < LOOK_BACK; i++, back = back.before) {
      const outcome = back.from.kind === 'test' ? implied(step.test, back.from.test, back.outcome) : undefined
      if (outcome === undefined) continue
      step = outcome ? step.yes : step.no
      continue search
    }
    break
  }
  return step
}

/**
 * The outcome of a test after another. Only what libpcap concludes too, so that the same filters are found to reject
 * everything.
 */
function implied(test: Test, earlier: Test, outcome: boolean): boolean | undefined {
  if (test === earlier) return outcome
  const isOther = outcome && test.jump === 'equal' && earlier.jump === 'equal' && test.left === earlier.left
  return isOther && test.right.kind === 'constant' && earlier.right.kind === 'constant' ? false : undefined
}
