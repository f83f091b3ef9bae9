// Owns `sonde lab up` from options to exit code. Knows no terminal. See lab.ts for the folder; what is made is in plan.ts.

import { existsSync, writeFileSync } from 'node:fs'
import { exitCode, InputError } from '../errors.ts'
import { formatTopology } from '../topo/read-topology.ts'
import { ownNamespaces, takeAway } from './down.ts'
import { findFrr, frrVersion, startFrr, waitForRoutes } from './frr.ts'
import { labTopology } from './lab-topology.ts'
import { refuseWithoutRights } from './needs.ts'
import { makeNetwork, namespacesOf } from './network.ts'
import type { LabReport, UpOptions } from './options.ts'
import { nodeNames, switches } from './plan.ts'
import { Processes } from './processes.ts'
import { Programs } from './programs.ts'
import { addStaticRoutes, isRouted } from './routes.ts'
import { startSamplers } from './samplers.ts'
import {
  alone,
  folderOf,
  type LabSettings,
  readSettings,
  removeFolder,
  topologyPathOf,
  writeSettings,
} from './state.ts'
import { whatIsUp } from './up-text.ts'

/**
 * Makes the lab, or sees that it is whole: one that is there with other settings, or in parts, is made anew.
 * @returns what to print, and the exit code: 0; after a stop the lab is gone again
 * @throws EnvironmentError where this user or machine can't have it; InputError where namespaces of others have its names
 */
export async function runUp(
  options: UpOptions,
  report: LabReport,
): Promise<{ readonly code: number; readonly text: string }> {
  refuseWithoutRights()
  const { name } = options
  const programs = new Programs(options.environment)
  for (const program of ['ip', 'tc', 'sh']) programs.path(program)
  const foreign = await foreignNamespaces(programs, name)
  if (foreign.length > 0) {
    throw new InputError(`There is a namespace ${foreign[0]} already, and it is not of a lab.`, [
      'Choose another name: sonde lab up --name lab2',
    ])
  }
  const settings = await alone(name, () => makeOrMend(programs, options, report))
  return { code: exitCode.good, text: settings === undefined ? '' : whatIsUp(name, settings) }
}

async function foreignNamespaces(programs: Programs, lab: string): Promise<string[]> {
  const own = new Set(await ownNamespaces(programs, lab))
  return namespacesOf(lab).filter((netns) => !own.has(netns))
}

/** Undefined after a stop: there is no lab then. */
async function makeOrMend(programs: Programs, options: UpOptions, report: LabReport): Promise<LabSettings | undefined> {
  const { name, environment } = options
  const frr = options.routing === 'static' ? undefined : findFrr()
  if (options.routing === 'frr' && frr === undefined) {
    throw new InputError('FRR is not installed.', ['apt install frr', 'sonde lab up --routing static does without.'])
  }
  const settings = await settingsOf(options, programs, frr)
  const processes = new Processes(name, environment)
  if (isThere(name, settings, processes)) {
    const started = settings.sampled ? await startSamplers(options, programs, processes, folderOf(name)) : 0
    report.note(
      started === 0
        ? `The lab "${name}" is up already.`
        : `Started ${started} ${started === 1 ? 'sampler' : 'samplers'} that had ended.`,
    )
    return settings
  }
  await takeAway(programs, options, report)
  let isWhole = false
  try {
    await make(programs, processes, options, frr, report)
    isWhole = !options.stop.aborted
    if (!isWhole) return undefined
    writeFileSync(topologyPathOf(name), formatTopology(labTopology()))
    writeSettings(name, settings)
    return settings
  } finally {
    if (!isWhole) {
      await takeAway(programs, options, report)
      removeFolder(name)
    }
  }
}

async function settingsOf(options: UpOptions, programs: Programs, frr: string | undefined): Promise<LabSettings> {
  const { rate, pollingMs, sampled, to } = options
  return {
    routing: frr === undefined ? 'static' : `FRR ${await frrVersion(programs, frr)}`,
    ...{ rate, pollingMs, sampled },
    to: to.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`),
  }
}

/** Whole, with these settings: only samplers may have ended. */
function isThere(name: string, settings: LabSettings, processes: Processes): boolean {
  if (JSON.stringify(readSettings(name)) !== JSON.stringify(settings)) return false
  if (namespacesOf(name).length < nodeNames.length || !existsSync(topologyPathOf(name))) return false
  const roles = new Set(processes.running().map(({ role }) => role))
  const daemons = settings.routing === 'static' ? [] : ['zebra', 'bgpd']
  return switches.every(({ name: node }) => daemons.every((daemon) => roles.has(`${daemon}/${node}`)))
}

async function make(
  programs: Programs,
  processes: Processes,
  options: UpOptions,
  frr: string | undefined,
  report: LabReport,
): Promise<void> {
  const { name, stop } = options
  report.detail(`Making ${nodeNames.length} namespaces.`)
  await makeNetwork(programs, name)
  if (stop.aborted) return
  if (frr === undefined) await addStaticRoutes(programs, name)
  else {
    report.note('Waiting for routes of BGP.')
    startFrr(programs, processes, name, frr, folderOf(name))
    await waitForRoutes(() => isRouted(programs, name), processes, folderOf(name), stop)
  }
  if (options.sampled && !stop.aborted) await startSamplers(options, programs, processes, folderOf(name))
}
