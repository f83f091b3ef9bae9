// How often the truth lies inside the 95 % bars of sonde ai-metrics: generated fabrics of 20 fixed seeds, every number that has a
// bar. Issue: 92 % or more of all (number, seed), all of them inside 4 σ.
//
//   node --import tsx test/bench/ai-coverage.bench.ts [SEEDS]

import { comparisons, FOUR_SIGMA, isInside } from '../ai-metrics/compare.ts'
import { whole } from '../ai-metrics/run.ts'
import { generateFabric } from '../helpers/fabric/fabric.ts'
import { fabricFiles } from '../helpers/fabric/files.ts'
import { trainingJobs } from '../helpers/fabric/presets.ts'

const seeds = Number(process.argv[2] ?? 20)
const outside = new Map<string, number>()
let inside = 0
let count = 0
let beyond = 0
for (let seed = 1; seed <= seeds; seed++) {
  const fabric = generateFabric({ ...trainingJobs(seed), egress: 'edge' })
  const files = fabricFiles(fabric)
  const window = await whole(files.capture, { topology: files.topology, top: 100 })
  for (const comparison of comparisons(fabric, window)) {
    count++
    if (isInside(comparison)) inside++
    else outside.set(comparison.metric, (outside.get(comparison.metric) ?? 0) + 1)
    if (isInside(comparison, FOUR_SIGMA)) continue
    beyond++
    process.stdout.write(`beyond 4 σ: seed ${seed} ${JSON.stringify(comparison)}\n`)
  }
}
process.stdout.write(
  `${inside} of ${count} inside 95 % (${((100 * inside) / count).toFixed(1)} %), ${beyond} beyond 4 σ\n` +
    `outside: ${[...outside].map(([metric, n]) => `${metric} ${n}`).join(', ')}\n`,
)
process.exitCode = inside / count >= 0.92 && beyond === 0 ? 0 : 1
