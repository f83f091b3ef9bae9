// Owns `npm run bench:coverage`: how often 95 % intervals hold the truth, and how wide they are, by kind of traffic and number
// of samples. Prints docs/estimates.md's table; with --write puts it there.
//
//   npm run bench:coverage -- [--windows N] [--write]
//
// Windows are sampled at random: each flow gets a Poisson number of samples, each with a size of its own. Flows that no sample
// met have no row, and do not count. As sumOf is asked here, without datagrams: test/flow/coverage.test.ts has the whole way.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Part, type Spread, sumOf } from '../../src/lib/flow/estimate.ts'
import { gammaQuantile, student95, Z95 } from '../../src/lib/flow/quantiles.ts'
import type { Scale } from '../../src/lib/flow/scale.ts'
import { SpreadSum } from '../../src/lib/flow/sizes.ts'
import { median } from './measure.ts'
import { Random } from './random.ts'

type Sizes = readonly (readonly [size: number, parts: number])[]

interface Kind {
  readonly sizes: Sizes
  /** Null: it is there, and not looked at. */
  readonly name: string | null
  /** Flows for each expected number of samples, or of `samples` each. */
  readonly flows: number
  readonly samples?: number
}

/** Expected samples of a flow. */
const expected = [1, 2, 3, 5, 8, 15, 25, 30, 35, 45, 60, 100]

const seven: Sizes = [
  [64, 7],
  [1500, 1],
]

/** Each world is a window's traffic: flows of one kind or of several. */
const worlds: readonly (readonly Kind[])[] = [
  [{ name: 'frames, or one size', sizes: [[1518, 1]], flows: 3 }],
  [
    {
      name: '64 and 1500, half and half',
      sizes: [
        [64, 1],
        [1500, 1],
      ],
      flows: 3,
    },
  ],
  [{ name: '64 and 1500, 7 to 1', sizes: seven, flows: 3 }],
  [
    {
      name: 'IMIX: 64, 570, 1518 as 7 to 4 to 1',
      sizes: [
        [64, 7],
        [570, 4],
        [1518, 1],
      ],
      flows: 3,
    },
  ],
  [
    { name: 'ACKs of 70 beside RDMA of 4158', sizes: [[70, 1]], flows: 3 },
    { name: null, sizes: [[4158, 1]], flows: 10, samples: 50 },
  ],
  [
    { name: '64 and 1500, 7 to 1, beside flows of 64', sizes: seven, flows: 2 },
    { name: 'these flows of 64', sizes: [[64, 1]], flows: 2 },
  ],
  [
    {
      name: 'TCP data: 1518, one in ten 64',
      sizes: [
        [1518, 9],
        [64, 1],
      ],
      flows: 3,
    },
    {
      name: 'TCP ACKs: 66, one in 40 of 400 and of 1400',
      sizes: [
        [66, 38],
        [400, 1],
        [1400, 1],
      ],
      flows: 3,
    },
  ],
]

interface Sampled {
  readonly samples: number
  readonly sum: number
  readonly squares: number
}

interface Bounds {
  readonly low: number
  readonly high: number
}

/** 1 in a million of very many: counts are Poisson's. */
const scale: Scale = { rate: 1, counted: false, received: 1e12, taken: 1e12, gap: 1, unseen: 1, random: 1 }

function now({ samples, sum, squares }: Sampled, spread: Spread): Bounds {
  const part: Part = { scale, weight: samples, weightSquares: samples, sum, squares, whole: false }
  const { low, high } = sumOf([part], { spread, largestRate: 1, smooth: false, sampleWeight: 1, agents: 1 })
  return { low: low ?? Number.NaN, high: high ?? Number.NaN }
}

/** What it was before: below 30 samples Fay and Feuer's with a sample of the largest size more, else Student's. */
function before({ samples, sum, squares }: Sampled, largest: number): Bounds {
  const count = (sum * sum) / squares
  if (samples >= 30) {
    const half = (count > samples * 0.999 ? Z95 : student95(count - 1)) * Math.sqrt(squares)
    return { low: sum - half, high: sum + half }
  }
  const more = squares + largest * largest
  return {
    low: (squares / sum) * gammaQuantile(count, 0.025),
    high: (more / (sum + largest)) * gammaQuantile((sum + largest) ** 2 / more, 0.975),
  }
}

