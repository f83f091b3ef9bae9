// How the programs for the kernel are compiled, and what their manifest says of them: build-bpf.ts writes both, and
// test/bpf/manifest.test.ts compares.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseBpfObject } from '../src/lib/kernel/bpf/bpf-object.ts'

/** Folders with *.bpf.c: each has its own manifest.json beside them, and is compiled with its own and src/bpf's headers. */
export const bpfFolders = ['src/bpf', 'test/bpf'] as const

export interface ProgramEntry {
  readonly section: string
  readonly instructions: number
  /** Instructions that want a map, and places where the kernel writes its own offsets. */
  readonly mapUses: number
  readonly coreRelocations: number
}

export interface ObjectEntry {
  /** sha256 of the object. */
  readonly sha256: string
  readonly programs: Readonly<Record<string, ProgramEntry>>
}

export interface BpfManifest {
  /** First line of `clang --version`: the same compiler makes the same bytes. */
  readonly compiler: string
  readonly flags: string
  /** sha256 of each source and header by its path in the repository. */
  readonly sources: Readonly<Record<string, string>>
  readonly objects: Readonly<Record<string, ObjectEntry>>
}

/**
 * -mcpu=v3: what kernels since 5.1 know. The types (BTF) name files: from the repository's root, wherever that lies.
 * The programs' own types and relocations stay when llvm-strip takes the rest of what -g makes.
 */
export const flags = [
  ...['-target', 'bpf', '-mcpu=v3', '-O2', '-g', '-std=gnu11', '-nostdinc', '-Isrc/bpf'],
  ...['-Wall', '-Wextra', '-Werror', '-fno-ident', '-fno-addrsig', '-fdebug-compilation-dir=.'],
]

/** clang-19, which made the committed objects, or clang-14, which makes others of the same meaning; or what the environment names. */
export function tools(): { readonly clang: string; readonly strip: string } {
  const there = ['clang-19', 'clang-14'].find((name) => !spawnSync(name, ['--version']).error)
  const clang = process.env.BPF_CLANG ?? there ?? 'clang-19'
  const version = /-(\d+)$/.exec(clang)?.[0] ?? ''
  return { clang, strip: process.env.BPF_STRIP ?? `llvm-strip${version}` }
}

/** First line of what it says of itself; undefined where it is not installed. */
export function compilerVersion(): string | undefined {
  const { clang, strip: stripTool } = tools()
  const { status, stdout } = spawnSync(clang, ['--version'], { encoding: 'utf8' })
  const strip = spawnSync(stripTool, ['--version'])
  return status === 0 && strip.status === 0 ? stdout.split('\n')[0]!.trim() : undefined
}

/** Names of the objects of a folder: `sample` of src/bpf/sample.bpf.c. */
export function objectNames(folder: string): string[] {
  return globSync(`${folder}/*.bpf.c`)
    .map((file) => basename(file, '.bpf.c'))
    .sort()
}

/** sha256 of what an object of a folder is made from, by path. */
export function sourceHashes(folder: string): Record<string, string> {
  const files = new Set([...globSync(`${folder}/*.bpf.{c,h}`), ...globSync('src/bpf/*.bpf.h')])
  return Object.fromEntries([...files].sort().map((file) => [file, sha256(readFileSync(file))]))
}

/** Compiles one source. @throws Error with the compiler's words */
export function compile(folder: string, name: string): Uint8Array {
  const { clang, strip } = tools()
  const made = mkdtempSync(join(tmpdir(), 'sonde-bpf-'))
  try {
    const file = join(made, `${name}.bpf.o`)
    runTool(clang, [...flags, '-c', `${folder}/${name}.bpf.c`, '-o', file])
    runTool(strip, ['-g', file])
    return readFileSync(file)
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

function runTool(tool: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(tool, args, { encoding: 'utf8' })
  if (error) throw new Error(`${tool} can't be run: ${error.message}`)
  if (status !== 0) throw new Error(`${tool} failed:\n${stderr}`)
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** What the manifest says of an object. @throws ObjectError */
export function describe(name: string, bytes: Uint8Array): ObjectEntry {
  const programs = parseBpfObject(name, bytes).programs.map((program) => [
    program.name,
    {
      section: program.section,
      instructions: program.instructions.length / 8,
      mapUses: program.mapUses.length,
      coreRelocations: program.coreRelocations.length / 16,
    },
  ])
  return { sha256: sha256(bytes), programs: Object.fromEntries(programs) }
}
