// Owns the folder that a lab has while it is up: settings, topology, logs, and who is at work on it. See lab.ts for the folder.

import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EnvironmentError } from '../errors.ts'

/** Not a user's own folder: whoever may end the lab as root finds it, also from another session. */
const ROOT = '/run/sonde-lab'

export const folderOf = (lab: string): string => join(ROOT, lab)
export const topologyPathOf = (lab: string): string => join(folderOf(lab), 'topology.json')

/** With what a lab was made; there only while it is whole. */
export interface LabSettings {
  readonly routing: string
  readonly rate: number
  readonly pollingMs: number
  readonly to: readonly string[]
  readonly sampled: boolean
}

const settingsPathOf = (lab: string): string => join(folderOf(lab), 'settings.json')
const ownerPathOf = (lab: string): string => join(folderOf(lab), 'owner')

/** Undefined where there is none, or only parts of one. */
export function readSettings(lab: string): LabSettings | undefined {
  try {
    return JSON.parse(readFileSync(settingsPathOf(lab), 'utf8')) as LabSettings
  } catch {
    return undefined
  }
}

/** Says that the lab is whole. */
export function writeSettings(lab: string, settings: LabSettings): void {
  const path = settingsPathOf(lab)
  writeFileSync(`${path}.new`, `${JSON.stringify(settings)}\n`)
  renameSync(`${path}.new`, path)
}

export function forgetSettings(lab: string): void {
  rmSync(settingsPathOf(lab), { force: true })
}

/**
 * Does something to the lab, in its folder, alone: another sonde that is at work on it makes this one fail. One that was
 * killed does not.
 * @throws EnvironmentError naming the other one
 */
export async function alone<T>(lab: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(folderOf(lab), { recursive: true, mode: 0o755 })
  const path = ownerPathOf(lab)
  take(lab, path)
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function take(lab: string, path: string): void {
  const own = `${process.pid} ${startOf(process.pid)}`
  try {
    writeFileSync(path, own, { flag: 'wx' })
    return
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const [pid, start] = readFileSync(path, 'utf8').split(' ').map(Number)
  if (pid && startOf(pid) === start) {
    throw new EnvironmentError(`Another sonde (process ${pid}) is at work on the lab "${lab}".`, [
      'Wait until it has ended.',
    ])
  }
  writeFileSync(path, own)
}

/** When a process was started, in ticks since boot: tells it from a later one with its number. 0: there is none. proc(5), stat 22. */
function startOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  } catch {
    return 0
  }
}

/** Takes the folder away, and the one of all labs where it was the last. */
export function removeFolder(lab: string): void {
  rmSync(folderOf(lab), { recursive: true, force: true })
  try {
    rmdirSync(dirname(folderOf(lab)))
  } catch {
    // Another lab's folder is there, or none was.
  }
}
