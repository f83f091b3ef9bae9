// Owns the host's processors and load, as host_cpu (0:2003). Start at readProcessor.

import type { HostCpu } from '../../sflow/records/host.ts'
import { counter32, NO_COUNTER32, wrap32 } from './counter-values.ts'
import type { SystemFiles } from './system-files.ts'

/** USER_HZ: /proc counts processor time in hundredths of a second on every architecture that we know layouts of. */
const MS_A_TICK = 10
/** Load that is not known (sflow_host.txt, "host_cpu"). */
const NO_LOAD = -1

/**
 * Times are of all processors together, in milliseconds.
 * @returns undefined where there is no /proc/stat
 * @see proc_stat(5), proc_loadavg(5)
 */
export function readProcessor(files: SystemFiles): HostCpu | undefined {
  const stat = files.text('/proc/stat')
  if (stat === undefined) return undefined
  const ticks = /^cpu +(.+)$/m.exec(stat)?.[1]?.split(' ') ?? []
  const time = (i: number): number => (ticks[i] === undefined ? NO_COUNTER32 : wrap32(Number(ticks[i]) * MS_A_TICK))
  const [one, five, fifteen, tasks] = files.text('/proc/loadavg')?.split(' ') ?? []
  const [running, total] = tasks?.split('/') ?? []
  const uptime = Number.parseFloat(files.text('/proc/uptime') ?? '')
  const mhz = Number.parseFloat(/^cpu MHz\s*:\s*([\d.]+)/m.exec(files.text('/proc/cpuinfo') ?? '')?.[1] ?? '')
  return {
    load_one: load(one),
    load_five: load(five),
    load_fifteen: load(fifteen),
    proc_run: Number(running ?? 0),
    proc_total: Number(total ?? 0),
    cpu_num: stat.match(/^cpu\d/gm)?.length ?? 0,
    cpu_speed: Number.isNaN(mhz) ? 0 : Math.trunc(mhz),
    uptime: Number.isNaN(uptime) ? 0 : Math.trunc(uptime),
    cpu_user: time(0),
    cpu_nice: time(1),
    cpu_system: time(2),
    cpu_idle: time(3),
    cpu_wio: time(4),
    cpu_intr: time(5),
    cpu_sintr: time(6),
    interrupts: counter32(/^intr (\d+)/m.exec(stat)?.[1]),
    contexts: counter32(/^ctxt (\d+)/m.exec(stat)?.[1]),
    cpu_steal: time(7),
    cpu_guest: time(8),
    cpu_guest_nice: time(9),
  }
}

function load(text: string | undefined): number {
  const value = Number.parseFloat(text ?? '')
  return Number.isNaN(value) ? NO_LOAD : value
}
