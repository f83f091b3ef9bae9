// A worker that receives: tells its port, counts until it is told to stop, then tells its count. For test/source/udp-machine.test.ts.

import { parentPort } from 'node:worker_threads'
import { openLoopback, portOf } from './udp.ts'

const source = await openLoopback({})
parentPort!.once('message', () => void source.close())
parentPort!.postMessage({ port: portOf(source), receiver: source.report().live!.receiver })
let received = 0
for await (const { count } of source.batches()) received += count
const { kernelDropped } = source.report().live!
parentPort!.postMessage({ received, kernelDropped })
