// Builds dist/: one bundle an entry, shared code in chunks, the manifest of the commands, and the licences of what is bundled.
// Run by npm's prepare and prepack, so that a clone and a tarball both hold a whole program without dependencies.
//
//   node scripts/build.ts [--if-needed] [--types]      --types: also the library's declarations, for a tarball

import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin as EsbuildPlugin, type Metafile } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
process.chdir(root)

/** Entries of the program, which share chunks. */
const program = ['src/main.ts', 'src/help.ts', ...globSync('src/{hooks,commands}/**/*.ts')]
/**
 * The library and the files of threads share chunks with each other, but not with the program: that would cut the program's
 * chunks into twice as many, and each costs half a millisecond at every start.
 */
const beside = ['src/lib/index.ts', ...globSync('src/lib/*/worker.ts')]

/**
 * Modules that oclif loads at each start and sonde never uses: finding out whether this is WSL, looking for commands without a
 * manifest, for configuration outside package.json, for plugins by pattern. They cost half of oclif's start.
 */
const unused = ['wsl-utils', 'react-devtools-core', 'tinyglobby', 'lilconfig', 'minimatch', 'semver']

const stubs: EsbuildPlugin = {
  name: 'stubs',
  setup(builder) {
    builder.onResolve({ filter: new RegExp(`^(${unused.join('|')})$`) }, ({ path }) => ({ path, namespace: 'stub' }))
    // Importing node:process reads all its members, process.stdin too, which makes an inherited pipe non-blocking for every
    // program that shares it, and costs the start of net and tty. The global does not.
    builder.onResolve({ filter: /^(node:)?process$/ }, ({ path, kind }) =>
      kind === 'require-call' ? undefined : { path, namespace: 'process' },
    )
    builder.onLoad({ filter: /./, namespace: 'process' }, () => ({
      contents:
        'const p = globalThis.process; export default p; export const { env } = p; export const cwd = () => p.cwd()',
    }))
    // A user's DEV=true means something else: ink would look for its developers' tools and print a warning.
    builder.onLoad({ filter: /node_modules\/ink\/build\/(ink|reconciler)\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replaceAll("process.env['DEV'] === 'true'", 'false')
      if (/\bDEV\b['"]/.test(contents)) throw new Error(`${path} asks for DEV in another way.`)
      return { contents }
    })
    builder.onLoad({ filter: /./, namespace: 'stub' }, () => ({ contents: 'module.exports = { isWsl: false }' }))
  },
}

function newest(patterns: readonly string[]): number {
  return Math.max(...patterns.flatMap((pattern) => globSync(pattern)).map((file) => statSync(file).mtimeMs))
}

function isUpToDate(): boolean {
  if (!existsSync('dist/main.js') || !existsSync('oclif.manifest.json')) return false
  return (
    newest(['src/**/*.{ts,tsx}', 'src/bpf/*', 'package.json', 'package-lock.json', 'scripts/build.ts']) <
    statSync('dist/main.js').mtimeMs
  )
}

/** What was read and written, of all bundles together. */
async function bundle(outdir: string): Promise<Metafile> {
  const made = [await bundleOf(program, outdir), await bundleOf(beside, outdir)]
  return {
    inputs: Object.assign({}, ...made.map((x) => x.inputs)),
    outputs: Object.assign({}, ...made.map((x) => x.outputs)),
  }
}

async function bundleOf(entryPoints: string[], outdir: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints,
    outbase: 'src',
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // Names stay: the stack of a mistake is what a person sends us.
    minifyWhitespace: true,
    minifySyntax: true,
    chunkNames: 'chunks/[name]-[hash]',
    // oclif is CommonJS: its require() of Node's own modules needs one.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [stubs],
    // A native module, and optional: loaded at run time where it is installed.
    external: ['koffi'],
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  })
  return metafile
}

/** The folder of each package that has code in the bundle, by name. */
function bundledPackages(metafile: Metafile): Map<string, string> {
  const packages = new Map<string, string>()
  for (const input of Object.keys(metafile.inputs)) {
    const match = /^(.*node_modules\/(@[^/]+\/[^/]+|[^/]+))\//.exec(input)
    if (match) packages.set(match[1]!, match[2]!)
  }
  return packages
}

interface PackageFile {
  readonly version: string
  readonly license?: string
  readonly author?: string | { readonly name: string }
}

function licences(metafile: Metafile): string {
  const packages = [...bundledPackages(metafile)].sort(([, a], [, b]) => (a < b ? -1 : 1))
  const texts = packages.map(([folder, name]) => {
    const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFile
    const file = globSync(`${folder}/{LICENSE,LICENCE,license,licence,COPYING}*`)[0]
    const author = typeof about.author === 'object' ? about.author.name : about.author
    const text = file
      ? readFileSync(file, 'utf8').trim()
      : `The package holds no licence text. Author: ${author ?? 'not named'}.`
    return `${name} ${about.version} (${about.license ?? 'licence not named'})\n\n${text}\n`
  })
  const intro = `The files in this folder contain code of the ${packages.length} packages below, each under its own licence.\n`
  return [intro, ...texts].join(`\n${'-'.repeat(80)}\n\n`)
}

/** The commands and flags as data, so that a start loads one command's code only. Same as `oclif manifest`. */
async function writeManifest(): Promise<void> {
  const { Plugin } = await import('@oclif/core/config')
  const plugin = new Plugin({
    root,
    errorOnManifestCreate: true,
    ignoreManifest: true,
    respectNoCacheDefault: true,
    type: 'core',
  })
  await plugin.load()
  const fresh = `oclif.manifest.json.${process.pid}`
  writeFileSync(fresh, `${JSON.stringify(plugin.manifest)}\n`)
  renameSync(fresh, 'oclif.manifest.json')
}

/** Programs for the kernel: the compiled ones, and what they were compiled from, as their licence wants it. */
function copyKernelPrograms(folder: string): void {
  mkdirSync(folder)
  for (const file of globSync('src/bpf/*')) copyFileSync(file, join(folder, basename(file)))
}

async function main(): Promise<void> {
  if (process.argv.includes('--if-needed') && isUpToDate()) return
  // Built beside and moved: a sonde that starts meanwhile finds either the old program or the new one.
  const fresh = `dist.${process.pid}`
  const old = `${fresh}.old`
  try {
    const metafile = await bundle(fresh)
    writeFileSync(join(fresh, 'THIRD-PARTY-LICENSES.txt'), licences(metafile))
    copyKernelPrograms(join(fresh, 'bpf'))
    if (process.argv.includes('--types')) {
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json', '--outDir', join(fresh, 'types')], {
        stdio: 'inherit',
      })
    }
    // Two renames, and the old one deleted after them: deleting first leaves no program for as long as that takes.
    mkdirSync('dist', { recursive: true })
    renameSync('dist', old)
    renameSync(fresh, 'dist')
    await writeManifest()
    const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0)
    process.stdout.write(
      `${relative(process.cwd(), 'dist')}: ${Object.keys(metafile.outputs).length} files, ${Math.round(bytes / 1000)} kB\n`,
    )
  } finally {
    for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true })
  }
}

await main()
