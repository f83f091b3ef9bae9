// Owns opening a recorded input: which reader reads it, told by content. Knows no sFlow and no NDJSON; the reader of
// sonde's own NDJSON is plugged in by the caller. Start at openCapture; openFrames gives whole packets instead, and
// inputs.ts is what commands use.

import { EnvironmentError, InputError } from '../errors.ts'
import { type ByteInput, openInput } from './byte-input.ts'
import { CaptureSource, SPARE_BYTES, type TakeOptions } from './capture.ts'
import { FrameReader } from './frames.ts'
import { PcapFormat } from './pcap.ts'
import { PcapngFormat } from './pcapng.ts'
import { type ContainerIssue, IssueLog } from './report.ts'
import { aCapture, type Content, firstText, SNIFF_BYTES, sniff, type Wanted } from './sniff.ts'
import type { Source } from './source.ts'
import { BLOCK_BYTES, Window } from './window.ts'

/** Unpacked bytes of an input that is text, in blocks. */
export interface TextInput {
  /** For messages: the path, or `stdin`. */
  readonly name: string
  /** The next bytes, from the first one of the input on; undefined at the end. Valid until the next call. */
  next(): Promise<Uint8Array | undefined>
  close(): Promise<void>
  /** Damage of the packing (gzip, zstd) met so far, for SourceReport. */
  issues(): readonly ContainerIssue[]
  /** Bytes of the file read, packed where it is packed, and its size where known: for SourceReport. */
  readonly bytesRead: number
  readonly bytesTotal: number | undefined
}

/** Opens sonde's own NDJSON. `options` are those of the capture. */
export type NdjsonOpener = (input: TextInput, options: CaptureOptions) => Source | Promise<Source>

