// Compares filters with tcpdump's: which are accepted, what they take of every capture in ../shared/captures/packets, how
// long the programs are. tcpdump's programs are run by our interpreter, which is held against tcpdump's own for a sample of pairs.
// Skipped with a printed line where tcpdump or the captures are absent.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import type { ClassicProgram } from '../../src/lib/pcap-filter/classic.ts'
import { compileFilter } from '../../src/lib/pcap-filter/compile.ts'
import { type FastFilter, fastFilter } from '../../src/lib/pcap-filter/fast.ts'
import { runFilter } from '../../src/lib/pcap-filter/run.ts'
import { openFrames } from '../../src/lib/source/open.ts'
import { pcap } from '../helpers/capture-bytes.ts'
import { sharedPath } from '../helpers/shared.ts'
import { accepted, rejected } from '../pcap-filter/expressions.ts'
import { drawFrom, randomFilter } from '../pcap-filter/random-filter.ts'

const version = spawnSync('tcpdump', ['--version'], { encoding: 'utf8' })
const hasTcpdump = version.status === 0 && version.stdout.includes('libpcap version 1.10')
if (!hasTcpdump) process.stdout.write('skipped: tcpdump with libpcap 1.10 is not there\n')
const captures = sharedPath('captures/packets')

interface Frame {
  readonly bytes: Uint8Array
  readonly wireLength: number
  readonly linkType: number
}

/** Frames of all captures, by file. */
const frames = new Map<string, readonly Frame[]>()

async function readFrames(path: string): Promise<readonly Frame[]> {
  const reader = await openFrames(path)
  const found: Frame[] = []
  for (let batch = await reader.next(); batch !== undefined; batch = await reader.next()) {
    for (let i = 0; i < batch.count; i++) {
      const bytes = batch.bytes.slice(batch.offset[i]!, batch.offset[i]! + batch.length[i]!)
      found.push({ bytes, wireLength: batch.wireLength[i]!, linkType: batch.linkType[i]! })
    }
  }
  await reader.close()
  return found
}

/** A few of each capture: a filter is looked at on thousands of frames as it is. */
const MOST_OF_ONE = 25

/** Each link type but Ethernet gets every n-th filter, beginning somewhere else. */
const EVERY = 12

/** A process for each; many more were looked at while this was written. */
const RANDOM = 100

let folder = ''

/** tcpdump's program for recorded packets of a link type; undefined where it refuses the filter. */
function theirProgram(filter: string, linkType: number): ClassicProgram | undefined {
  const empty = join(folder, `${linkType}.pcap`)
  writeFileSync(empty, pcap([], { linkType }))
  const { status, stdout } = spawnSync('tcpdump', ['-r', empty, '-ddd', '--', filter], { encoding: 'utf8' })
  if (status !== 0) return undefined
  const rows = stdout.trim().split('\n').slice(1)
  const column = (at: number) => rows.map((row) => Number(row.split(' ')[at]))
  return {
    code: Uint16Array.from(column(0)),
    ifTrue: Uint8Array.from(column(1)),
    ifFalse: Uint8Array.from(column(2)),
    k: Uint32Array.from(column(3)),
  }
}

function ourProgram(filter: string, linkType: number): ClassicProgram | undefined {
  try {
    return compileFilter(filter, linkType)
  } catch (error) {
    assert.ok(error instanceof InputError, `${filter}: ${error}`)
    return undefined
  }
}

