// Owns making text from the network harmless on a terminal. See ui.ts for the folder.

// Cc: C0, DEL and C1 (0x9b is CSI in one byte). Zl, Zp: they break a line. Cs: lone surrogates. Cf: the bidi controls of
// UAX #9 (CVE-2021-42574), zero-width and other invisible format characters, tags; not ZWJ, which emoji need.
const harmful = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?!\u200d)\p{Cf}/gu

const short: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

function escapeCharacter(character: string): string {
  const known = short.get(character)
  if (known !== undefined) return known
  const code = character.codePointAt(0)!
  // A byte that is no UTF-8 (wire/interpret.ts, decodeText): as the byte it was.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/**
 * Text from the network as it may go to a terminal: one line, no control, no reordering, nothing invisible. What is
 * replaced stands there as `\n`, `\x1b` or `\u202e`, a byte that was no UTF-8 as `\xff`. A backslash stays as it is, so this is for eyes, not for reading back.
 */
export function escapeText(text: string): string {
  return text.replace(harmful, escapeCharacter)
}
