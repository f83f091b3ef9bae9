// Owns which format the options mean, and which options contradict each other. Each format is loaded when it is asked
// for: the attributes of --fields alone cost as much start-up as all of NDJSON. Start at createFormat.

import { InputError } from '../errors.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { Format } from './format.ts'
import type { PrintOptions } from './options.ts'

/**
 * @param note tells what an output can't hold
 * @throws InputError for options that contradict each other, and for unknown fields
 */
export async function createFormat(options: PrintOptions, note: (line: string) => void): Promise<Format> {
  refuseContradictions(options)
  const { format, fields, object, what, view } = options
  if (options.summary) return nothing
  if (fields !== undefined || format === 'csv') return createFields(options, note)
  switch (format) {
    case 'ndjson':
    case 'json': {
      const { array, DatagramObjects, lines, SampleObjects } = await import('./objects.ts')
      const frame = format === 'json' ? array : lines
      return object === 'datagram' ? new DatagramObjects(frame) : new SampleObjects(frame)
    }
    case 'table': {
      const { CardFormat } = await import('./cards/cards.ts')
      return new CardFormat({ ...view, names: options.names })
    }
    case 'line': {
      const { LineWriter } = await import('./line.ts')
      return new LineWriter()
    }
    case 'pcap': {
      const { DatagramCapture, HeaderCapture } = await import('./pcap.ts')
      if (what === 'datagrams') return new DatagramCapture()
      return new HeaderCapture(what === 'discards' ? SampleKind.discard : SampleKind.flow, note)
    }
  }
}

async function createFields({ format, fields, view }: PrintOptions, note: (line: string) => void): Promise<Format> {
  const { defaultFields, FieldLines, FieldObjects, FieldTable } = await import('./fields.ts')
  const names = fields ?? defaultFields
  if (format === 'csv') return new FieldLines(names, note)
  if (format === 'table') return new FieldTable(names, view.style, note)
  const { array, lines } = await import('./objects.ts')
  return new FieldObjects(names, format === 'json' ? array : lines, note)
}

function refuseContradictions({ format, fields, object, what, summary }: PrintOptions): void {
  const objects = format === 'json' || format === 'ndjson'
  if (summary && format !== 'table' && !objects) {
    throw new InputError(`--summary can't go with --format ${format}: a summary has no columns or packets.`, [
      'Use --format table, json or ndjson with --summary.',
    ])
  }
  if (summary && fields !== undefined) {
    throw new InputError("--fields and --summary can't go together: a summary counts, it prints no samples.")
  }
  if (fields !== undefined && (format === 'line' || format === 'pcap')) {
    throw new InputError(`--fields can't go with --format ${format}: its content is fixed.`, [
      'Use --format csv, ndjson, json or table with --fields.',
    ])
  }
  if (object === 'datagram' && (fields !== undefined || summary || !objects)) {
    throw new InputError('--object datagram needs --format json or ndjson, and no --fields or --summary.')
  }
  if (what !== 'headers' && format !== 'pcap') {
    throw new InputError(`--what ${what} needs --format pcap.`)
  }
}

/** Writes no sample: for --summary. */
export const nothing: Format = Object.freeze({
  begin() {},
  datagram() {},
  sample: () => true,
  endDatagram() {},
  end() {},
})