describe('filters as tcpdump has them', { skip: !hasTcpdump || captures === undefined }, () => {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sonde-filter-'))
    for (const file of readdirSync(captures!)) frames.set(file, await readFrames(join(captures!, file)))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('accepts, rejects and takes the same, on every link type of the captures', () => {
    const all = [...frames.values()].flatMap((some) => some.slice(0, MOST_OF_ONE))
    const filters = [...accepted, ...rejected]
    const linkTypes = [...new Set(all.map((x) => x.linkType))].sort((a, b) => a - b)
    assert.ok(linkTypes.length >= 12, `only link types ${linkTypes}`)
    let instructions = 0
    let theirs = 0
    let runs = 0
    for (const [l, linkType] of linkTypes.entries()) {
      const some = all.filter((frame) => frame.linkType === linkType)
      for (const [i, filter] of filters.entries()) {
        if (linkType !== 1 && i % EVERY !== l % EVERY) continue
        const our = ourProgram(filter, linkType)
        const their = theirProgram(filter, linkType)
        assert.equal(our !== undefined, their !== undefined, `${filter} on link type ${linkType}: accepted by one only`)
        if (our === undefined || their === undefined) continue
        // Loops are laid out flat.
        if (!filter.includes('protochain')) {
          instructions += our.code.length
          theirs += their.code.length
        }
        const fast: FastFilter = fastFilter(our)
        for (const { bytes, wireLength } of some) {
          const isTaken: boolean = runFilter(their, bytes, 0, bytes.length, wireLength) > 0
          const told: string = `${filter} on link type ${linkType}: ${Buffer.from(bytes).toString('hex')}`
          assert.equal(runFilter(our, bytes, 0, bytes.length, wireLength) > 0, isTaken, told)
          assert.equal(fast(bytes, 0, bytes.length, wireLength) > 0, isTaken, told)
          runs++
        }
      }
    }
    process.stdout.write(`  ${runs} pairs of filter and packet; ${instructions} instructions, tcpdump's ${theirs}\n`)
    assert.ok(instructions < 1.15 * theirs, `${instructions} instructions; tcpdump needs ${theirs}`)
  })

  it('random filters of the whole grammar', () => {
    const draw = drawFrom(2654435761)
    const some = [...frames.values()].flat().filter((frame) => frame.linkType === 1)
    let both = 0
    for (let i = 0; i < RANDOM; i++) {
      const filter = randomFilter(draw)
      const our = ourProgram(filter, 1)
      const their = theirProgram(filter, 1)
      assert.equal(our !== undefined, their !== undefined, `${filter}: accepted by one only`)
      if (our === undefined || their === undefined) continue
      both++
      for (let n = 0; n < 500; n++) {
        const { bytes, wireLength } = some[draw(some.length)]!
        const isTaken: boolean = runFilter(their, bytes, 0, bytes.length, wireLength) > 0
        const told: string = `${filter}: ${Buffer.from(bytes).toString('hex')}`
        assert.equal(runFilter(our, bytes, 0, bytes.length, wireLength) > 0, isTaken, told)
      }
    }
    process.stdout.write(`  ${RANDOM} random filters, ${both} of them right\n`)
    assert.ok(both > RANDOM / 3 && both < RANDOM)
  })

  it('takes the packets that tcpdump -r takes', () => {
    let taken = 0
    let pairs = 0
    // What tcpdump itself cannot read to the end tells nothing: several link types in one file, or a damaged one.
    const files = [...frames.keys()].filter((file) => {
      const linkTypes = new Set(frames.get(file)!.map((x) => x.linkType))
      return linkTypes.size === 1 && spawnSync('tcpdump', ['-r', join(captures!, file), '-w', '/dev/null']).status === 0
    })
    assert.ok(files.length > 130, `only ${files.length} captures`)
    for (const [i, filter] of accepted.entries()) {
      if (i % 2 === 1) continue
      const file = files[i % files.length]!
      const some = frames.get(file)!
      const own = ourProgram(filter, some[0]!.linkType)
      const { status, stdout } = spawnSync('tcpdump', ['-r', join(captures!, file), '-w', '-', '--', filter], {
        maxBuffer: 1 << 28,
      })
      if (own === undefined) {
        assert.notEqual(status, 0, `${filter} of ${file}`)
        continue
      }
      const copy = join(folder, 'taken.pcap')
      if (stdout.length < 24) continue
      writeFileSync(copy, stdout)
      const ours = some.filter(({ bytes, wireLength }) => runFilter(own, bytes, 0, bytes.length, wireLength) > 0)
      const lengths = lengthsOf(readFileSync(copy))
      assert.deepEqual(
        ours.map(({ bytes }) => bytes.length),
        lengths,
        `${filter} of ${basename(file)}`,
      )
      pairs++
      taken += lengths.length
    }
    process.stdout.write(`  ${pairs} filters and captures, ${taken} packets taken\n`)
    assert.ok(pairs > 100 && taken > 400)
  })
})

/** Captured lengths of the packets of a pcap that tcpdump wrote on this machine or swapped as its input was. */
function lengthsOf(bytes: Buffer): number[] {
  const isLittle = bytes[0] === 0xd4 || bytes[0] === 0x4d
  const lengths: number[] = []
  for (let at = 24; at + 16 <= bytes.length; at += 16 + lengths.at(-1)!) {
    lengths.push(isLittle ? bytes.readUInt32LE(at + 8) : bytes.readUInt32BE(at + 8))
  }
  return lengths
}
