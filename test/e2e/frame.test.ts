// The program around the commands: version, help, wrong flags and names, colour, closed pipes, an old Node.

import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot, shell, sonde } from '../helpers/cli.ts'

const { version } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as { version: string }

for (const flag of ['--version', '-V']) {
  test(`sonde ${flag}`, () => {
    const { stdout, stderr, code } = sonde([flag])
    assert.equal(stdout, `sonde/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
    assert.equal(stderr, '')
    assert.equal(code, 0)
  })
}

test('help is the same in all spellings and fits 80 columns', () => {
  const { stdout, stderr, code } = sonde(['--help'])
  assert.equal(code, 0)
  assert.equal(stderr, '')
  assert.match(stdout, /^ {2}decode {2,}\S/m)
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, `${line.length} columns: ${line}`)
  for (const args of [[], ['-h'], ['help']]) assert.equal(sonde(args).stdout, stdout)
})

test('help of a command', () => {
  const { stdout, code } = sonde(['decode', '--help'])
  assert.equal(code, 0)
  assert.match(stdout, /^USAGE\n {2}sonde decode \[FILE\.\.\.\] \[FILTER\] \[FLAGS\]$/m)
  assert.match(stdout, /^ {2}-f, --format FORMAT {2}/m)
  const beforeExamples = stdout.slice(0, stdout.indexOf('EXAMPLES'))
  for (const line of beforeExamples.split('\n')) assert.ok(line.length <= 80, `${line.length} columns: ${line}`)
  for (const args of [
    ['help', 'decode'],
    ['--help', 'decode'],
    ['decode', 'x.pcap', '-h'],
  ])
    assert.equal(sonde(args).stdout, stdout)
})

const wrong: [string, string[], string][] = [
  [
    'an unknown flag',
    ['decode', 'x.pcap', '--fromat', 'csv'],
    'There is no flag --fromat. Did you mean --format?\n  sonde decode --help lists what there is.\n',
  ],
  [
    'an unknown flag with a value',
    ['decode', '--zzz=1'],
    'There is no flag --zzz.\n  sonde decode --help lists what there is.\n',
  ],
  ['an unknown letter', ['decode', '-z'], 'There is no flag -z.\n  sonde decode --help lists what there is.\n'],
  [
    'a flag without its value',
    ['decode', 'x.pcap', '--limit'],
    '--limit needs a value.\n  sonde decode --help lists what there is.\n',
  ],
  [
    'a wrong choice',
    ['decode', 'x.pcap', '-f', 'jsn'],
    '--format "jsn" is not understood. Give one of table, ndjson, json, csv, line, pcap. Did you mean json?\n  sonde decode --help lists what there is.\n',
  ],
  [
    'a wrong number',
    ['decode', 'x.pcap', '--limit', 'ten'],
    '--limit "ten" is not understood. Give a whole number, with k, M, G or T for steps of 1000, such as 500, 1k or 2.5M.\n',
  ],
  [
    'a wrong prefix',
    ['decode', 'x.pcap', '--agent', '10.0.0.0/64'],
    '--agent "10.0.0.0/64" is not understood. Give an address or a prefix, such as 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32.\n',
  ],
  [
    'a flag of one value given twice',
    ['ports', 'x.pcap', '--remote-write', 'http://a/w', '--remote-write', 'http://b/w'],
    '--remote-write was given twice. There can be one.\n  sonde ports --help lists what there is.\n',
  ],
  [
    'a flag given twice',
    ['decode', 'x.pcap', '--port', '1', '--port', '2'],
    '--port was given twice. Several values go into one, with commas between them.\n  sonde decode --help lists what there is.\n',
  ],
  [
    'a flag of one value given twice',
    ['replay', 'x.pcap', '--to', '127.0.0.1:1', '--to', '127.0.0.1:2'],
    '--to was given twice. There can be one.\n  sonde replay --help lists what there is.\n',
  ],
  [
    'an unknown command',
    ['decoed', 'x.pcap'],
    'There is no command "decoed". Did you mean decode?\n  sonde --help lists the commands.\n',
  ],
  [
    'help of what is nearly a topic',
    ['help', 'flow'],
    'There is no command "flow". Did you mean flows?\n  sonde --help lists the commands.\n',
  ],
  ['help of an unknown command', ['help', 'zzzz'], 'There is no command "zzzz".\n  sonde --help lists the commands.\n'],
  [
    'an unknown command with --help',
    ['decoed', '--help'],
    'There is no command "decoed". Did you mean decode?\n  sonde --help lists the commands.\n',
  ],
  [
    'a file without a command',
    ['package.json'],
    '"package.json" is a file; what to do with it is missing.\n  sonde decode package.json shows what is in it.\n',
  ],
  [
    'a wrong value in the environment',
    ['decode', 'x.pcap'],
    '--limit "none" is not understood. Give a whole number, with k, M, G or T for steps of 1000, such as 500, 1k or 2.5M.\n',
  ],
]
for (const [name, args, want] of wrong) {
  test(`${name}: exit code 2`, () => {
    const { stdout, stderr, code } = sonde(args, name.includes('environment') ? { env: { SONDE_LIMIT: 'none' } } : {})
    assert.equal(stderr, want)
    assert.equal(stdout, '')
    assert.equal(code, 2)
  })
}

test('the command line wins over the environment', () => {
  const { stderr } = sonde(['decode', 'x.pcap', '--limit', 'ten'], { env: { SONDE_LIMIT: '5' } })
  assert.match(stderr, /^--limit "ten"/)
})

test('every command and flag is in the snapshot, none has gone', () => {
  const snapshot = JSON.parse(readFileSync(join(repositoryRoot, 'test/e2e/command-snapshot.json'), 'utf8')) as {
    command: string
    flags: string[]
  }[]
  const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'oclif.manifest.json'), 'utf8')) as {
    commands: Record<string, { flags: Record<string, { char?: string; hidden?: boolean }> }>
  }
  const found = Object.entries(manifest.commands).map(([id, { flags }]) => ({
    command: id.replaceAll(':', ' '),
    // A hidden flag is there to be told what to write instead.
    flags: Object.entries(flags)
      .filter(([, { hidden }]) => hidden !== true)
      .map(([name, { char }]) => `${char ? `-${char} ` : ''}--${name}`)
      .sort(),
  }))
  // The build lists commands before topics.
  found.sort((a, b) => (a.command < b.command ? -1 : 1))
  assert.deepEqual(
    found,
    snapshot.map(({ command, flags }) => ({ command, flags })),
  )
})

test('a closed pipe is a normal end', () => {
  const { stderr, code } = shell('{ sleep 0.3; sonde --help; echo "exit $?" >&2; } | true')
  assert.equal(stderr, 'exit 0\n')
  assert.equal(code, 0)
})

test('colour: none in a pipe, on with FORCE_COLOR, off again with --no-color', () => {
  const esc = '\u001b['
  const failing = ['decode', '--zzz']
  assert.ok(!sonde(failing).stderr.includes(esc))
  assert.ok(sonde(failing, { env: { FORCE_COLOR: '1' } }).stderr.includes(esc))
  assert.ok(!sonde([...failing, '--no-color'], { env: { FORCE_COLOR: '1' } }).stderr.includes(esc))
  assert.ok(!sonde(failing, { env: { FORCE_COLOR: '1', SONDE_NO_COLOR: '1' } }).stderr.includes(esc))
  assert.ok(!sonde(['--help'], { env: { NO_COLOR: '1' } }).stdout.includes(esc))
})

test('an unwritable cache folder and no HOME say nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-cache-'))
  try {
    chmodSync(folder, 0o500)
    for (const env of [{ XDG_CACHE_HOME: folder }, { XDG_CACHE_HOME: '/dev/null' }, { HOME: '' }]) {
      const { stdout, stderr, code } = sonde(['--version'], { env })
      assert.match(stdout, /^sonde\//)
      assert.equal(stderr, '')
      assert.equal(code, 0)
    }
  } finally {
    chmodSync(folder, 0o700)
    rmSync(folder, { recursive: true })
  }
})
