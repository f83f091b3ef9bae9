// Builds samples for the tests of attributes: headers from hex, records from objects, and reads attributes of them.

import { type Cells, compileCells } from '../../src/lib/attributes/cells.ts'
import { SampleView } from '../../src/lib/attributes/context.ts'
import type { DecodeIssue } from '../../src/lib/errors.ts'
import type { Datagram, DecodedRecord, Sample } from '../../src/lib/sflow/datagram.ts'
import { encodeDatagram } from '../../src/lib/sflow/encode.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import type { Fields } from '../../src/lib/wire/interpret.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'

/** Bytes of hex text with spaces. */
export function hex(...parts: readonly string[]): Uint8Array {
  return new Uint8Array(Buffer.from(parts.join('').replaceAll(' ', ''), 'hex'))
}

export const ip4 = (text: string) => ({ type: 1 as const, bytes: Uint8Array.from(text.split('.'), Number) })

export function record(tag: number, fields: Fields): DecodedRecord {
  return { tag, name: '', fields }
}

/** A record sampled_header. */
export function header(bytes: Uint8Array, protocol = 1, frame_length = 1518, stripped = 4): DecodedRecord {
  return record(1, { protocol, frame_length, stripped, header: bytes })
}

const source = { sequence_number: 77, source_id_type: 0, source_id_index: 3 }

export function flow(records: DecodedRecord[], more: object = {}): Sample {
  return {
    kind: 'flow',
    tag: 3,
    name: 'flow_sample_expanded',
    ...source,
    sampling_rate: 1000,
    sample_pool: 4_000_000_000,
    drops: 0,
    input_format: 0,
    input_value: 3,
    output_format: 0,
    output_value: 7,
    records,
    ...more,
  }
}

export function counters(records: DecodedRecord[], more: object = {}): Sample {
  return { kind: 'counters', tag: 4, name: 'counters_sample_expanded', ...source, records, ...more }
}

export function discard(records: DecodedRecord[], more: object = {}): Sample {
  return {
    kind: 'discard',
    tag: 5,
    name: 'discarded_packet',
    ...source,
    drops: 0,
    inputifindex: 3,
    outputifindex: 0,
    reason: 258,
    records,
    ...more,
  }
}

/** A flow sample of one header. */
export const packet = (...parts: readonly string[]) => flow([header(hex(...parts))])

/** One datagram, from 192.0.2.1 at 2026-01-02T03:04:05.000000006Z. */
export class OneDatagram {
  readonly issues: DecodeIssue[] = []
  readonly #walker = new Walker((issue) => this.issues.push(issue))
  readonly #view = new SampleView(this.#walker)
  readonly #bytes: Uint8Array

  constructor(samples: Sample[], agent: Datagram['agent'] = ip4('198.51.100.9')) {
    this.#bytes = encodeDatagram({ agent, sub_agent_id: 5, sequence_number: 9, uptime: 1000, samples })
  }

  /** What the samples give, one text a sample; null where there is none. */
  rows(cells: Cells): (string | null)[] {
    const { buffer } = this.#bytes
    this.#walker.open(this.#bytes, new DataView(buffer), 0, this.#bytes.length)
    this.#view.startDatagram(1_767_323_045, 6, new Uint32Array([0, 0, 0xffff, 0xc0000201]), 0)
    const out = new TextBuffer(16)
    const rows: (string | null)[] = []
    while (this.#walker.nextSample()) {
      this.#view.startSample()
      out.clear()
      rows.push(cells.sample(this.#view, out) ? new TextDecoder().decode(out.written()) : null)
    }
    return rows
  }
}

/** JSON text of one attribute of one sample; `null` where it is missing. */
export function readJson(sample: Sample, name: string): string {
  const [row] = new OneDatagram([sample]).rows(compileCells([name], 'json'))
  return row === null || row === undefined ? 'null' : row.slice(`"${name}":`.length)
}

/** The CSV cell of one attribute of one sample. */
export function readCsv(sample: Sample, name: string): string {
  const [row] = new OneDatagram([sample]).rows(compileCells([name], 'csv'))
  return row ?? ''
}
