// A process that has a program at loopback, tells its number and waits to be killed: for loader.test.ts.

import { readFileSync } from 'node:fs'
import { parseBpfObject } from '../../src/lib/kernel/bpf/bpf-object.ts'
import { openBpf } from '../../src/lib/kernel/bpf/loader.ts'

const bpf = await openBpf()
const file = new URL('../bpf/every-kind.bpf.o', import.meta.url)
const program = bpf.load(parseBpfObject('every-kind', readFileSync(file)), { programs: ['look_up'] }).program('look_up')
program.attachTcx(1, 'egress')
process.stdout.write(`program ${program.id}\n`)
setInterval(() => {}, 1000)
