// Owns the agents of the lab: `sonde sample` in each switch. Knows its flags only. See lab.ts for the folder.

import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EnvironmentError } from '../errors.ts'
import type { UpOptions } from './options.ts'
import { netnsOf, type Switch, switches } from './plan.ts'
import type { Processes } from './processes.ts'
import { lastWords, type Programs } from './programs.ts'

/** One that can't work ends by then: it says so when it attaches. */
const TRIED_MS = 1500
const LOOK_MS = 100

const roleOf = ({ name }: Switch): string => `sample/${name}`
const logOf = (state: string, { name }: Switch): string => join(state, `sample-${name}.log`)

/** What is typed behind `sonde` for one switch. The sampler sends from where it is started, so the collector may be there too. */
export function sampleArguments(
  { name, rate, pollingMs, to }: SamplerOptions,
  { name: node, agent }: Switch,
): string[] {
  const collectors = to.flatMap(({ host, port }) => ['--to', `${host.includes(':') ? `[${host}]` : host}:${port}`])
  const how = ['--rate', String(rate), '--polling', `${pollingMs}ms`, '--agent', agent, '--drops', '--quiet']
  return ['sample', 'eth*', '--netns', netnsOf(name, node), ...how, ...collectors]
}

/** An agent tells the name of its host, so each has a host name of its own; the shell then becomes the sampler. */
const NAMED = 'echo "$0" > /proc/sys/kernel/hostname; exec "$@"'

type SamplerOptions = Pick<UpOptions, 'name' | 'rate' | 'pollingMs' | 'to' | 'sonde'>

/**
 * Starts those that don't run, and sees that they stay.
 * @returns how many were started
 * @throws EnvironmentError with what the first that ended said
 */
export async function startSamplers(
  options: SamplerOptions,
  programs: Programs,
  processes: Processes,
  state: string,
): Promise<number> {
  const roles = new Set(processes.running().map(({ role }) => role))
  const missing = switches.filter((each) => !roles.has(roleOf(each)))
  const unshare = programs.path('unshare')
  for (const each of missing) {
    const sampler = [...options.sonde, ...sampleArguments(options, each)]
    processes.start(roleOf(each), unshare, ['--uts', 'sh', '-c', NAMED, each.name, ...sampler], logOf(state, each))
  }
  for (let waited = 0; missing.length > 0 && waited < TRIED_MS; waited += LOOK_MS) await pause(LOOK_MS)
  const running = new Set(processes.running().map(({ role }) => role))
  const ended = missing.find((each) => !running.has(roleOf(each)))
  if (ended) throw new EnvironmentError(`The sampler in ${ended.name} has ended: ${lastWords(logOf(state, ended))}`)
  return missing.length
}
