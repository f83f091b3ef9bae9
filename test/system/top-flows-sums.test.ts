// `sonde top-flows --scale configured` against sums that a python3 script makes on its own out of `sonde decode`'s NDJSON: of a
// generated capture with many flows, of the shipped captures, and of every capture of ../shared with flow samples.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { generateZipf } from '../bench/generate.ts'
import { repositoryRoot, shell, sonde } from '../helpers/cli.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { sharedPath } from '../helpers/shared.ts'

const noPython = spawnSync('python3', ['--version']).error ? 'the program `python3` is not there' : false

type Sums = readonly [samples: number, frames: number, bytes: number]

interface Python {
  readonly samples: number
  readonly total: Sums
  readonly flows: readonly (readonly [src: string | null, dst: string | null, ...Sums])[]
}

interface Row {
  readonly kind: string
  readonly keys: { readonly 'null:ipsource:-': string; readonly 'null:ipdestination:-': string }
  readonly samples: number
  readonly frames: number
  readonly bytes: number
}

const sums = ({ samples, frames, bytes }: Row): Sums => [samples, frames, bytes]

/** @returns flow samples in the file, 0 where there was nothing to compare */
function compare(file: string): number {
  const script = join(repositoryRoot, 'test/system/flow-sums.py')
  const told = shell(`sonde decode '${file}' -f ndjson -q | python3 '${script}'`)
  assert.equal(told.stderr.includes('Traceback'), false, `${basename(file)}: ${told.stderr}`)
  const want = JSON.parse(told.stdout) as Python
  if (want.samples === 0) return 0
  const keys = 'null:ipsource:-,null:ipdestination:-'
  const flags = [
    '--value',
    'bytes,frames',
    '--scale',
    'configured',
    '--agg',
    'sum',
    '--top',
    '1M',
    '-f',
    'ndjson',
    '-q',
  ]
  const rows = sonde(['top-flows', file, '-k', keys, ...flags])
    .stdout.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
  const flows = rows
    .filter(({ kind }) => kind === 'flow')
    .map((row) => [row.keys['null:ipsource:-'], row.keys['null:ipdestination:-'], ...sums(row)])
  const expected = want.flows.map(([src, dst, ...rest]) => [src ?? '-', dst ?? '-', ...rest])
  assert.deepEqual(flows.map(String).sort(), expected.map(String).sort(), basename(file))
  assert.deepEqual(sums(rows.find(({ kind }) => kind === 'total')!), want.total, basename(file))
  // Ranked by bytes, the largest first.
  const bytes = flows.map((flow) => Number(flow[4]))
  assert.deepEqual(
    bytes,
    bytes.toSorted((a, b) => b - a),
    basename(file),
  )
  return want.samples
}

test('a generated capture: 60,000 samples of 20,000 flows, drawn by Zipf’s law', { skip: noPython }, () => {
  const path = temporaryPath('zipf.pcap')
  generateZipf({ samples: 60_000, flows: 20_000, seed: 7, path })
  assert.equal(compare(path), 60_000)
})

test('the shipped captures', { skip: noPython }, (t) => {
  const files = globSync(join(repositoryRoot, 'fixtures/*.pcap')).filter((file) => !/version-2/.test(file))
  const samples = files.reduce((sum, file) => sum + compare(file), 0)
  t.diagnostic(`${samples} flow samples of ${files.length} captures`)
  assert.ok(samples > 400)
})

test('every capture of ../shared with flow samples', { skip: noPython }, (t) => {
  const files = ['sflow', 'agents'].flatMap((folder) => {
    const path = sharedPath(`captures/${folder}`)
    const names = path === undefined ? [] : readdirSync(path).filter((name) => /\.pcap(ng)?$/.test(name))
    return names.map((name) => join(path!, name))
  })
  const samples = files.reduce((sum, file) => sum + compare(file), 0)
  t.diagnostic(`${samples} flow samples of ${files.length} captures`)
  assert.ok(files.length === 0 || samples > 40_000)
})
