// What a user gets: the packed tarball in an empty folder, without network, with the Node of these tests; and what an old Node says.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { binPath, cleanEnvironment, repositoryRoot } from '../helpers/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'sonde-package-'))
const installed = join(folder, 'user')
const withOurNode = { PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` }

before(() => {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: repositoryRoot,
    env: cleanEnvironment(withOurNode),
  })
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  assert.ok(tarball)
  mkdirSync(installed)
  const install = ['install', '--offline', '--no-audit', '--no-fund', '--silent', join(folder, tarball)]
  execFileSync('npm', install, { cwd: installed, env: cleanEnvironment(withOurNode) })
})
after(() => rmSync(folder, { recursive: true }))

function run(args: readonly string[]): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(join(installed, 'node_modules/.bin/sonde'), args, {
    cwd: installed,
    env: cleanEnvironment(withOurNode),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
}

/** The one optional dependency and its prebuilt parts: there where npm can get them. */
const optional = ['koffi', '@koromix']

test('one package and nothing else that must be there, under 6 MB, with the licences of what it holds', () => {
  const packages = readdirSync(join(installed, 'node_modules')).filter((name) => !name.startsWith('.'))
  assert.deepEqual(
    packages.filter((name) => !optional.includes(name)),
    ['sonde'],
  )
  const home = join(installed, 'node_modules/sonde')
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(home, name)).isFile(),
  )
  for (const file of [
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    'oclif.manifest.json',
    'bin/run.js',
    'dist/bpf/sample.bpf.o',
    'dist/bpf/sample.bpf.c',
  ])
    assert.ok(files.includes(file), file)
  assert.ok(!files.some((name) => name.endsWith('.test.ts') || name.startsWith('src/')))
  const bytes = files.reduce((sum, name) => sum + statSync(join(home, name)).size, 0)
  assert.ok(bytes < 6_000_000, `${bytes} bytes`)
  const licences = readFileSync(join(home, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8')
  for (const name of ['@oclif/core', 'chalk', 'cli-table3'])
    assert.match(licences, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'))
})

test('it starts', () => {
  const { stdout, stderr, status } = run(['--version'])
  assert.match(stdout, /^sonde\//)
  assert.equal(stderr, '')
  assert.equal(status, 0)
})

test('it decodes a capture', () => {
  const { stdout, status } = run(['decode', join(repositoryRoot, 'fixtures/line/mixed.pcap'), '--limit', '3'])
  assert.equal(status, 0)
  const lines = stdout.trim().split('\n')
  assert.equal(lines.length, 3)
  for (const line of lines) assert.equal(typeof (JSON.parse(line) as { sample_type: unknown }).sample_type, 'string')
})

test('it is a library, with types', () => {
  const script = "import('sonde').then((sonde) => console.log(typeof sonde.InputError))"
  const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: installed, encoding: 'utf8' })
  assert.equal(stdout, 'function\n')
  const use =
    "import { type DecodeIssue, formatIssue } from 'sonde'\nexport const tell = (issue: DecodeIssue): string => formatIssue(issue)\n"
  writeFileSync(join(installed, 'use.mts'), use)
  const tsc = join(repositoryRoot, 'node_modules/typescript/bin/tsc')
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', '', 'use.mts']
  const checked = spawnSync(process.execPath, [tsc, ...options], { cwd: installed, encoding: 'utf8' })
  assert.equal(checked.stdout, '')
  assert.equal(checked.status, 0)
})

/** A Node older than 22.12 in PATH, such as Debian's. */
function findOldNode(): string | undefined {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, 'node'))
  return candidates.find((path) => {
    if (!existsSync(path)) return false
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? ''
    return Number(/^v(\d+)/.exec(version)?.[1] ?? 99) < 22
  })
}

const old = findOldNode()
test('an old Node gets one clear line and 5', { skip: old ? false : 'no Node older than 22 in PATH' }, () => {
  const { stdout, stderr, status } = spawnSync(old!, [binPath, '--version'], { encoding: 'utf8' })
  assert.equal(stdout, '')
  assert.match(stderr, /^sonde needs Node\.js 22\.12 or newer; this is v\d+\.\d+\.\d+ at \S+\.\n$/)
  assert.equal(status, 5)
})
