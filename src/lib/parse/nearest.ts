// Owns "did you mean": which known name an unknown one was meant to be. See parse.ts for the folder.

/**
 * Edits that turn `a` into `b`: insert, delete, replace, or swap two neighbours (optimal string alignment).
 * Case counts. The cost is the product of the lengths.
 */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1
  let beforeLast = new Uint16Array(width)
  let last = Uint16Array.from({ length: width }, (_, at) => at)
  let row = new Uint16Array(width)
  for (let i = 1; i <= a.length; i++) {
    row[0] = i
    for (let j = 1; j < width; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      const swapped =
        i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
      if (swapped) best = Math.min(best, beforeLast[j - 2]! + 1)
      row[j] = best
    }
    ;[beforeLast, last, row] = [last, row, beforeLast]
  }
  return last[b.length]!
}

/** Whether all letters of `short` stand in `long` in that order: how people abbreviate (`ipsrc` for `ipsource`). */
function isAbbreviation(short: string, long: string): boolean {
  let at = 0
  for (const letter of long) if (letter === short[at]) at++
  return at === short.length && short.length >= 3 && short.length * 2 >= long.length
}

/** Longer text is no misspelled name, and the cost is quadratic. */
const maxLength = 64

/**
 * The known names that `word` was most likely meant to be, best first, at most `count`.
 * A name counts when it differs from `word` by about a third of the letters, when one begins with the other, or when `word`
 * abbreviates it.
 * Case is ignored.
 */
export function nearestNames(word: string, names: Iterable<string>, count = 3): string[] {
  const wanted = word.toLowerCase()
  if (wanted === '' || wanted.length > maxLength) return []
  const found: { name: string; distance: number }[] = []
  for (const name of new Set(names)) {
    const known = name.toLowerCase()
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, known.length) / 3))
    const begins = wanted.length >= 3 && (known.startsWith(wanted) || wanted.startsWith(known))
    const shortened = begins || isAbbreviation(wanted, known)
    if (!shortened && Math.abs(known.length - wanted.length) > allowed) continue
    const distance = editDistance(wanted, known)
    if (shortened || distance <= allowed) found.push({ name, distance })
  }
  found.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
  const best = found[0]?.distance ?? 0
  return found
    .filter(({ distance }) => distance <= best + 1)
    .slice(0, count)
    .map(({ name }) => name)
}

/**
 * `Did you mean ipsource?`, `Did you mean ipsource or ip6source?`, or undefined where nothing is near.
 * @param show how a name is written, such as `(name) => "--" + name`
 */
export function didYouMean(
  word: string,
  names: Iterable<string>,
  show = (name: string): string => name,
): string | undefined {
  const near = nearestNames(word, names).map(show)
  if (near.length === 0) return undefined
  const last = near.pop()!
  return `Did you mean ${near.length > 0 ? `${near.join(', ')} or ` : ''}${last}?`
}
