// Checks the direction of imports between the folders of src (docs/architecture.md), cycles, which packages a folder may
// use, and that the library leaves the process alone. Prints each fault as file:line and fails if there is one.
//
//   node scripts/check-imports.ts [ROOT]      default: this repository

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))))

/** What a zone may import besides itself. A zone is a folder of src/lib, one of src/lib/kernel, or what stands for several. */
const zones: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  parse: ['errors'],
  wire: ['errors', 'parse'],
  names: ['errors', 'wire'],
  sys: ['errors', 'parse'],
  http: ['errors'],
  sflow: ['errors', 'parse', 'wire', 'names'],
  packet: ['errors', 'parse', 'wire', 'names'],
  sink: ['errors', 'wire', 'sys'],
  threads: ['errors', 'wire', 'sys', 'sink'],
  source: ['errors', 'parse', 'wire', 'names', 'sflow', 'packet', 'sys'],
  ndjson: ['errors', 'parse', 'wire', 'names', 'sflow', 'packet', 'source'],
  'pcap-filter': ['errors', 'parse', 'wire', 'names'],
  'kernel/bpf': ['errors', 'parse', 'sys'],
  'kernel/names': ['errors', 'parse', 'sys', 'kernel/bpf'],
  'kernel/links': ['errors', 'parse', 'sys'],
  'kernel/tap': ['errors', 'parse', 'sys', 'kernel/bpf', 'kernel/links'],
  'kernel/drops': ['errors', 'sys', 'kernel/bpf', 'kernel/names', 'kernel/tap'],
  'kernel/trace': ['errors', 'parse', 'sys', 'pcap-filter', 'kernel/bpf', 'kernel/names'],
  attributes: ['errors', 'parse', 'wire', 'names', 'sflow', 'packet'],
  expression: ['errors', 'parse', 'wire', 'names', 'sflow', 'packet', 'attributes'],
}

/** Above expression; models may use each other. */
const models = [
  'agents',
  'exporter',
  'host-agent',
  'print',
  'flow',
  'period',
  'topo',
  'metrics',
  'push',
  'analysis',
  'port-rates',
  'serve',
  // A command's analyses too, but what --serve shows of a topology is all of it.
  'topo-status',
]
/** Above models; never import each other. */
const features = [
  'decode',
  'listen',
  'top-flows',
  'ports',
  'drops',
  'ai-metrics',
  'path',
  'topo-import',
  'cycles',
  'trace',
  'replay',
  'sample',
  'lab',
  'doctor',
]

const low = Object.keys(zones)

function mayImport(from: string): readonly string[] {
  if (from in zones) return zones[from]!
  if (models.includes(from)) return [...low, ...models]
  if (features.includes(from)) return [...low, ...models]
  if (from === 'ui') return [...low, ...models, ...features]
  if (from === 'index') return [...low, ...models, ...features]
  return [...low, ...models, ...features, 'ui', 'top']
}

/** `top` is what stands above the library: main, base-command, flags, failure, help, hooks and commands. */
function zoneOf(file: string): string {
  const [, lib, folder = '', room = ''] = file.split('/')
  if (lib !== 'lib') return 'top'
  // The kernel's rooms are zones of their own.
  return (folder === 'kernel' ? `${folder}/${room}` : folder).replace(/\.tsx?$/, '')
}

/** Packages that only these zones may import; any other package is free. */
const packageZones: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^@oclif\//, ['top']],
  [/^(chalk|cli-table3|ink|react|ink-.*)(\/|$)/, ['ui']],
  [/^koffi$/, ['sys']],
]

/** The process belongs to the commands; ui sees the streams, sink writes to descriptors. */
const processUse = /\bprocess\.(argv|stdout|stderr|stdin|exit|exitCode|env|on|once)\b/
const mayUseProcess = ['top', 'ui']

interface Import {
  readonly line: number
  readonly target: string
}

const importPattern =
  /^\s*(?:import|export)\s+(?:type\s)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm

/** Comments blanked out, so that lines keep their numbers. Strings are kept: they hold the targets. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '))
}

function importsOf(text: string): Import[] {
  return [...text.matchAll(importPattern)].map((match) => ({
    line: text.slice(0, match.index + match[0].search(/\S/)).split('\n').length,
    target: match[1] ?? match[2]!,
  }))
}

function checkFile(file: string, text: string, faults: string[]): string[] {
  const zone = zoneOf(file)
  const allowed = mayImport(zone)
  const neighbours: string[] = []
  for (const { line, target } of importsOf(text)) {
    if (!target.startsWith('.')) {
      const rule = packageZones.find(([pattern]) => pattern.test(target))
      if (rule && !rule[1].includes(zone))
        faults.push(`${file}:${line}: ${zone} must not import ${target}; only ${rule[1].join(', ')} may`)
      continue
    }
    const path = normalize(join(dirname(file), target))
    neighbours.push(path)
    const to = zoneOf(path)
    if (to !== zone && !allowed.includes(to)) faults.push(`${file}:${line}: ${zone} must not import ${to} (${path})`)
  }
  if (!mayUseProcess.includes(zone)) {
    for (const [at, line] of text.split('\n').entries()) {
      const use = processUse.exec(line)
      if (use) faults.push(`${file}:${at + 1}: ${zone} must not touch ${use[0]}`)
    }
  }
  return neighbours
}

/** Each cycle once, as a chain of files. Depth first; a file is left as `done` when all below it was seen. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string): void => {
    const at = path.indexOf(file)
    if (at >= 0) {
      cycles.push([...path.slice(at), file].join(' → '))
      return
    }
    if (done.has(file)) return
    path.push(file)
    for (const next of graph.get(file) ?? []) visit(next)
    path.pop()
    done.add(file)
  }
  for (const file of graph.keys()) visit(file)
  return cycles
}

const faults: string[] = []
const graph = new Map<string, readonly string[]>()
const files = globSync('src/**/*.{ts,tsx}').sort()
for (const file of files) graph.set(file, checkFile(file, withoutComments(readFileSync(file, 'utf8')), faults))
for (const cycle of findCycles(graph)) faults.push(`cycle: ${cycle}`)
for (const fault of faults) process.stdout.write(`${fault}\n`)
process.stdout.write(
  `${files.length} files, ${faults.length === 0 ? 'imports point one way' : `${faults.length} faults`}\n`,
)
process.exitCode = faults.length > 0 ? 1 : 0
