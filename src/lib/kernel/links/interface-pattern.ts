// Owns choosing interfaces by patterns of their names, as a shell writes them. Pure. See interfaces.ts for the folder.

import { InputError } from '../../errors.ts'

/** Which interfaces are wanted. */
export interface InterfaceChoice {
  readonly has: (name: string) => boolean
  /** The wanted names without a wildcard, for a word about those that are not there. */
  readonly exact: readonly string[]
}

/** IFNAMSIZ, less the zero byte. */
const MOST_BYTES = 15
const special = /[\\^$.|?*+()[\]{}]/g

/**
 * Reads patterns: `*` any letters, `?` one, `[a-c]` one of these, `!` in front: not these. A name is wanted where one pattern fits
 * and no `!` does; only `!` patterns mean all others.
 * @throws InputError for an empty one, one that no name can fit, or a `[` without its end
 */
export function parseInterfacePatterns(patterns: readonly string[]): InterfaceChoice {
  const wanted: RegExp[] = []
  const unwanted: RegExp[] = []
  const exact: string[] = []
  for (const pattern of patterns) {
    const isNot = pattern.startsWith('!')
    const body = isNot ? pattern.slice(1) : pattern
    ;(isNot ? unwanted : wanted).push(compile(body, pattern))
    if (!isNot && !/[*?[]/.test(body)) exact.push(body)
  }
  return {
    has: (name) =>
      (wanted.length === 0 || wanted.some((each) => each.test(name))) && !unwanted.some((each) => each.test(name)),
    exact,
  }
}

function compile(body: string, whole: string): RegExp {
  if (body === '') throw new InputError(`"${whole}" names no interface`, ['Patterns: eth0, eth*, eth[0-3], !lo'])
  const letters = body.replace(/\[[^\]]*\]/g, '?').replaceAll('*', '')
  if (Buffer.byteLength(letters) > MOST_BYTES || /[\s/]/.test(letters)) {
    throw new InputError(`"${whole}" can be no interface: names have up to ${MOST_BYTES} bytes, no space and no slash`)
  }
  let source = ''
  for (let at = 0; at < body.length; at++) {
    const letter = body[at]!
    if (letter === '*') {
      // Several in a row are one: otherwise a hostile pattern could take very long.
      if (!source.endsWith('.*')) source += '.*'
    } else if (letter === '?') source += '.'
    else if (letter === '[') {
      const end = body.indexOf(']', at + 2)
      if (end < 0) throw new InputError(`"${whole}": the [ has no ]`, ['Patterns: eth0, eth*, eth[0-3], !lo'])
      source += set(body.slice(at + 1, end), whole)
      at = end
    } else source += letter.replace(special, '\\$&')
  }
  return new RegExp(`^${source}$`, 's')
}

function set(inner: string, whole: string): string {
  const isNot = inner.startsWith('!') || inner.startsWith('^')
  const letters = (isNot ? inner.slice(1) : inner).replace(/[\\\]^]/g, '\\$&')
  try {
    const source = `[${isNot ? '^' : ''}${letters}]`
    new RegExp(source)
    return source
  } catch {
    throw new InputError(`"${whole}": [${inner}] is no set of letters`, ['Patterns: eth0, eth*, eth[0-3], !lo'])
  }
}
