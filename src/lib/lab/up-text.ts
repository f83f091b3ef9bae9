// Owns what `sonde lab up` prints: what there is, and what to try. See lab.ts for the folder.

import { formatCount } from '../errors.ts'
import { USUAL_LAB } from './options.ts'
import { hostAddress, hosts, leaves, netnsOf } from './plan.ts'
import { type LabSettings, topologyPathOf } from './state.ts'

/** For people: lines to read, lines to copy. */
export function whatIsUp(lab: string, { routing, rate, pollingMs, to, sampled }: LabSettings): string {
  const named = lab === USUAL_LAB ? '' : ` --name ${lab}`
  const topology = `--topology ${topologyPathOf(lab)}`
  const port = /:(\d+)$/.exec(to[0] ?? '')?.[1]
  const input = port === '6343' ? '' : ` -i udp://:${port}`
  const how = routing === 'static' ? 'static routes with several next hops' : `${routing}, BGP unnumbered`
  const lines = [
    `The lab "${lab}" is up: leaf1 and leaf2, each with a cable to spine1 and spine2; ${how}.`,
    ...leaves.map(({ name }) => `${name} has ${hostsAt(name)}.`),
    sampled
      ? `In each switch sonde sample takes 1 in ${formatCount(rate)}, counters every ${pollingMs / 1000} s, and sends to ${to.join(' and ')}.`
      : 'Nothing samples.',
    '',
    'Try this, and in another terminal what is below it:',
    `  sonde ai-metrics ${topology}${input}`,
    `  sonde lab traffic${named}`,
    'While there is traffic, instead of ai-metrics:',
    `  sonde period${input}`,
    `  sonde path ${topology} --filter 'suffix:stack:.:1=ibbt'${input}`,
    `  sonde topo status ${topology} --ignore sampling,noflows${input}`,
    `What is dropped, with sonde lab traffic${named} --blocked, or --incast, as traffic:`,
    `  sonde drops ${topology}${input}`,
    `A shell in a host: ip netns exec ${netnsOf(lab, 'h1')} bash. The end: sonde lab down${named}`,
  ]
  return `${lines.join('\n')}\n`
}

const hostsAt = (leaf: string): string =>
  hosts
    .filter((host) => host.leaf === leaf)
    .map((host) => `${host.name} (${hostAddress(host, false)}) at ${host.port}`)
    .join(' and ')
