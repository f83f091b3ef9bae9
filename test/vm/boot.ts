// Boots one kernel on the image of scripts/vm/prepare.sh, without KVM, and reads what the guest's tests say of themselves.

import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export interface Kernel {
  /** `6.1`, `6.12`, `newest`. */
  readonly row: string
  /** `6.1.0-56-cloud-amd64`. */
  readonly release: string
  readonly vmlinuz: string
}

/** One line of the guest: a test, or the end. */
export interface GuestResult {
  readonly name: string
  readonly ok: boolean
  readonly skipped?: string
  readonly detail?: string
  /** What the guest measured. */
  readonly note?: string
  readonly seconds: number
}

export interface Boot {
  readonly results: readonly GuestResult[]
  /** Exit code of the guest's tests; undefined where the guest did not come to its end. */
  readonly end: number | undefined
  /** What the console showed. */
  readonly console: string
  readonly seconds: number
}

/** A guest under TCG takes two minutes, on a busy machine three; one that hangs must not hang the suite. */
const LIMIT_MS = 280_000

/** Rows of kernels.txt. */
export function readKernels(folder: string): { kernels: Kernel[]; skipped: { row: string; reason: string }[] } {
  const kernels: Kernel[] = []
  const skipped: { row: string; reason: string }[] = []
  for (const line of readFileSync(join(folder, 'kernels.txt'), 'utf8').split('\n')) {
    const [first = '', second = '', third = ''] = line.split('\t')
    if (first === 'SKIPPED') skipped.push({ row: second, reason: third })
    else if (third !== '') kernels.push({ row: first, release: second, vmlinuz: third })
  }
  return { kernels, skipped }
}

/** Boots; once more where the guest's own first line never came, which happens to TCG guests, and never after it. */
export async function boot(folder: string, kernel: Kernel): Promise<Boot> {
  const first = await bootOnce(folder, kernel)
  return first.console.includes('INIT ') ? first : bootOnce(folder, kernel)
}

async function bootOnce(folder: string, kernel: Kernel): Promise<Boot> {
  const results = join(folder, `results-${kernel.row}`)
  rmSync(results, { force: true })
  const append = [
    ...['console=ttyS0', 'loglevel=4', 'panic=-1', 'nokaslr', 'mitigations=off', 'random.trust_cpu=1', 'tsc=reliable'],
    ...['no_timer_check', 'root=/dev/nvme0n1', 'rw', 'init=/init'],
  ]
  const only = process.env.SONDE_VM_ONLY
  if (only !== undefined) append.push(`sonde.only=${only}`)
  const from = performance.now()
  const qemu = spawn(
    'qemu-system-x86_64',
    [
      ...['-M', 'q35', '-accel', 'tcg,thread=single', '-cpu', 'max', '-smp', '1', '-m', '768'],
      ...['-nodefaults', '-display', 'none', '-no-reboot', '-serial', 'stdio', '-serial', `file:${results}`],
      ...['-drive', `file=${join(folder, 'image.ext4')},if=none,id=disk,format=raw,snapshot=on`],
      ...['-device', 'nvme,drive=disk,serial=sonde', '-kernel', kernel.vmlinuz, '-append', append.join(' ')],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let text = ''
  const more = (bytes: Buffer): void => {
    text = (text + bytes.toString('latin1')).slice(-200_000)
  }
  qemu.stdout.on('data', more)
  qemu.stderr.on('data', more)
  const limit = setTimeout(() => qemu.kill('SIGKILL'), LIMIT_MS)
  await new Promise<void>((resolve) => {
    qemu.on('close', () => resolve())
    qemu.on('error', (error) => {
      text += String(error)
      resolve()
    })
  })
  clearTimeout(limit)
  return { ...readResults(results), console: text, seconds: (performance.now() - from) / 1000 }
}

function readResults(file: string): { results: GuestResult[]; end: number | undefined } {
  const results: GuestResult[] = []
  let end: number | undefined
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    // The guest never came so far: no results, no end.
  }
  for (const line of text.split('\n')) {
    if (!line.startsWith('{')) continue
    const value = JSON.parse(line) as GuestResult & { end?: number }
    if (value.end === undefined) results.push(value)
    else end = value.end
  }
  return { results, end }
}
