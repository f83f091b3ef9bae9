// Owns which format the options mean, and which options contradict each other. Start at createFormat.

import { InputError } from '../errors.ts'
import { SampleKind } from '../sflow/samples.ts'
import { CardFormat } from './cards.ts'
import { defaultFields, FieldLines, FieldObjects, FieldTable } from './fields.ts'
import type { Format } from './format.ts'
import { LineWriter } from './line.ts'
import { array, DatagramObjects, lines, SampleObjects } from './objects.ts'
import type { DecodeOptions } from './options.ts'
import { DatagramCapture, HeaderCapture } from './pcap.ts'

/**
 * @param note tells what an output can't hold
 * @throws InputError for options that contradict each other, and for unknown fields
 */
export function createFormat(options: DecodeOptions, note: (line: string) => void): Format {
  const { format, fields, object, what, view } = options
  if (options.summary) return nothing
  if (fields !== undefined && (format === 'line' || format === 'pcap')) {
    throw new InputError(`--fields can't go with --format ${format}: its content is fixed.`, [
      'Use --format csv, ndjson, json or table with --fields.',
    ])
  }
  if (object === 'datagram' && (fields !== undefined || !(format === 'json' || format === 'ndjson'))) {
    throw new InputError('--object datagram needs --format json or ndjson, and no --fields.')
  }
  switch (format) {
    case 'ndjson':
    case 'json': {
      const frame = format === 'json' ? array : lines
      if (fields !== undefined) return new FieldObjects(fields, frame, note)
      return object === 'datagram' ? new DatagramObjects(frame) : new SampleObjects(frame)
    }
    case 'csv':
      return new FieldLines(fields ?? defaultFields, note)
    case 'table':
      return fields === undefined
        ? new CardFormat({ ...view, names: options.names })
        : new FieldTable(fields, view.style, note)
    case 'line':
      return new LineWriter()
    case 'pcap':
      if (what === 'datagrams') return new DatagramCapture()
      return new HeaderCapture(what === 'discards' ? SampleKind.discard : SampleKind.flow, note)
  }
}

/** Writes no sample: for --summary. */
const nothing: Format = Object.freeze({
  begin() {},
  datagram() {},
  sample: () => true,
  endDatagram() {},
  end() {},
})
