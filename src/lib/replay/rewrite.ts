// Owns changing recorded datagrams on their bytes: agent address, sub-agent, sequence number, uptime. The numbers of
// samples are in continued-samples.ts. Knows no clock. Start at Rewriter.rewrite.

import { Walker } from '../sflow/walker.ts'
import { ContinuedSamples } from './continued-samples.ts'
import type { AgentMapping, RewriteOptions } from './options.ts'
import { Rows } from './rows.ts'

/** The largest UDP payload, and what an IPv6 address is longer than no address. */
const SCRATCH_BYTES = 65_535 + 16
/** Streams (agent and sub-agent) that are continued; captures with more forget the least recently heard. */
const MOST_STREAMS = 8192
/** An uptime that goes back by more is another life of the agent, not a late datagram (as in lib/agents). */
const REORDER_MS = 5000

/** Key of a stream: address in four words, sub-agent. */
const STREAM_KEY = 5
/** Words of a stream: number of its last datagram, as written; */
const SEQUENCE = 0
/** uptime of the last one that was not late, as it came and as written; */
const RAW_UPTIME = 1
const UPTIME = 2
/** its loop, from 0; */
const LOOP = 3
/** lives so far: a loop, or a restart in the capture, begins one. */
const LIFE = 4
const STREAM_WORDS = 5

/** Rewrites one datagram at a time into its own memory. */
export class Rewriter {
  /** The rewritten datagram, from its first byte on; valid until the next. */
  readonly bytes = new Uint8Array(SCRATCH_BYTES)
  /** Datagrams of each mapping, in the order of `mapAgents`. */
  readonly mapped: number[]
  readonly #view = new DataView(this.bytes.buffer)
  readonly #options: RewriteOptions
  readonly #walker = new Walker(() => {})
  readonly #address = new Uint32Array(4)
  readonly #streams = new Rows(STREAM_KEY, STREAM_WORDS, MOST_STREAMS)
  /** Capture time of the last datagram of each stream, at the stream's row / STREAM_WORDS. */
  #captureMs = new Float64Array(64)
  readonly #samples: ContinuedSamples | undefined

  constructor(options: RewriteOptions) {
    this.#options = options
    this.mapped = options.mapAgents.map(() => 0)
    this.#samples = options.restartSequence ? new ContinuedSamples() : undefined
  }

  /** Whether there is anything to change; else datagrams are best left where they are. */
  static needed({ mapAgents, subAgent, restartSequence, shiftUptime }: RewriteOptions): boolean {
    return mapAgents.length > 0 || subAgent !== undefined || restartSequence || shiftUptime
  }

  /**
   * Writes `length` bytes at `offset` to `bytes`, changed. What is no sFlow version 5 stays as it is, and so does every
   * part that is too broken to read.
   * @param captureMs the timeline's, of this datagram
   * @param loop from 0
   * @returns the new length: another one where the agent's address changed its family
   */
  rewrite(bytes: Uint8Array, view: DataView, offset: number, length: number, captureMs: number, loop: number): number {
    const w = this.#walker
    const out = this.bytes
    if (!w.open(bytes, view, offset, length)) {
      out.set(bytes.subarray(offset, offset + length))
      return length
    }
    const address = this.#address
    w.agentWords(address)
    const mapping = w.agentType === 0 ? undefined : this.#mapping()
    if (mapping !== undefined) address.set(mapping.to)
    const head = mapping === undefined ? this.#copyHead(w) : this.#writeHead(mapping)
    // From here on, bytes of the two datagrams differ by a constant distance.
    const rest = w.agentOffset + addressBytes(w.agentType)
    out.set(bytes.subarray(rest, offset + length), head)
    const shift = head - rest
    const { subAgent, restartSequence, shiftUptime } = this.#options
    const subAgentId = subAgent ?? w.subAgentId
    this.#view.setUint32(head, subAgentId)
    if (restartSequence || shiftUptime) {
      const life = this.#continueStream(w, head, subAgentId, captureMs, loop)
      this.#samples?.datagram(w, this.#view, shift, address, subAgentId, life)
    }
    return length + shift + offset
  }

  #mapping(): AgentMapping | undefined {
    const address = this.#address
    const { mapAgents } = this.#options
    for (let i = 0; i < mapAgents.length; i++) {
      const { from } = mapAgents[i]!
      if (from[0] !== address[0] || from[1] !== address[1] || from[2] !== address[2] || from[3] !== address[3]) continue
      this.mapped[i]!++
      return mapAgents[i]
    }
    return undefined
  }

  /** Version and address as they are; gives the offset behind them. */
  #copyHead(w: Walker): number {
    const end = w.agentOffset + addressBytes(w.agentType)
    this.bytes.set(w.bytes.subarray(w.start, end))
    return end - w.start
  }

  #writeHead({ to }: AgentMapping): number {
    const view = this.#view
    const v4 = to[0] === 0 && to[1] === 0 && to[2] === 0xffff
    view.setUint32(0, 5)
    view.setUint32(4, v4 ? 1 : 2)
    if (v4) view.setUint32(8, to[3])
    else for (let k = 0; k < 4; k++) view.setUint32(8 + k * 4, to[k]!)
    return v4 ? 12 : 24
  }

  /** Writes sequence number and uptime; gives the number of the stream's life. */
  #continueStream(w: Walker, head: number, subAgentId: number, captureMs: number, loop: number): number {
    const streams = this.#streams
    streams.probe.set(this.#address)
    streams.probe[4] = subAgentId
    const row = streams.row()
    const { words } = streams
    const stream = row / STREAM_WORDS
    if (stream >= this.#captureMs.length) this.#growTimes(words.length / STREAM_WORDS)
    const { uptime } = w
    const grown = (uptime - words[row + RAW_UPTIME]!) | 0
    if (streams.fresh) {
      words[row + RAW_UPTIME] = uptime
      words[row + UPTIME] = uptime
      words[row + LOOP] = loop
    } else if (words[row + LOOP] !== loop || grown < -REORDER_MS) {
      words[row + LIFE]! += 1
      words[row + LOOP] = loop
      words[row + RAW_UPTIME] = uptime
      words[row + UPTIME]! += Math.max(1, Math.round(captureMs - this.#captureMs[stream]!))
    } else if (grown > 0) {
      words[row + RAW_UPTIME] = uptime
      words[row + UPTIME]! += grown
    }
    this.#captureMs[stream] = captureMs
    words[row + SEQUENCE]! += 1
    if (this.#options.restartSequence) this.#view.setUint32(head + 4, words[row + SEQUENCE]!)
    if (this.#options.shiftUptime) this.#view.setUint32(head + 8, words[row + UPTIME]!)
    return words[row + LIFE]!
  }

  #growTimes(streams: number): void {
    const longer = new Float64Array(streams)
    longer.set(this.#captureMs)
    this.#captureMs = longer
  }
}

function addressBytes(type: number): number {
  return type === 1 ? 4 : type === 2 ? 16 : 0
}
