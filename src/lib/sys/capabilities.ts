// Owns which rights of root this process has. See libc.ts for the folder.

import { readFileSync } from 'node:fs'

/** Bits of CapEff: linux/capability.h. */
const bits = {
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_SYS_ADMIN: 21,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const
export type Capability = keyof typeof bits

/**
 * The capabilities in effect, of those that sonde knows, from the text of /proc/PID/status.
 * @returns undefined where the text has no CapEff
 * @see proc_pid_status(5), capabilities(7)
 */
export function parseCapabilities(status: string): ReadonlySet<Capability> | undefined {
  const hex = /^CapEff:\s*([0-9a-f]{1,16})$/im.exec(status)?.[1]
  if (hex === undefined) return undefined
  const mask = BigInt(`0x${hex}`)
  const names = Object.keys(bits) as Capability[]
  return new Set(names.filter((name) => ((mask >> BigInt(bits[name])) & 1n) === 1n))
}

/** Those of this process; undefined where this system has no such file. */
export function readCapabilities(): ReadonlySet<Capability> | undefined {
  try {
    return parseCapabilities(readFileSync('/proc/self/status', 'utf8'))
  } catch {
    return undefined
  }
}
