// Owns hanging a trace at many functions of the kernel by each of the ways: what is tried when some are refused, and when it is
// enough. See trace-watch.ts for the seam. Must not know what the programs tell.

import type { BpfProgram } from '../bpf/bpf.ts'
import { BpfRefusal } from '../bpf/refusal.ts'
import { shortSkbFunctions } from './skb-function-table.ts'
import type { SkbFunction } from './skb-functions.ts'

/** What came of it. */
export interface Hung {
  readonly attached: number
  /** Functions that the kernel refused. */
  readonly refusedNames: readonly string[]
  /** How many were not tried, since time was up or `progress` ended it. */
  readonly untried: number
}

/** What each way is given. */
export interface HangWish {
  /** In the order in which they matter. */
  readonly functions: readonly SkbFunction[]
  /** What the program is told at a function. @param index in `functions` */
  readonly cookieOf: (index: number, one: SkbFunction) => bigint
  /** Told now and then; false ends it there. */
  readonly progress?: (attached: number, wanted: number) => boolean
}

/** One by one: after so long what hangs must do. Attaching takes 1 to 30 ms each, and taking off up to 200 ms. */
const ONE_BY_ONE_MS = 4000
/** So many are tried however long it takes: of the short list, those without which a route tells nothing. */
const LEAST_TRIED = 30
/** How often a list is halved around functions that the kernel does not let be traced. */
const MOST_TRIES = 64
/** By which the kernel says that the way is not to be had; all others are of the function that was tried, or one of them. */
const ofTheWay: readonly string[] = ['EPERM', 'EOPNOTSUPP', 'ENOSYS', 'ENOMEM', 'EMFILE', 'ENFILE']

/** Of the functions those of the short list, in its order. */
export function shortList(functions: readonly SkbFunction[]): SkbFunction[] {
  const byName = new Map(functions.map((one) => [one.name, one]))
  return shortSkbFunctions.flatMap((name) => byName.get(name) ?? [])
}

/**
 * By one link (and one for each module). Where some function is refused, and with it all, the list is halved until it is found.
 * @throws BpfRefusal where nothing hangs: this kernel has no kprobe.multi, or does not permit it
 */
export function hangAtAll(program: BpfProgram, wish: HangWish): Hung {
  const { functions, cookieOf, progress } = wish
  const refusedNames: string[] = []
  let refusal: BpfRefusal | undefined
  let attached = 0
  for (const indices of byModule(functions)) {
    let tries = MOST_TRIES
    const waiting = [indices]
    for (let some = waiting.pop(); some !== undefined; some = waiting.pop()) {
      try {
        tries--
        program.attachKprobeMulti({
          symbols: some.map((index) => functions[index]!.name),
          cookies: BigUint64Array.from(some, (index) => cookieOf(index, functions[index]!)),
        })
        attached += some.length
      } catch (error) {
        refusal = refusalOf(error)
        if (isOfTheWay(refusal) && attached === 0) throw refusal
        if (some.length === 1 || tries <= 0) for (const index of some) refusedNames.push(functions[index]!.name)
        else waiting.push(some.slice(some.length >> 1), some.slice(0, some.length >> 1))
      }
      if (progress?.(attached, functions.length) === false) return hungOf(functions, attached, refusedNames)
    }
  }
  if (attached === 0 && refusal) throw refusal
  return hungOf(functions, attached, refusedNames)
}

/**
 * A kprobe each.
 * @throws BpfRefusal where nothing hangs
 */
export function hangByKprobe(program: BpfProgram, wish: HangWish, budgetMs: number = ONE_BY_ONE_MS): Hung {
  return hangOneByOne(wish, budgetMs, ({ name }, cookie) => program.attachKprobe(name, cookie))
}

/**
 * A program each. Functions of modules are left out: the kernel's types do not hold them.
 * @param load a program of kind fentry for a function, with its cookie written in
 * @throws BpfRefusal where nothing hangs
 */
export function hangByFentry(
  load: (one: SkbFunction, cookie: bigint) => BpfProgram,
  wish: HangWish,
  budgetMs: number = ONE_BY_ONE_MS,
): Hung {
  return hangOneByOne(wish, budgetMs, (one, cookie) => {
    if (one.module === '') load(one, cookie).attachFentry()
    else throw new BpfRefusal('none', 'it is a function of a module', `${one.name} is a function of a module.`)
  })
}

function hangOneByOne(
  { functions, cookieOf, progress }: HangWish,
  budgetMs: number,
  hang: (one: SkbFunction, cookie: bigint) => void,
): Hung {
  const refusedNames: string[] = []
  let refusal: BpfRefusal | undefined
  let attached = 0
  const until = performance.now() + budgetMs
  for (const [index, one] of functions.entries()) {
    try {
      hang(one, cookieOf(index, one))
      attached++
    } catch (error) {
      refusal = refusalOf(error)
      if (isOfTheWay(refusal)) break
      refusedNames.push(one.name)
    }
    if (progress?.(attached, functions.length) === false) break
    if (index + 1 >= LEAST_TRIED && performance.now() > until) break
  }
  if (attached === 0 && refusal) throw refusal
  return hungOf(functions, attached, refusedNames)
}

function hungOf({ length }: readonly SkbFunction[], attached: number, refusedNames: readonly string[]): Hung {
  return { attached, refusedNames, untried: length - attached - refusedNames.length }
}

/** @throws what is no refusal */
function refusalOf(error: unknown): BpfRefusal {
  if (error instanceof BpfRefusal) return error
  throw error
}

const isOfTheWay = ({ code }: BpfRefusal): boolean => ofTheWay.includes(code)

/** Indices of the kernel's own functions, then those of each module. */
function byModule(functions: readonly SkbFunction[]): number[][] {
  const groups = new Map<string, number[]>([['', []]])
  for (const [index, { module }] of functions.entries()) {
    const group = groups.get(module)
    if (group) group.push(index)
    else groups.set(module, [index])
  }
  return [...groups.values()].filter(({ length }) => length > 0)
}
