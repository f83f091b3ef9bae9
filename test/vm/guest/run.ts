// Runs in the guest, on Node alone: tries the kernel's side of sonde as a user does, in network namespaces, and writes one JSON
// object a test to standard output (the second serial line).

import { readFileSync, writeSync } from 'node:fs'
import { release } from 'node:os'
import { openBpf } from '../../../src/lib/kernel/bpf/loader.ts'
import { readBpfObject } from '../../../src/lib/kernel/bpf/object-files.ts'
import { verifyFilters } from '../../helpers/filter-verifier.ts'
import { must, NETWORK, run, sonde, sondeIn } from './commands.ts'
import type { GuestTest } from './names.ts'
import { demonstrate } from './trace.ts'
import { tryWay } from './ways.ts'

/** TCX came with Linux 6.6. Everything else must be there on all kernels that are booted. */
const [major = 0, minor = 0] = release().split('.').map(Number)
/** The tracepoint kfree_skb has a fourth argument, the socket, since 6.11. */
const tellsSocket = major > 6 || (major === 6 && minor >= 11)
/** Debian's 6.1 is built without CONFIG_FPROBE. */
const hasFprobe = major > 6 || (major === 6 && minor >= 6)
const hasTcx = major > 6 || (major === 6 && minor >= 6)

function expect(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`)
}

const objects = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** 20 pings from a to b, each packet sampled on both ends of the veth: 40 requests and replies at va. */
async function sample(...flags: string[]): Promise<string> {
  const sampling = sondeIn('a', 'sample', 'va', '--rate', '1', '--duration', '60s', '-f', 'ndjson', ...flags)
  await sampling.says(/va.*1 in 1|1 in 1.*va/s)
  await must('/bin/ip netns exec a /bin/ping -q -c 20 -i 0.1 10.9.0.2')
  await sampling.prints(/^.*"layer":"icmp".*$/m, 40)
  sampling.stop()
  const { code, stdout, stderr } = await sampling.ended
  expect(`exit code (${stderr})`, code, 0)
  const pings = objects(stdout).filter((line) => /"layer":"icmp"/.test(JSON.stringify(line)))
  expect('sampled pings', pings.length, 40)
  return stderr
}

/** What `drops` says of namespace b while `traffic` runs. */
async function drops(traffic: string): Promise<Record<string, unknown>[]> {
  const watching = sondeIn('b', 'drops', '--input', 'kernel:', '--netns', 'this', '--duration', '60s', '-f', 'ndjson')
  await watching.says(/kernel drops/)
  await must(traffic)
  watching.stop()
  const { code, stdout, stderr } = await watching.ended
  expect(`exit code (${stderr})`, code, 0)
  return objects(stdout).filter(({ kind }) => kind === 'drop')
}

const sendTo = (port: number): string =>
  `/bin/ip netns exec a /bin/node -e "const s=require('dgram').createSocket('udp4');let n=0;const f=()=>s.send('x',${port},'10.9.0.2',()=>++n<5?setTimeout(f,50):s.close());f()"`

/** What a test returns is told beside its result. */
const tests: Record<GuestTest, () => Promise<unknown>> = {
  'doctor tells what this kernel has': async () => {
    const { code, stdout, stderr } = await sonde('doctor', '-f', 'json')
    if (code !== 0 || stdout === '') throw new Error(`${code} ${stderr} ${stdout}`)
  },
  'every program of every object is taken by the verifier': async () => {
    const bpf = await openBpf()
    for (const name of ['sample', 'drops', 'trace']) {
      const object = readBpfObject(name)
      for (const program of object.programs) {
        if (program.name === 'drops_with_socket' && !tellsSocket) continue
        const targets = program.section === 'fentry' ? 'ip_rcv' : 'kfree_skb'
        bpf.load(object, { programs: [program.name], targets: { [program.name]: targets } }).close()
      }
    }
    bpf.close()
  },
  'filters as eBPF are taken by the verifier and answer as classic BPF does': async () => {
    const { programs, accepted } = await verifyFilters(100)
    expect('programs', programs, 36 + 25 + 100)
    if (accepted < 1_000) throw new Error(`only ${accepted} packets accepted`)
  },
  'kprobe.multi at all functions': () => way('kprobe.multi', hasFprobe ? 1000 : 0),
  // Where there is no fprobe, they are the best way, and traced by below.
  'kprobes at the short list': () => (hasFprobe ? way('kprobe', 50) : Promise.resolve()),
  'trace: a firewall, by the best way': () =>
    demonstrate(hasFprobe ? 'kprobe.multi' : 'kprobe', [
      '__ip_local_out',
      'ip_output',
      '__dev_queue_xmit',
      'ip_rcv',
      'tcp_v4_rcv',
    ]),
  'trace: a firewall, by fentry': () =>
    demonstrate('fentry', ['__dev_queue_xmit', 'ip_rcv', 'tcp_v4_rcv'], '--tier', 'fentry'),
  'sample: TCX, or AF_PACKET where this kernel has no TCX, and it says so': async () => {
    const said = await sample()
    if (!(hasTcx ? /TCX/ : /AF_PACKET.*TCX/s).test(said)) throw new Error(`it said: ${said}`)
  },
  'sample --method af_packet': async () => {
    await sample('--method', 'af_packet')
  },
  'drops --input kernel: names a closed port and a firewall rule': async () => {
    await must('/bin/ip netns exec b /bin/nft add table inet t')
    await must("/bin/ip netns exec b /bin/nft add chain inet t c '{ type filter hook input priority 0; }'")
    await must('/bin/ip netns exec b /bin/nft add rule inet t c udp dport 5555 drop')
    const rows = await drops(`${sendTo(9999)}; ${sendTo(5555)}`)
    for (const reason of ['NO_SOCKET', 'NETFILTER_DROP']) {
      const row = rows.find(({ linux_reason }) => linux_reason === reason)
      expect(`packets of ${reason} in ${JSON.stringify(rows)}`, row?.packets, 5)
    }
  },
}

async function way(name: Parameters<typeof tryWay>[0], least: number): Promise<string> {
  const { attached, reached, said } = await tryWay(name)
  if (attached < least || (least > 0 && reached === 0)) throw new Error(said)
  return said
}

for (const line of NETWORK) await must(line)
await run('/bin/ip', 'netns', 'exec', 'a', '/bin/ping', '-q', '-c', '1', '10.9.0.2')
let failed = 0
/** `sonde.only=REGEX` on the kernel's command line (SONDE_VM_ONLY of the host): while one test is being written. */
const only = new RegExp(/\bsonde\.only=(\S+)/.exec(readFileSync('/proc/cmdline', 'utf8'))?.[1] ?? '')
for (const [name, body] of Object.entries(tests)) {
  if (!only.test(name)) continue
  let detail: string | undefined
  let note: unknown
  const begin = performance.now()
  try {
    note = await body()
  } catch (error) {
    failed++
    detail = `${release()}: ${String((error as Error).message).slice(-1500)}`
  }
  writeSync(
    1,
    `${JSON.stringify({ name, ok: detail === undefined, detail, note, seconds: (performance.now() - begin) / 1000 })}\n`,
  )
}
process.exitCode = failed > 0 ? 1 : 0
