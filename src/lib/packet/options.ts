// Owns how options of IPv4 and TCP follow each other. Knows no option's meaning. Start at optionLength; IPv6's are others
// (ipv6-extensions.ts): their length does not count its own two bytes, and only 0 is one byte.

/**
 * Length of the option at `i`: 1 for end and no-operation, or 0 where it can't be or isn't wholly before `limit`.
 * @see RFC 791, 3.1; RFC 9293, 3.1
 */
export function optionLength(view: DataView, i: number, limit: number): number {
  if (view.getUint8(i) <= 1) return 1
  if (i + 2 > limit) return 0
  const length = view.getUint8(i + 1)
  return length < 2 || i + length > limit ? 0 : length
}
