/** Parses JSON with every whole number beyond 2^53 as bigint, from its own digits. */
export function exactNumbers(json: string): unknown {
  return JSON.parse(json, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source
    if (typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^\d+$/.test(source)) {
      return BigInt(source)
    }
    return value
  })
}
