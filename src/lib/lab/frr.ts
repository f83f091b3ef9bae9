// Owns routing by FRR: zebra and bgpd in each switch, BGP unnumbered as in data centres. See lab.ts for the folder.

import { chownSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EnvironmentError } from '../errors.ts'
import { cables, hosts, netnsOf, type Switch, switches } from './plan.ts'
import type { Processes } from './processes.ts'
import { isExecutable, lastWords, type Programs } from './programs.ts'

/** Debian's folder of daemons, then Fedora's. */
const folders = ['/usr/lib/frr', '/usr/libexec/frr']
/** As whom its packages run it: it refuses root, which is not in its group for terminals. */
const USER = 'frr'
/** Where each daemon makes a folder DAEMON.PID for what it says when it crashes, and leaves it (FRR 8.4). */
const CRASH_FOLDER = '/var/tmp/frr'
const daemons = ['zebra', 'bgpd'] as const
/** Sessions come up in about three seconds, on a busy machine later. */
const ROUTED_MS = 30_000

/** The folder of its daemons; undefined where FRR is not installed. */
export function findFrr(): string | undefined {
  return folders.find((folder) => isExecutable(join(folder, 'zebra')) && isExecutable(join(folder, 'bgpd')))
}

/** `8.4.4`, or what it says instead. */
export async function frrVersion(programs: Programs, folder: string): Promise<string> {
  const { stdout } = await programs.try(join(folder, 'zebra'), ['--version'])
  return /version (\S+)/.exec(stdout)?.[1] ?? 'of unknown version'
}

/** zebra's: routers whose next hops are found over a default route too, as in containers with a management network. */
export function zebraConfig({ name }: Switch): string {
  return ['frr defaults datacenter', `hostname ${name}`, 'ip nht resolve-via-default', ''].join('\n')
}

/** bgpd's: a session on each cable, without addresses; hosts' networks are told, those of management are not. */
export function bgpConfig({ name, asNumber, agent }: Switch): string {
  const uplinks = cables.flatMap(({ node1, port1, node2, port2 }) =>
    node1 === name ? [port1] : node2 === name ? [port2] : [],
  )
  const access = hosts.filter(({ leaf }) => leaf === name).map(({ port }) => port)
  return [
    'frr defaults datacenter',
    `hostname ${name}`,
    `router bgp ${asNumber}`,
    ` bgp router-id ${agent}`,
    ' bgp bestpath as-path multipath-relax',
    ' bgp bestpath compare-routerid',
    ' neighbor fabric peer-group',
    ' neighbor fabric remote-as external',
    ' neighbor fabric capability extended-nexthop',
    // Both ends begin at once, so the first try often fails; the usual ten seconds until the next are long.
    ' neighbor fabric timers connect 1',
    ...uplinks.map((port) => ` neighbor ${port} interface peer-group fabric`),
    ' address-family ipv4 unicast',
    ...(access.length > 0 ? ['  redistribute connected route-map HOST_ROUTES'] : []),
    ' exit-address-family',
    ' address-family ipv6 unicast',
    '  neighbor fabric activate',
    ...(access.length > 0 ? ['  redistribute connected route-map HOST_ROUTES'] : []),
    ' exit-address-family',
    ...access.flatMap((port, i) => [`route-map HOST_ROUTES permit ${10 * (i + 1)}`, ` match interface ${port}`]),
    '',
  ].join('\n')
}

/**
 * Starts the daemons of all switches; routes come later.
 * @param state the lab's folder; each switch gets one in it
 */
export function startFrr(programs: Programs, processes: Processes, lab: string, folder: string, state: string): void {
  const ip = programs.path('ip')
  const { uid, gid } = idsOf(USER)
  for (const each of switches) {
    const own = folderIn(state, each)
    mkdirSync(own, { recursive: true })
    chownSync(own, uid, gid)
    writeFileSync(join(own, 'zebra.conf'), zebraConfig(each))
    writeFileSync(join(own, 'bgpd.conf'), bgpConfig(each))
    for (const daemon of daemons) {
      // Everything that FRR would put into its system-wide folders lies in ours; -P 0: no port to log in at.
      const files = ['-f', `${own}/${daemon}.conf`, '-i', `${own}/${daemon}.pid`, '-z', `${own}/zserv.api`]
      const terminals = ['--vty_socket', own, '-P', '0']
      const args = ['netns', 'exec', netnsOf(lab, each.name), join(folder, daemon), ...files, ...terminals]
      processes.start(`${daemon}/${each.name}`, ip, args, logOf(own, daemon))
    }
  }
}

const folderIn = (state: string, { name }: Switch): string => join(state, `frr-${name}`)
const logOf = (own: string, daemon: string): string => join(own, `${daemon}.log`)

/** @throws EnvironmentError where there is no such user */
function idsOf(user: string): { readonly uid: number; readonly gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${user}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  throw new EnvironmentError(`FRR is there, but not the user "${user}" as whom it runs.`, [
    'sonde lab up --routing static does without.',
  ])
}

/** @throws EnvironmentError where a daemon ends, or routes don't come in time */
export async function waitForRoutes(
  isThere: () => Promise<boolean>,
  processes: Processes,
  state: string,
  stop: AbortSignal,
): Promise<void> {
  const until = performance.now() + ROUTED_MS
  const steps = ['sonde lab up --routing static does without.']
  let missing: string | undefined
  while (!(await isThere())) {
    if (stop.aborted) return
    const running = new Set(processes.running().map(({ role }) => role))
    const all = switches.flatMap((each) => daemons.map((daemon) => ({ each, daemon, role: `${daemon}/${each.name}` })))
    const ended = all.find(({ role }) => !running.has(role))
    // Missing twice: while ip becomes the daemon (execve), its environment is empty for a moment.
    if (ended !== undefined && ended.role === missing) {
      const said = lastWords(logOf(folderIn(state, ended.each), ended.daemon))
      throw new EnvironmentError(`FRR's ${ended.daemon} in ${ended.each.name} has ended: ${said}`, steps)
    }
    missing = ended?.role
    if (performance.now() > until) {
      throw new EnvironmentError(`FRR's BGP had no routes after ${ROUTED_MS / 1000} s.`, steps)
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** The daemons of a lab that have run, by the files in which they say so; also those that were killed. */
export function frrProcessesIn(state: string): number[] {
  return switches.flatMap((each) =>
    daemons.flatMap((daemon) => {
      try {
        return [Number(readFileSync(join(folderIn(state, each), `${daemon}.pid`), 'utf8'))]
      } catch {
        return []
      }
    }),
  )
}

/** Takes away what ended daemons leave outside of the lab's folder. */
export function cleanBehindFrr(pids: readonly number[]): void {
  for (const pid of pids) {
    for (const daemon of daemons) rmSync(join(CRASH_FOLDER, `${daemon}.${pid}`), { recursive: true, force: true })
  }
  try {
    if (readdirSync(CRASH_FOLDER).length === 0) rmdirSync(CRASH_FOLDER)
  } catch {
    // There is none.
  }
}