function poisson(random: Random, mean: number): number {
  for (let k = 0, sum = 0; ; k++) {
    sum -= Math.log(1 - random.unit())
    if (sum > mean) return k
  }
}

function draw(random: Random, sizes: Sizes, mean: number): Sampled {
  const all = sizes.reduce((sum, [, parts]) => sum + parts, 0)
  const samples = poisson(random, mean)
  let sum = 0
  let squares = 0
  for (let i = 0; i < samples; i++) {
    let left = random.unit() * all
    let size = 0
    for (const [one, parts] of sizes) {
      size = one
      left -= parts
      if (left < 0) break
    }
    sum += size
    squares += size * size
  }
  return { samples, sum, squares }
}

interface Cell {
  met: number
  readonly held: [number, number]
  readonly widths: [number[], number[]]
}

function measure(world: readonly Kind[], windows: number): Map<string, Map<number, Cell>> {
  const random = new Random(7)
  const flows = world.flatMap(({ name, sizes, flows: count, samples }) => {
    const all = sizes.reduce((sum, [, parts]) => sum + parts, 0)
    const mean = sizes.reduce((sum, [size, parts]) => sum + size * parts, 0) / all
    const each = samples === undefined ? expected : [samples]
    return each.flatMap((n) => Array.from({ length: count }, () => ({ name, sizes, n, truth: n * mean })))
  })
  const largest = Math.max(...world.flatMap(({ sizes }) => sizes.map(([size]) => size)))
  const cells = new Map<string, Map<number, Cell>>()
  for (let w = 0; w < windows; w++) {
    const drawn = flows.map(({ sizes, n }) => draw(random, sizes, n))
    const sum = new SpreadSum()
    for (const x of drawn) sum.add(x.samples, x.samples, x.sum, x.squares)
    const spread = sum.spread(largest)
    for (const [i, { name, n, truth }] of flows.entries()) {
      const x = drawn[i]!
      if (name === null || x.samples === 0) continue
      const row = cells.get(name) ?? new Map<number, Cell>()
      cells.set(name, row)
      const cell = row.get(n) ?? { met: 0, held: [0, 0], widths: [[], []] }
      row.set(n, cell)
      cell.met++
      for (const [k, { low, high }] of [before(x, largest), now(x, spread)].entries()) {
        if (low <= truth && truth <= high) cell.held[k as 0 | 1]++
        cell.widths[k as 0 | 1].push((50 * (high - low)) / x.sum)
      }
    }
  }
  return cells
}

const { values: flags } = parseArgs({
  options: { windows: { type: 'string', default: '1000' }, write: { type: 'boolean', default: false } },
})
const lines = [
  `| sizes | | ${expected.join(' | ')} |`,
  `|---|---|${expected.map(() => '--:').join('|')}|`,
  ...worlds.flatMap((world) =>
    [...measure(world, Number(flags.windows))].flatMap(([name, row]) => {
      const cells = (of: (cell: Cell) => string) => expected.map((n) => of(row.get(n)!)).join(' | ')
      const both = (k: 0 | 1, title: string) => [
        `| ${k === 0 ? '' : name} | ${title}: holds | ${cells(({ held, met }) => ((100 * held[k]) / met).toFixed(1))} |`,
        `| | ± | ${cells(({ widths }) => median(widths[k]).toFixed(0))} |`,
      ]
      return [...both(1, 'now'), ...both(0, 'before')]
    }),
  ),
]
const table = lines.join('\n')
if (flags.write) {
  const file = join(import.meta.dirname, '..', '..', 'docs', 'estimates.md')
  const parts = readFileSync(file, 'utf8').split(/<!-- (?:table|end of table) -->\n/)
  if (parts.length !== 3) throw new Error('docs/estimates.md has no place for the table')
  writeFileSync(file, `${parts[0]}<!-- table -->\n${table}\n<!-- end of table -->\n${parts[2]}`)
} else console.log(table)
