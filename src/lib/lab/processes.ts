// Owns the processes that a lab runs behind the command's back: starting them, finding them again, ending them. Nothing is
// remembered in files, so that nothing is forgotten when a command is killed: each process has a mark in its environment.
// See lab.ts for the folder.

import { spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Environment } from './options.ts'

/** NAME/PROGRAM/NODE, such as `sonde/sample/leaf1`. */
const MARK = 'SONDE_LAB_PROCESS'
/** A process has so long to end by itself. */
const END_MS = 3000
const LOOK_MS = 50

export interface LabProcess {
  readonly pid: number
  /** PROGRAM/NODE. */
  readonly role: string
}

export class Processes {
  readonly #lab: string
  readonly #environment: Environment

  constructor(lab: string, environment: Environment) {
    this.#lab = lab
    this.#environment = environment
  }

  /** Starts a program that outlives this one. What it says goes into the file; whether it lives on is for `running` to tell. */
  start(role: string, program: string, args: readonly string[], log: string): void {
    const out = openSync(log, 'w')
    try {
      const { PATH, HOME, LANG } = this.#environment
      const env = { PATH, HOME, LANG, [MARK]: `${this.#lab}/${role}` }
      const child = spawn(program, args, { detached: true, stdio: ['ignore', out, out], env })
      // A program that can't be started is one that does not run.
      child.on('error', () => {})
      child.unref()
    } finally {
      closeSync(out)
    }
  }

  /** The lab's processes that live. */
  running(): LabProcess[] {
    const prefix = `${MARK}=${this.#lab}/`
    return readdirSync('/proc').flatMap((name) => {
      if (!/^\d+$/.test(name)) return []
      const mark = variablesOf(name).find((variable) => variable.startsWith(prefix))
      return mark === undefined ? [] : [{ pid: Number(name), role: mark.slice(prefix.length) }]
    })
  }

  /** Ends all of them, the stubborn by force. @returns how many there were */
  async end(): Promise<number> {
    const first = this.running()
    for (const { pid } of first) signal(pid, 'SIGTERM')
    for (const until = performance.now() + END_MS; performance.now() < until; ) {
      if (this.running().length === 0) return first.length
      await pause(LOOK_MS)
    }
    for (const { pid } of this.running()) signal(pid, 'SIGKILL')
    while (this.running().length > 0) await pause(LOOK_MS)
    return first.length
  }
}

/** Empty for a process that has ended, and for the kernel's own. */
function variablesOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
  } catch {
    return []
  }
}

/** What a process is called; empty where it has ended. */
export function nameOfProcess(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended by itself.
  }
}
