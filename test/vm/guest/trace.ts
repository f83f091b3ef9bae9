// The firewall demonstration, as a user would do it: `sonde trace port https`, a connection; then a rule of nft, and a connection again.

import { must, run, sleep, start, startSonde } from './commands.ts'
import { mustBeGone, programsInKernel } from './ways.ts'

const PORT = 443
/** Functions (and tracepoints) by which a buffer is given back: nothing else may follow its drop. */
const RELEASE =
  /^(kfree_skb|kfree_skb_reason|__kfree_skb|sk_skb_reason_drop|consume_skb|skb_release_\w+|__skb_\w*unref|kfree_skbmem|kfree_skb_partial|skb_free_head|napi_skb_\w+|skb_attempt_defer_free|skb_ext_\w+|__skb_ext_\w+|sock_[rw]free|sock_\w*free\w*|skb_zcopy\w*|skb_orphan\w*)$/

interface Step {
  readonly skb: string
  readonly func: string
  readonly reason?: string
  readonly tuple?: { readonly sport?: number; readonly dport?: number; readonly flags?: string }
}

/** What was told: the way by which it hung, and each step. */
export interface Told {
  readonly stderr: string
  readonly tier: string
  readonly steps: readonly Step[]
}

/** A connection from a to b's port 443 with a port of its own; whether it came about within two seconds. */
async function connect(localPort: number): Promise<boolean> {
  const script = `const s=require('net').connect({host:'10.9.0.2',port:${PORT},localPort:${localPort}});s.on('connect',()=>{s.destroy();process.exit(0)});s.on('error',()=>process.exit(1));setTimeout(()=>process.exit(2),2000)`
  const { code } = await run('/bin/ip', 'netns', 'exec', 'a', '/bin/node', '-e', script)
  return code === 0
}

const SERVER = `require('net').createServer(s=>{s.on('error',()=>0);s.end('x')}).listen(${PORT},'10.9.0.2',()=>console.error('listens'))`

/** Traces both connections. @param flags of `sonde trace` beside the filter */
async function traceBoth(...flags: string[]): Promise<Told> {
  const server = start('/bin/ip', 'netns', 'exec', 'b', '/bin/node', '-e', SERVER)
  try {
    await server.says(/listens/)
    const tracing = startSonde('trace', '-f', 'ndjson', '--duration', '80s', ...flags, 'port', 'https')
    await tracing.says(/(functions|tracepoints) in [\d.]+ s/)
    if (!(await connect(40_001))) throw new Error('the first connection failed')
    await must(
      "/bin/ip netns exec b /bin/nft add table inet w; /bin/ip netns exec b /bin/nft add chain inet w c '{ type filter hook input priority 0; }'",
    )
    await must(`/bin/ip netns exec b /bin/nft add rule inet w c tcp dport ${PORT} drop`)
    if (await connect(40_002)) throw new Error('the second connection was not blocked')
    await tracing.prints(/NETFILTER_DROP/, 1)
    // What gives the buffer back comes with it, in the same microseconds, and is printed at the next look into the ring.
    await sleep(300)
    tracing.stop()
    const { code, stdout, stderr } = await tracing.ended
    if (code !== 0) throw new Error(`sonde trace ended with ${code}: ${stderr}`)
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
    const all = lines.map((line) => JSON.parse(line) as Step & { kind: string; tier?: string })
    const end = JSON.parse(lines.at(-1)!) as Record<string, number>
    if (end.steps! + end.not_shown! + end.refused! + end.lost! !== end.seen) {
      throw new Error(`what came of all that were seen does not add up: ${lines.at(-1)}`)
    }
    return {
      stderr,
      tier: all.find(({ kind }) => kind === 'trace')?.tier ?? '',
      steps: all.filter(({ kind }) => kind === 'step'),
    }
  } finally {
    server.stop()
    await server.ended
    await run('/bin/ip', 'netns', 'exec', 'b', '/bin/nft', 'delete', 'table', 'inet', 'w')
  }
}

const routeOf = (steps: readonly Step[]): string =>
  steps.map(({ func, reason }) => (reason ? `${func} (${reason})` : func)).join(' ')

/**
 * @param wanted functions that the first connection's SYN must reach in this order
 * @returns what it said and took
 */
export async function demonstrate(tier: string, wanted: readonly string[], ...flags: string[]): Promise<string> {
  const before = await programsInKernel()
  const { stderr, steps, tier: told } = await traceBoth(...flags)
  if (told !== tier) throw new Error(`by ${told}, not ${tier}: ${stderr}`)
  const of = (port: number): Step[] => steps.filter(({ tuple }) => tuple?.sport === port)
  const first = of(40_001)
  let at = -1
  for (const name of wanted) {
    at = first.findIndex(({ func }, index) => index > at && func === name)
    if (at < 0) throw new Error(`no ${name} in its place: ${routeOf(first).slice(0, 1200)}`)
  }
  const early = first.find(({ reason }) => reason === 'NETFILTER_DROP')
  if (early) throw new Error(`dropped before there was a rule: ${routeOf(first).slice(0, 1000)}`)
  const second = of(40_002)
  const drop = second.findIndex(({ reason }) => reason === 'NETFILTER_DROP')
  if (drop < 0) throw new Error(`no NETFILTER_DROP: ${routeOf(second).slice(0, 1200)}`)
  const { skb } = second[drop]!
  // Of that buffer, until its memory is given back: then its address is another's.
  const behind: string[] = []
  for (const step of steps.slice(steps.indexOf(second[drop]!) + 1)) {
    if (step.skb !== skb) continue
    if (SENDS.includes(step.func)) break
    behind.push(step.func)
    if (step.func === 'kfree_skbmem') break
  }
  const odd = behind.find((name) => !RELEASE.test(name))
  if (odd !== undefined) throw new Error(`behind the drop came ${odd}: ${behind.slice(0, 30)}`)
  await mustBeGone(before)
  const said = /\S+: [\d,]+ (functions|tracepoints) in [\d.]+ s/.exec(stderr)?.[0]
  return `${said}; ${steps.length} steps; SYN: ${first.length} steps until closed; dropped: ${routeOf(second.slice(Math.max(0, drop - 4), drop + 1))}, then ${behind.join(' ') || 'nothing'}`
}

/** Where a packet that is sent anew begins. */
const SENDS: readonly string[] = ['ip_local_out', '__ip_local_out', 'ip_output', 'ip_finish_output', '__dev_queue_xmit']
