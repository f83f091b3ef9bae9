// Owns a run of the built `sonde trace` in tests as root: started, waited for, ended as Ctrl-C does, and what it told.

import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CliResult, ended, says, startSonde } from './cli.ts'

/** A line of kind `step`. */
export interface StepLine {
  readonly kind: 'step'
  readonly time: string
  readonly skb: string
  readonly packet?: number
  readonly cpu: number
  readonly pid: number
  readonly process: string
  readonly netns: number
  readonly netns_name?: string
  readonly mark: number
  readonly iface?: string
  readonly ifindex?: number
  readonly len: number
  readonly tuple?: {
    readonly saddr: string
    readonly daddr: string
    readonly sport?: number
    readonly dport?: number
    readonly proto: string
    readonly flags?: string
    readonly message?: string
  }
  readonly func: string
  readonly reason?: string
  readonly dropped_in?: string
  readonly caller?: string
  readonly stack?: readonly string[]
  readonly meta?: Readonly<Record<string, number | null>>
}

/** The last line. */
export interface EndLine {
  readonly kind: 'trace_end'
  readonly steps: number
  readonly not_shown: number
  readonly seen: number
  readonly refused: number
  readonly lost: number
  readonly by: string
}

/** A trace that runs, and hangs at the kernel's tracepoints: that tier is on every kernel, and its steps have the same names on all. */
export class Traced {
  readonly child: ChildProcess
  readonly end: Promise<CliResult>
  #text = ''

  private constructor(args: readonly string[]) {
    this.child = startSonde(['trace', '--tier', 'tp_btf', ...args])
    this.end = ended(this.child)
    this.child.stdout!.on('data', (bytes: Buffer) => {
      this.#text += bytes.toString()
    })
  }

  /** Resolves when it hangs at the kernel. */
  static async start(...args: readonly string[]): Promise<Traced> {
    const traced = new Traced(args)
    await says(traced.child, /^tp_btf: /m)
    return traced
  }

  /** What it has told by now, of whole lines. */
  get steps(): StepLine[] {
    return stepsOf(this.#text.slice(0, this.#text.lastIndexOf('\n') + 1))
  }

  /** Until what it told suffices. Steps come together, so that it is not looked at more often. */
  async until(isEnough: (steps: readonly StepLine[]) => boolean): Promise<void> {
    const end = performance.now() + 30_000
    while (!isEnough(this.steps)) {
      if (performance.now() > end || this.child.exitCode !== null) assert.fail(`not told in:\n${this.#text}`)
      await sleep(20)
    }
  }

  /** Ends it as Ctrl-C does. */
  async stop(): Promise<{ steps: StepLine[]; total: EndLine; stdout: string; stderr: string }> {
    this.child.kill('SIGINT')
    const { code, stdout, stderr } = await this.end
    assert.equal(code, 0, stderr)
    return { steps: stepsOf(stdout), total: endOf(stdout), stdout, stderr }
  }
}

const linesOf = (text: string): { readonly kind: string }[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { kind: string })

/** The steps in NDJSON. */
export const stepsOf = (text: string): StepLine[] =>
  linesOf(text).filter((line): line is StepLine => line.kind === 'step')

/** Its last line, whose numbers agree whatever else the machine did. */
export function endOf(text: string): EndLine {
  const lines = linesOf(text)
  assert.equal(lines.at(-1)?.kind, 'trace_end', text)
  const end = lines.at(-1) as EndLine
  const { steps, not_shown, refused, lost, seen } = end
  assert.equal(steps + not_shown + refused + lost, seen, text)
  assert.equal(stepsOf(text).length, steps)
  return end
}

/** `net_dev_queue a0`: where a step was. */
export const placeOf = ({ func, iface }: StepLine): string => `${func} ${iface ?? '-'}`

/** Whether the places are among the steps, in their order. Others may lie between: what a kernel has more. */
export function assertWay(steps: readonly StepLine[], expected: readonly string[]): void {
  const found = steps.map(placeOf)
  let at = 0
  for (const each of expected) {
    at = found.indexOf(each, at) + 1
    if (at === 0) assert.fail(`${each} is not behind those before it in: ${found.join(', ')}`)
  }
}
