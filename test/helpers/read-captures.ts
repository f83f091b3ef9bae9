// Owns reading a capture to the end in tests: everything that a reader gave, as plain values that can be compared.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CaptureOptions } from '../../src/lib/source/open.ts'
import { openCapture, openFrames } from '../../src/lib/source/open.ts'
import type { Batch, Source, SourceReport } from '../../src/lib/source/source.ts'
import { hex } from './capture-bytes.ts'

let folder: string | undefined
let files = 0

/** Path of a new file in a folder of this test process, which is removed at its end. */
export function temporaryPath(name = 'capture'): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'sonde-test-'))
    folder = made
    process.once('exit', () => rmSync(made, { recursive: true, force: true }))
  }
  files++
  return join(folder, `${files}-${name}`)
}

export function temporaryFile(bytes: Uint8Array, name?: string): string {
  const path = temporaryPath(name)
  writeFileSync(path, bytes)
  return path
}

export interface ReadFrame {
  readonly link: number
  readonly time: string
  readonly hex: string
  readonly wire: number
}

export interface ReadIssue {
  readonly kind: string
  readonly at: number
  readonly problem: string
  readonly count: number
}

const timeOf = (sec: number, nsec: number) => `${sec}.${String(nsec).padStart(9, '0')}`

/** All frames of a file. */
export async function readFrames(path: string): Promise<{ frames: ReadFrame[]; issues: readonly ReadIssue[] }> {
  const reader = await openFrames(path)
  const frames: ReadFrame[] = []
  for (let batch = await reader.next(); batch; batch = await reader.next()) {
    for (let i = 0; i < batch.count; i++) {
      const at = batch.offset[i]!
      frames.push({
        link: batch.linkType[i]!,
        time: timeOf(batch.sec[i]!, batch.nsec[i]!),
        hex: hex(batch.bytes.subarray(at, at + batch.length[i]!)),
        wire: batch.wireLength[i]!,
      })
    }
  }
  await reader.close()
  return { frames, issues: reader.issues.list() }
}

export interface ReadDatagram {
  readonly time: string
  readonly hex: string
  readonly wire: number
  /** Four words in hex, and the port. */
  readonly sender: string
}

/** Datagrams of one batch, copied. */
export function datagramsOf(batch: Batch): ReadDatagram[] {
  const datagrams: ReadDatagram[] = []
  for (let i = 0; i < batch.count; i++) {
    const at = batch.offset[i]!
    const words = [0, 1, 2, 3].map((k) => batch.sender[i * 4 + k]!.toString(16).padStart(8, '0'))
    datagrams.push({
      time: timeOf(batch.sec[i]!, batch.nsec[i]!),
      hex: hex(batch.bytes.subarray(at, at + batch.length[i]!)),
      wire: batch.wireLength[i]!,
      sender: `${words.join(':')} ${batch.senderPort[i]}`,
    })
  }
  return datagrams
}

/** All datagrams of a source, and its report at the end; closes it. */
export async function readSource(source: Source): Promise<{ datagrams: ReadDatagram[]; report: SourceReport }> {
  const datagrams: ReadDatagram[] = []
  for await (const batch of source.batches()) datagrams.push(...datagramsOf(batch))
  await source.close()
  return { datagrams, report: source.report() }
}

export async function readCapture(path: string, options: CaptureOptions = {}) {
  return readSource(await openCapture(path, options))
}

/** Reads a capture that is given as bytes. */
export async function readBytes(bytes: Uint8Array, options: CaptureOptions = {}) {
  return readCapture(temporaryFile(bytes), options)
}
