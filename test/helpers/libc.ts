// Owns the C library for tests that need it: they skip where there is none and say why.

import { type Libc, loadLibc } from '../../src/lib/sys/libc.ts'

const loaded = await loadLibc()

/** For `test(name, { skip: noLibc }, ...)`. */
export const noLibc: string | false = loaded.why ?? false

/** Only in tests that skip with `noLibc`. */
export const libc = loaded.libc as Libc
