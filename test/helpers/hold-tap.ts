// A process that samples an interface, says so, and waits to be killed: for taps-lives.test.ts.   hold-tap.ts METHOD INDEX

import { openTap, type TapMethod } from '../../src/lib/kernel/tap/open-tap.ts'

const [, , method, index] = process.argv
const tap = await openTap({ method: method as TapMethod })
tap.attach({ interfaceIndex: Number(index), name: 'held', rate: 10, direction: 'both', headerBytes: 128 })
process.stdout.write('attached\n')
setInterval(() => tap.drain(() => undefined), 20)