export interface CaptureOptions extends TakeOptions {
  /** Reads inputs whose first character is `{`; without it they are an InputError. */
  readonly ndjson?: NdjsonOpener | undefined
  /** Makes the source of a capture out of its whole packets; where not given, the source gives their UDP payloads. */
  readonly frames?: ((reader: FrameReader) => Source) | undefined
  /** Bytes read at once. */
  readonly blockBytes?: number | undefined
  /** Descriptor that `-` means; 0 where not given. */
  readonly stdin?: number | undefined
  /** Aborting ends the wait for an input's first bytes, which then seems empty. Sources that are open end by close(). */
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens a capture, packed or not, or NDJSON, by content and not by name.
 * @param path a file, or `-` for stdin
 * @throws InputError for what is missing, empty, unreadable or no capture; EnvironmentError where the machine can't
 */
export async function openCapture(path: string, options: CaptureOptions = {}): Promise<Source> {
  const opened = await open(path, options)
  if (opened.content.kind !== 'ndjson') {
    const reader = frameReader(opened)
    return options.frames ? options.frames(reader) : new CaptureSource(reader, options)
  }
  if (options.ndjson) return options.ndjson(textInput(opened), options)
  await opened.input.close()
  throw new InputError(`${opened.input.name} begins with "{", so it is text; a capture is needed here.`)
}

/** Bytes of blocks of all captures that are read at a time: they are what many files cost. */
const ALL_BLOCKS_BYTES = 16 * BLOCK_BYTES
const LEAST_BLOCK_BYTES = 1 << 16

/**
 * Opens several captures; one that can't be opened costs only itself.
 * @param failed told of each input that can't be opened: an InputError or EnvironmentError as openCapture throws them
 * @throws InputError where stdin is named twice
 */
export async function openCaptures(
  paths: readonly string[],
  options: CaptureOptions,
  failed: (error: InputError | EnvironmentError) => void,
): Promise<Source[]> {
  if (paths.filter((path) => path === '-').length > 1) {
    throw new InputError('stdin (-) is named more than once; it can be read once.')
  }
  const share = Math.trunc(ALL_BLOCKS_BYTES / Math.max(paths.length, 1))
  const blockBytes = options.blockBytes ?? Math.min(BLOCK_BYTES, Math.max(LEAST_BLOCK_BYTES, share))
  const sources: Source[] = []
  try {
    for (const path of paths) {
      try {
        sources.push(await openCapture(path, { ...options, blockBytes }))
      } catch (error) {
        if (!(error instanceof InputError || error instanceof EnvironmentError)) throw error
        failed(error)
      }
    }
  } catch (error) {
    await Promise.all(sources.map((source) => source.close()))
    throw error
  }
  return sources
}

/** Opens the packets of a capture with their link headers; parameters and errors as openCapture. */
export async function openFrames(path: string, options: CaptureOptions = {}): Promise<FrameReader> {
  const opened = await open(path, options)
  if (opened.content.kind !== 'ndjson') return frameReader(opened)
  await opened.input.close()
  throw new InputError(`${opened.input.name} is NDJSON, which has no whole packets; a pcap or pcapng is needed here.`)
}

/**
 * Opens NDJSON that is none of samples, packed or not, as bytes; parameters and errors as openCapture.
 * @param needed for the message where it is a capture: `the NDJSON of a trace`
 */
export async function openText(path: string, needed: string, options: CaptureOptions = {}): Promise<TextInput> {
  const opened = await open(path, options, { what: needed, readable: 'NDJSON ({), plain or packed with gzip or zstd' })
  if (opened.content.kind === 'ndjson') return textInput(opened)
  await opened.input.close()
  throw new InputError(`${opened.input.name} is a capture of packets; ${needed} is needed here.`)
}

interface Opened {
  readonly input: ByteInput
  /** Holds the first bytes of the (unpacked) input, not yet taken. */
  readonly window: Window
  readonly content: Exclude<Content, { kind: 'gzip' | 'zstd' }>
  readonly issues: IssueLog
}

async function open(path: string, options: CaptureOptions, wanted: Wanted = aCapture): Promise<Opened> {
  const blockBytes = options.blockBytes ?? BLOCK_BYTES
  const issues = new IssueLog()
  let input = openInput(path, options.stdin)
  const stop = () => void input.close()
  options.signal?.addEventListener('abort', stop)
  try {
    let window = new Window(input, blockBytes, SPARE_BYTES)
    let content = await look(window, input.name, wanted)
    if (content.kind === 'gzip' || content.kind === 'zstd') {
      const packing = content.kind
      // Loads zlib, which plain captures do without.
      const { Decompressed } = await import('./decompress.ts')
      input = new Decompressed(window, input, packing, issues)
      window = new Window(input, blockBytes, SPARE_BYTES)
      content = await lookInside(window, input.name, packing, issues, wanted)
    }
    return { input, window, content, issues }
  } catch (error) {
    await input.close()
    throw error
  } finally {
    options.signal?.removeEventListener('abort', stop)
  }
}

async function look(window: Window, what: string, wanted: Wanted): Promise<Content> {
  await window.fill(SNIFF_BYTES)
  // Blank lines before NDJSON: read on, as far as one block.
  while (firstText(window.bytes.subarray(window.start, window.end)) === -1 && window.left < SNIFF_LIMIT) {
    if (!(await window.fill(window.left + 1))) break
  }
  return sniff(window.bytes.subarray(window.start, window.end), what, wanted)
}
const SNIFF_LIMIT = 1 << 15

async function lookInside(
  window: Window,
  name: string,
  packing: string,
  issues: IssueLog,
  wanted: Wanted,
): Promise<Opened['content']> {
  await window.fill(SNIFF_BYTES)
  const [issue] = issues.list()
  if (window.left === 0 && issue) {
    throw new InputError(`Nothing could be unpacked of ${name}: ${issue.problem}.`, [
      'Copy it again, or check it: gzip -t, zstd -t.',
    ])
  }
  const content = await look(
    window,
    window.left === 0 ? `The ${packing} content of ${name}` : `The content of ${name} (${packing})`,
    wanted,
  )
  if (content.kind !== 'gzip' && content.kind !== 'zstd') return content
  throw new InputError(`${name} is packed twice (${content.kind} in ${packing}); one packing is read.`, [
    `Unpack it once first: ${packing} -dc FILE | sonde decode -`,
  ])
}

function frameReader({ input, window, content, issues }: Opened): FrameReader {
  const format =
    content.kind === 'pcap'
      ? new PcapFormat(content.littleEndian, content.nanoseconds, issues)
      : new PcapngFormat(issues)
  return new FrameReader(input, window, format, issues)
}

function textInput({ input, window, issues }: Opened): TextInput {
  return {
    name: input.name,
    next: () => window.take(window.bytes.length),
    close: () => input.close(),
    issues: () => issues.list(),
    get bytesRead() {
      return input.bytesRead
    },
    get bytesTotal() {
      return input.bytesTotal
    },
  }
}
