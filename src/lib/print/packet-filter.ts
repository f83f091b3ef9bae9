// Owns a pcap-filter expression as a condition on samples: true where a sampled header (0:1) passes it. One program a header
// protocol, compiled when the first header of it is met. Start at openPacketFilter.

import { formatCount, InputError } from '../errors.ts'
import { headerProtocols } from '../names/sflow.ts'
import { linkTypes as filterLinkTypes } from '../pcap-filter/classic.ts'
import { compileFilter, filterNames } from '../pcap-filter/compile.ts'
import { type FastFilter, fastFilter } from '../pcap-filter/fast.ts'
import { packetLength } from '../sflow/header-length.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { Walker } from '../sflow/walker.ts'
import { readNameFiles } from '../sys/name-files.ts'
import { linkTypes } from './pcap.ts'

/** An expression as it can be handed to a thread. */
export interface PacketChoice {
  readonly text: string
  /** Its first word, where a person may have meant a file by it. */
  readonly perhapsFile?: string | undefined
  /** One of its other words that is a file. */
  readonly lateFile?: string | undefined
}

const SAMPLED_HEADER = 1
const ETHERNET = 1
/** header_protocol is a number of the network's choice: these have names (sflow_version_5.txt, p. 34, and InfiniBand). */
const MOST_PROTOCOL = 18
const OTHER = MOST_PROTOCOL + 1

/**
 * @throws InputError for an expression that is wrong, with its place; where its first word may have been meant as a file, it says
 *   both
 */
export function openPacketFilter(choice: PacketChoice): PacketFilter {
  const names = filterNames(readNameFiles())
  const compile = (linkType: number) => fastFilter(compileFilter(choice.text, linkType, names))
  try {
    return new PacketFilter(choice.text, compile, compile(filterLinkTypes.ethernet))
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw withFiles(error, choice)
  }
}

function withFiles(error: InputError, { text, perhapsFile, lateFile }: PacketChoice): InputError {
  const late = lateFile === undefined ? [] : [`Files come before the filter, and '${lateFile}' is one.`]
  if (perhapsFile === undefined) return new InputError(error.message, [...late, ...error.nextSteps], { cause: error })
  const whole = text === perhapsFile ? '' : ` '${text}'`
  return new InputError(
    `There is no file '${perhapsFile}', and as a filter${whole} it is wrong: ${error.message.replace(/^the filter is wrong: /, '')}`,
    ['Check the name; - reads from stdin.', ...late, ...error.nextSteps],
    { cause: error },
  )
}

/** Says of the sample that a walker stands on whether one of its headers passes. Allocates nothing. */
export class PacketFilter {
  readonly text: string
  /** Samples that were asked about. */
  asked = 0
  /** Of them, those that have no header that could pass. */
  withoutHeader = 0
  /** By header protocol; undefined where no header of it was met, null where the expression means nothing there. */
  readonly #matchers: (FastFilter | null | undefined)[] = new Array<undefined>(OTHER + 1).fill(undefined)
  /** By header protocol: headers of those for which there is no program. */
  readonly #foreign = new Float64Array(OTHER + 1)
  readonly #compile: (linkType: number) => FastFilter

  /** @param ethernet the program for Ethernet headers */
  constructor(text: string, compile: (linkType: number) => FastFilter, ethernet: FastFilter) {
    this.text = text
    this.#compile = compile
    this.#matchers[ETHERNET] = ethernet
  }

  /** A header that says more bytes than it has is told to the walker's issues. */
  passes(w: Walker): boolean {
    this.asked++
    const kind = w.sampleKind
    let hasHeader = false
    let short = -1
    if (kind === SampleKind.flow || kind === SampleKind.discard) {
      const { bytes, view, recordCount, recordTag } = w
      for (let i = 0; i < recordCount; i++) {
        if (recordTag[i] !== SAMPLED_HEADER || i === w.recordClipped) continue
        const at = w.recordOffset[i]!
        const left = w.recordEnd[i]! - at - 16
        if (left < 0 || view.getUint32(at + 12) > left) {
          short = i
          continue
        }
        hasHeader = true
        const protocol = view.getUint32(at)
        const number = protocol > MOST_PROTOCOL ? OTHER : protocol
        let matcher = this.#matchers[number]
        if (matcher === undefined) matcher = this.#meet(number)
        if (matcher === null) {
          this.#foreign[number]!++
          continue
        }
        const captured = view.getUint32(at + 12)
        const length = packetLength(view, at, kind === SampleKind.discard)
        if (matcher(bytes, at + 16, captured, length) !== 0) return true
      }
    }
    if (!hasHeader) this.withoutHeader++
    // Who passes is read by a format, which tells it.
    if (short >= 0) w.reportShortHeader(short)
    return false
  }

  #meet(protocol: number): FastFilter | null {
    const linkType = linkTypes.get(protocol)
    let matcher: FastFilter | null = null
    try {
      if (linkType !== undefined) matcher = this.#compile(linkType)
    } catch (error) {
      // What it asks for is not on such links.
      if (!(error instanceof InputError)) throw error
    }
    this.#matchers[protocol] = matcher
    return matcher
  }

  /** What could not be asked, a sentence each, for the end of a run. */
  notes(): string[] {
    const { withoutHeader, asked, text } = this
    const lines: string[] = []
    if (withoutHeader > 0) {
      lines.push(
        `${formatCount(withoutHeader)} of ${formatCount(asked)} samples ${withoutHeader === 1 ? 'has' : 'have'} no packet header: the filter '${text}' leaves them out.`,
      )
    }
    this.#foreign.forEach((count, protocol) => {
      if (count === 0) return
      const what = headerProtocols.get(protocol) ?? 'an unknown protocol'
      const are = count === 1 ? `header of ${what} is` : `headers of ${what} are`
      lines.push(`${formatCount(count)} ${are} left out: no header of that kind can pass the filter '${text}'.`)
    })
    return lines
  }
}
