// Owns what sampling costs: nanoseconds a packet in the kernel (BPF_PROG_TEST_RUN, the harness with an empty program beside), and
// nanoseconds a sample to read it. As root. Prints and never fails on a time.
//
//   node --import tsx test/bench/tap.bench.ts

import { openBpf } from '../../src/lib/kernel/bpf/loader.ts'
import { readBpfObject } from '../../src/lib/kernel/bpf/object-files.ts'
import { openRingBuffer } from '../../src/lib/kernel/bpf/ring-buffer.ts'
import { noNamespaces } from '../helpers/namespaces.ts'
import { TappedRouter } from '../helpers/tapped-router.ts'

/** Records of a ring of 4 MiB: a run of so many packets fits. */
const FITS = 10_000
const MANY = 500_000

const report = (name: string, nanoseconds: number[]): void => {
  nanoseconds.sort((a, b) => a - b)
  const median = nanoseconds[nanoseconds.length >> 1]!
  console.log(`${name.padEnd(44)} ${nanoseconds[0]!.toFixed(0)} ns, median ${median.toFixed(0)}`)
}

/** A datagram from a to b, as it comes in at the router's left. */
function packetFor(router: TappedRouter): Uint8Array {
  const [{ address }] = JSON.parse(router.spaces.ip('r', '-j', 'link', 'show', 'left')) as [{ address: string }]
  const packet = new Uint8Array(256)
  const head = `${address.replaceAll(':', '')}02000000000108004500005400004000401100000a0100010a020001`
  packet.set(Buffer.from(`${head}10001e610040`, 'hex'))
  return packet
}

async function costInKernel(router: TappedRouter): Promise<void> {
  const bpf = await openBpf()
  const object = bpf.load(readBpfObject('sample'))
  const ring = openRingBuffer(bpf, object.map('samples'))
  const packet = packetFor(router)
  const device = router.index.left
  const port = new Uint8Array(16)
  const view = new DataView(port.buffer)
  const want = (rate: number, headerBytes = 128) => {
    view.setBigUint64(0, BigInt(Math.round(2 ** 32 / rate)), true)
    view.setUint32(8, device, true)
    view.setUint16(12, headerBytes, true)
    object.map('ports').update(device, port)
  }
  // Any state of the random numbers but 0.
  const seeds = new Uint8Array(object.map('counts').lookupBytes).fill(77)
  for (const at of [2 * device, 2 * device + 1]) object.map('counts').update(at, seeds)
  const run = (name: string, direction: 'ingress' | 'egress', repeat: number) => {
    const times = Array.from({ length: 15 }, () => {
      const { nanoseconds } = object.program(`sample_${direction}`).testRun(packet, repeat, device)
      ring.drain(() => undefined)
      return nanoseconds
    })
    report(name, times)
  }
  run('no wish for the interface (about the harness)', 'egress', MANY)
  want(1e9)
  run('not sampled, in', 'ingress', MANY)
  run('not sampled, out', 'egress', MANY)
  want(1000)
  run('1 in 1,000, in, with the route', 'ingress', MANY)
  want(100)
  run('1 in 100, in, with the route', 'ingress', MANY)
  want(1)
  run('each, out, 128 bytes', 'egress', FITS)
  run('each, in, 128 bytes, with the route', 'ingress', FITS)
  want(1, 256)
  run('each, out, 256 bytes', 'egress', FITS)
  bpf.close()
}

async function costOfReading(router: TappedRouter, method: 'tcx' | 'af_packet'): Promise<void> {
  await router.open(method, { ringBytes: 1 << 24, ring: { blocks: 256, blockBytes: 64 << 10 } })
  router.attach(1)
  let bytes = 0
  const times: number[] = []
  for (let round = 0; round < 12; round++) {
    router.send(15_000, { drain: false })
    await new Promise((resolve) => setTimeout(resolve, 60))
    const before = process.cpuUsage()
    const samples = router.tap.drain((packet) => {
      bytes += packet.frameBytes
    })
    const { user, system } = process.cpuUsage(before)
    times.push(((user + system) * 1000) / samples)
  }
  if (bytes === 0) throw new Error('nothing was sampled')
  // The first rounds are compiling.
  report(`reading a sample, ${method}`, times.slice(4))
}

if (noNamespaces) console.log(`skipped: ${noNamespaces}`)
else {
  const router = new TappedRouter()
  try {
    // In the router's namespace: routes are looked up where the device is.
    await router.spaces.stay('r', () => costInKernel(router))
    await costOfReading(router, 'tcx')
    await costOfReading(router, 'af_packet')
  } finally {
    router.close()
  }
}
