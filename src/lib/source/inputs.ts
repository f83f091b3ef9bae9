// Owns the recorded inputs of one run: all of them are read, trouble with one costs only that one, and at the end each
// has said what was wrong with it. Knows no sFlow and prints nothing itself. Start at Inputs.open.

import { EnvironmentError, exitCode, formatCount, InputError } from '../errors.ts'
import { SFLOW_PORT } from '../parse/udp-address.ts'
import { mergeSources } from './merge.ts'
import { type CaptureOptions, openCaptures } from './open.ts'
import type { Batch, Source, SourceReport } from './source.ts'

/** Where trouble with inputs is told. */
export interface InputTrouble {
  /** An input that can't be read, or can't be read on, or holds nothing that was asked for. */
  failure(error: InputError | EnvironmentError): void
  /** A line about damage. */
  tell(line: string): void
  /** What else can be done where packets are no sFlow, a sentence each. */
  readonly insteadOfSflow?: readonly string[] | undefined
}

/** Ports that a message lists. */
const MOST_PORTS = 8

/** The inputs of a run. Close it. */
export class Inputs {
  /** Everything that could be opened, merged by time. */
  readonly source: Source
  readonly #members: readonly Member[]
  readonly #ports: readonly number[]
  readonly #trouble: InputTrouble
  #worst: number = exitCode.good

  private constructor(sources: readonly Source[], options: CaptureOptions, trouble: InputTrouble) {
    this.#members = sources.map((source) => new Member(source, (error) => this.#failed(error)))
    this.source = this.#members.length === 1 ? this.#members[0]! : mergeSources(this.#members)
    this.#ports = options.ports ?? [SFLOW_PORT]
    this.#trouble = trouble
  }

  /**
   * Opens captures, `-` is stdin; what can't be opened is told at once and left out.
   * @throws InputError where stdin is named twice
   */
  static async open(paths: readonly string[], options: CaptureOptions, trouble: InputTrouble): Promise<Inputs> {
    const failures: (InputError | EnvironmentError)[] = []
    const sources = await openCaptures(paths, options, (error) => failures.push(error))
    const inputs = new Inputs(sources, options, trouble)
    // Without their first bytes they seem empty, which they are not.
    if (!options.signal?.aborted) for (const error of failures) inputs.#failed(error)
    return inputs
  }

  /** How many could be opened. */
  get count(): number {
    return this.#members.length
  }

  /**
   * Call when no more is read: tells damage, and which inputs were read to their end and had no datagram.
   * @param stopped a person ended the read: what was not found may come later
   * @returns the exit code that the inputs deserve, the highest of all
   */
  conclude(stopped: boolean): number {
    for (const member of this.#members) {
      const report = member.report()
      tellDamage(member.name, report, this.#trouble)
      const nothing = !stopped && member.ended && report.datagrams === 0
      if (nothing) this.#failed(nothingFound(member.name, report, this.#ports, this.#trouble.insteadOfSflow))
      else if (report.issues.length > 0 || report.cut > 0) this.#raise(exitCode.damaged)
    }
    return this.#worst
  }

  close(): Promise<void> {
    return this.source.close()
  }

  #failed(error: InputError | EnvironmentError): void {
    this.#trouble.failure(error)
    this.#raise(error instanceof InputError ? exitCode.input : exitCode.environment)
  }

  #raise(code: number): void {
    this.#worst = Math.max(this.#worst, code)
  }
}

/** A source whose failing is told, and then is its end. */
class Member implements Source {
  readonly name: string
  readonly recorded: boolean
  /** Read to its end, and without a failure. */
  ended = false
  readonly #source: Source
  readonly #failed: (error: InputError | EnvironmentError) => void

  constructor(source: Source, failed: (error: InputError | EnvironmentError) => void) {
    this.name = source.name
    this.recorded = source.recorded
    this.#source = source
    this.#failed = failed
  }

  async *batches(): AsyncGenerator<Batch, void, undefined> {
    try {
      yield* this.#source.batches()
      this.ended = true
    } catch (error) {
      if (!(error instanceof InputError || error instanceof EnvironmentError)) throw error
      this.#failed(error)
    }
  }

  close(): Promise<void> {
    return this.#source.close()
  }

  report(): SourceReport {
    return this.#source.report()
  }
}

function tellDamage(name: string, { issues, cut }: SourceReport, trouble: InputTrouble): void {
  for (const { at, problem, count } of issues) {
    trouble.tell(`${name} at byte ${at}: ${problem}${count > 1 ? ` (and ${formatCount(count - 1)} more like it)` : ''}`)
  }
  if (cut > 0) {
    const what = cut === 1 ? '1 datagram was' : `${formatCount(cut)} datagrams were`
    trouble.tell(`${name}: ${what} cut by the capture's snaplen.`)
  }
}

/** What was there instead of sFlow. */
function nothingFound(
  name: string,
  report: SourceReport,
  wanted: readonly number[],
  instead: readonly string[] = [],
): InputError {
  const { packets, otherPorts, skipped } = report
  if (packets === 0) {
    return new InputError(`${name} holds no packets.`, ['See whether the program that wrote it had packets to write.'])
  }
  const ports = [...otherPorts].sort((a, b) => b[1] - a[1]).slice(0, MOST_PORTS)
  const seen = ports.length > 0 ? `; UDP ports seen: ${listed(ports.map(([port, n]) => [String(port), n]))}` : ''
  const reasons = [...skipped].filter(([reason]) => ports.length === 0 || reason !== 'UDP to another port')
  const why = reasons.length > 0 ? `; ${reasons.map(([reason, n]) => `${reason}: ${formatCount(n)}`).join(', ')}` : ''
  return new InputError(
    `0 of ${formatCount(packets)} packets in ${name} are sFlow (UDP port ${wanted.join(', ')})${seen}${why}.`,
    ports.length > 0 ? [`If your agents send to another port: --port ${ports[0]![0]}`, ...instead] : [...instead],
  )
}

const listed = (counts: readonly (readonly [string, number])[]) =>
  counts.map(([what, n]) => `${what} (${formatCount(n)})`).join(', ')
