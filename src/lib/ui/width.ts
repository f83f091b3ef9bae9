// Owns how many columns of a terminal a text takes. See ui.ts for the folder.

// Pairs first, last. Width 2: East Asian Wide and Fullwidth (UAX #11, Unicode 16, small gaps joined) and emoji presentation.
const wide: readonly number[] = [
  0x1100, 0x115f, 0x231a, 0x231b, 0x2329, 0x232a, 0x23e9, 0x23ec, 0x23f0, 0x23f0, 0x23f3, 0x23f3, 0x25fd, 0x25fe,
  0x2614, 0x2615, 0x2648, 0x2653, 0x267f, 0x267f, 0x2693, 0x2693, 0x26a1, 0x26a1, 0x26aa, 0x26ab, 0x26bd, 0x26be,
  0x26c4, 0x26c5, 0x26ce, 0x26ce, 0x26d4, 0x26d4, 0x26ea, 0x26ea, 0x26f2, 0x26f3, 0x26f5, 0x26f5, 0x26fa, 0x26fa,
  0x26fd, 0x26fd, 0x2705, 0x2705, 0x270a, 0x270b, 0x2728, 0x2728, 0x274c, 0x274c, 0x274e, 0x274e, 0x2753, 0x2755,
  0x2757, 0x2757, 0x2795, 0x2797, 0x27b0, 0x27b0, 0x27bf, 0x27bf, 0x2b1b, 0x2b1c, 0x2b50, 0x2b50, 0x2b55, 0x2b55,
  0x2e80, 0x303e, 0x3041, 0x33ff, 0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xa000, 0xa4cf, 0xa960, 0xa97f, 0xac00, 0xd7a3,
  0xf900, 0xfaff, 0xfe10, 0xfe19, 0xfe30, 0xfe6f, 0xff00, 0xff60, 0xffe0, 0xffe6, 0x16fe0, 0x18d08, 0x1aff0, 0x1affe,
  0x1b000, 0x1b2fb, 0x1f004, 0x1f004, 0x1f0cf, 0x1f0cf, 0x1f18e, 0x1f18e, 0x1f191, 0x1f19a, 0x1f200, 0x1f320, 0x1f32d,
  0x1f335, 0x1f337, 0x1f37c, 0x1f37e, 0x1f393, 0x1f3a0, 0x1f3ca, 0x1f3cf, 0x1f3d3, 0x1f3e0, 0x1f3f0, 0x1f3f4, 0x1f3f4,
  0x1f3f8, 0x1f43e, 0x1f440, 0x1f440, 0x1f442, 0x1f4fc, 0x1f4ff, 0x1f53d, 0x1f54b, 0x1f54e, 0x1f550, 0x1f567, 0x1f57a,
  0x1f57a, 0x1f595, 0x1f596, 0x1f5a4, 0x1f5a4, 0x1f5fb, 0x1f64f, 0x1f680, 0x1f6c5, 0x1f6cc, 0x1f6cc, 0x1f6d0, 0x1f6d2,
  0x1f6d5, 0x1f6d7, 0x1f6dc, 0x1f6df, 0x1f6eb, 0x1f6ec, 0x1f6f4, 0x1f6fc, 0x1f7e0, 0x1f7eb, 0x1f7f0, 0x1f7f0, 0x1f90c,
  0x1f9ff, 0x1fa70, 0x1faff, 0x20000, 0x3fffd,
]

const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u
// What chalk writes: ESC [ ... m. Nothing else of ours goes into a cell, and text from outside has its controls escaped.
const sgr = /\p{Cc}\[[\d;]*m/gu

function isWide(code: number): boolean {
  let low = 0
  let high = wide.length / 2 - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (code < wide[middle * 2]!) high = middle - 1
    else if (code > wide[middle * 2 + 1]!) low = middle + 1
    else return true
  }
  return false
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0)!
  if (code < 0x300) return 1
  if (zeroWidth.test(character)) return 0
  return isWide(code) ? 2 : 1
}

/**
 * Columns that `text` takes: 2 for East Asian wide characters and emoji, 0 for combining marks and colour sequences.
 * Sequences of emoji joined by ZWJ count each part, as most terminals draw them. Controls must be escaped before.
 */
export function displayWidth(text: string): number {
  // Most text is printable ASCII, whose width is its length.
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const character of text.replace(sgr, '')) width += characterWidth(character)
  return width
}

/** Fills up with spaces on the right to `width` columns; longer text stays as it is. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

/** Fills up with spaces on the left to `width` columns; longer text stays as it is. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text
}

/** At most `width` columns, the last of them `…` where something was cut. For text without colour. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  let used = 1
  for (const character of text) {
    const more = characterWidth(character)
    if (used + more > width) break
    used += more
    kept += character
  }
  return width > 0 ? `${kept}…` : ''
}
