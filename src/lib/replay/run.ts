// Owns `sonde replay` from options to exit code. Knows no terminal. Start at runReplay; when a datagram is due is in
// timeline.ts, waiting for that in pacer.ts, what is changed in it in rewrite.ts.

import { exitCode, InputError } from '../errors.ts'
import { openNdjson } from '../ndjson/ndjson-source.ts'
import { parseAddress } from '../parse/address.ts'
import type { Sink } from '../sink/sink.ts'
import { Inputs, type InputTrouble } from '../source/inputs.ts'
import type { CaptureOptions } from '../source/open.ts'
import { openUdpSender, type UdpSender } from '../sys/udp-sender.ts'
import type { ReplayOptions, ReplayReport } from './options.ts'
import { Replaying } from './replaying.ts'
import { SampledCapture } from './sampled-capture.ts'
import { formatLosses, formatSummary } from './summary.ts'
import { survey } from './survey.ts'

/**
 * Sends the datagrams of the inputs, on time, until their end, the limit or a stop.
 * @param sink for the summary object
 * @returns the exit code: 0, also where nobody listened; 2 where an input is missing, foreign or without sFlow; 3 where
 *   one is damaged; 5 where datagrams could not be sent
 * @throws InputError for options that contradict each other and unknown hosts; EnvironmentError where there is no route
 */
export async function runReplay(options: ReplayOptions, report: ReplayReport, openSink: () => Sink): Promise<number> {
  if (options.loops > 1 && options.inputs.includes('-')) {
    throw new InputError('stdin can be read once, so it can not be repeated.', ['Write it to a file for --loop.'])
  }
  if (options.speed !== undefined && options.pps !== undefined) {
    throw new InputError(
      '--speed and --pps contradict each other: one keeps the distances in time, the other makes its own.',
    )
  }
  const captures = new Captures(options)
  const total = options.survey ? await survey(() => captures.open(0, silent), options) : undefined
  const trouble = { ...toldOnce(report), insteadOfSflow: options.sampling === undefined ? [sampleThem] : [] }
  let inputs = await captures.open(0, trouble)
  if (inputs.count === 0) return inputs.conclude(options.stop.aborted)
  const sender = await openSender(options, report)
  const replaying = new Replaying(options, report, sender, total, inputs.source.name)
  let code: number = exitCode.good
  try {
    for (let loop = 0; loop < options.loops && !replaying.done; loop++) {
      if (loop > 0) inputs = await captures.open(loop, trouble)
      const sent = await replaying.loop(inputs.source, loop)
      await inputs.close()
      code = Math.max(code, inputs.conclude(replaying.done))
      if (sent === 0) break
    }
  } finally {
    await inputs.close()
    await sender.close()
  }
  const summary = replaying.summary(captures.sampled())
  for (const line of formatLosses(summary)) report.tell(line)
  for (const line of formatSummary(summary)) report.note(line)
  for (const line of replaying.remarks()) report.note(line)
  if (options.format === 'ndjson') {
    const sink = openSink()
    sink.write(new TextEncoder().encode(`${JSON.stringify(summary)}\n`))
    await sink.close()
  }
  return Object.keys(summary.not_sent).length > 0 ? Math.max(code, exitCode.environment) : code
}

const sampleThem = 'If these are the packets to be sampled, as a switch would: --sample-rate 1000'

/** The survey leaves it to the replay to tell of trouble. */
const silent: InputTrouble = { failure() {}, tell() {} }

/** Each loop meets the same trouble again. */
function toldOnce(report: ReplayReport): InputTrouble {
  const told = new Set<string>()
  const isNew = (text: string) => !told.has(text) && told.add(text).size > 0
  return {
    failure: (error) => isNew(error.message) && report.failure(error),
    tell: (line) => isNew(line) && report.tell(line),
  }
}

async function openSender({ to }: ReplayOptions, report: ReplayReport): Promise<UdpSender> {
  refuseMulticast(to.host)
  const sender = await openUdpSender({ ...to, wait: true })
  report.detail(`Sending to ${sender.to} with ${sender.via} (${sender.why}).`)
  return sender
}

/** Many receivers of one replay are not asked for by mistake: a capture names no group. */
function refuseMulticast(host: string): void {
  const address = parseAddress(host)
  if (address === undefined || !isMulticast(address)) return
  throw new InputError(`${host} is a multicast address; a replay goes to one collector.`)
}

/** 224.0.0.0/4 (RFC 5771) and ff00::/8 (RFC 4291). */
function isMulticast([a, b, c, d]: readonly [number, number, number, number]): boolean {
  if (a === 0 && b === 0 && c === 0xffff) return d >>> 28 === 14
  return a >>> 24 === 0xff
}

/** Opens the inputs, loop after loop; sFlow, or packets that become sFlow. */
class Captures {
  readonly #options: ReplayOptions
  #made: SampledCapture[] = []
  #samples = 0
  #packets = 0

  constructor(options: ReplayOptions) {
    this.#options = options
  }

  open(loop: number, trouble: InputTrouble): Promise<Inputs> {
    const { inputs, ports, sampling, stop } = this.#options
    this.#addUp()
    const shared: CaptureOptions = { ports, signal: stop }
    if (sampling === undefined) return Inputs.open(inputs, { ...shared, ndjson: openNdjson }, trouble)
    return Inputs.open(
      inputs,
      {
        ...shared,
        frames: (reader) => {
          const index = this.#made.length
          const made = new SampledCapture(reader, {
            ...sampling,
            // Each capture and each loop is sampled anew.
            seed: (sampling.seed + loop * inputs.length + index) >>> 0,
            subAgent: sampling.subAgent + index,
            ifIndex: index + 1,
          })
          this.#made.push(made)
          return made
        },
      },
      trouble,
    )
  }

  /** Packets and samples of all loops; undefined where nothing is sampled. */
  sampled(): { packets: number; samples: number } | undefined {
    this.#addUp()
    return this.#options.sampling && { packets: this.#packets, samples: this.#samples }
  }

  #addUp(): void {
    for (const { pool, samples } of this.#made) {
      this.#packets += pool
      this.#samples += samples
    }
    this.#made = []
  }
}
