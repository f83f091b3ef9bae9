// Owns `sonde lab down`, and taking away what is there of a lab, whole or not. See lab.ts for the folder.

import { existsSync } from 'node:fs'
import { exitCode, formatCount } from '../errors.ts'
import { cleanBehindFrr, frrProcessesIn } from './frr.ts'
import { refuseWithoutRights } from './needs.ts'
import { namespacesOf, saysItIsOf } from './network.ts'
import type { LabOptions, LabReport } from './options.ts'
import { nameOfProcess, Processes } from './processes.ts'
import { Programs } from './programs.ts'
import { alone, folderOf, forgetSettings, removeFolder } from './state.ts'

/**
 * Takes the lab away: processes, namespaces with all that is in them, files. What is not there is no error.
 * @returns 0
 * @throws EnvironmentError where this user may not, or another sonde is at work on it
 */
export async function runDown(options: LabOptions, report: LabReport): Promise<number> {
  refuseWithoutRights()
  const { name } = options
  const programs = new Programs(options.environment)
  if (!(await isAnythingThere(programs, options))) {
    report.note(`There is no lab "${name}".`)
    return exitCode.good
  }
  await alone(name, async () => {
    await takeAway(programs, options, report)
    removeFolder(name)
  })
  report.note(`The lab "${name}" is gone.`)
  return exitCode.good
}

/** Namespaces that have the lab's names and are its own: it has a folder, or they say so themselves. */
export async function ownNamespaces(programs: Programs, lab: string): Promise<string[]> {
  const there = namespacesOf(lab)
  if (existsSync(folderOf(lab))) return there
  const own = await Promise.all(there.map((netns) => saysItIsOf(programs, lab, netns)))
  return there.filter((_, i) => own[i])
}

async function isAnythingThere(programs: Programs, { name, environment }: LabOptions): Promise<boolean> {
  if (existsSync(folderOf(name))) return true
  if (new Processes(name, environment).running().length > 0) return true
  return (await ownNamespaces(programs, name)).length > 0
}

/** Everything but the folder, in which whoever calls is at work. */
export async function takeAway(
  programs: Programs,
  { name, environment }: LabOptions,
  report: LabReport,
): Promise<void> {
  forgetSettings(name)
  const processes = new Processes(name, environment)
  const daemons = [...processes.running().map(({ pid }) => pid), ...frrProcessesIn(folderOf(name))]
  const ended = await processes.end()
  cleanBehindFrr(daemons)
  const namespaces = await ownNamespaces(programs, name)
  for (const netns of namespaces) await tellOfOthers(programs, netns, report)
  // One that somebody else deletes at this moment is no error.
  for (const netns of namespaces) await programs.try('ip', ['netns', 'delete', netns])
  report.detail(`Ended ${formatCount(ended)} processes, deleted ${formatCount(namespaces.length)} namespaces.`)
}

/** A namespace lives on without a name while a process is in it, a shell for instance. */
async function tellOfOthers(programs: Programs, netns: string, report: LabReport): Promise<void> {
  const { stdout } = await programs.try('ip', ['netns', 'pids', netns])
  for (const pid of stdout
    .split('\n')
    .filter((line) => /^\d+$/.test(line))
    .map(Number)) {
    report.tell(`Process ${pid} (${nameOfProcess(pid)}) is still in ${netns}, which goes away when it ends.`)
  }
}
