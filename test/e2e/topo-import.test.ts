// `sonde topo import` as a person uses it.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { shell, sonde } from '../helpers/cli.ts'

const dot = 'fixtures/topology/fabric.dot'

test('stdout is the topology, stderr what happened; kinds are guessed or named', () => {
  const guessed = sonde(['topo', 'import', dot])
  assert.equal(guessed.code, 0)
  assert.equal(
    guessed.stdout,
    `{
  "links": {
    "link1": {"node1": "leaf1", "port1": "swp1", "node2": "spine1", "port2": "swp1"},
    "link2": {"node1": "leaf1", "port1": "swp2", "node2": "spine2", "port2": "swp1"},
    "link3": {"node1": "leaf2", "port1": "swp1", "node2": "spine1", "port2": "swp2"},
    "link4": {"node1": "leaf2", "port1": "swp2", "node2": "spine2", "port2": "swp2"}
  }
}
`,
  )
  assert.equal(
    guessed.stderr,
    'dot: 5 edges read, 5 nodes. 4 links kept, 1 to hosts left out (--keep-hosts lists them under "hosts").\n',
  )
  assert.equal(sonde(['topo', 'import', 'dot', dot]).stdout, guessed.stdout)
  const piped = shell(`sonde topo import - < ${dot} | sonde topo import -q sflow-rt`)
  assert.deepEqual([piped.code, piped.stdout], [0, guessed.stdout])
  assert.equal(sonde(['topo', 'import', '-q', dot]).stderr, '')
})

test('a reader that goes away is a normal end', () => {
  const { code, stderr } = shell(`sonde topo import -q ${dot} | head -1 > /dev/null; echo done`)
  assert.deepEqual([code, stderr], [0, ''])
})

test('names with escape sequences do not reach a terminal, and are whole in the JSON', () => {
  const evil = '\u001b]0;owned\u0007\u202e'
  const { stdout, stderr, code } = sonde(['topo', 'import', '-'], {
    input: `graph { "${evil}":1 -- a:1; "${evil}":1 -- b:1; "${evil}":9 -- "${evil}":8 }`,
  })
  assert.equal(code, 0)
  assert.ok(stderr.includes('\\x1b]0;owned\\x07\\u202e:1 is used twice'))
  // biome-ignore format: one pattern
  assert.ok(![...stderr].some((character) => character !== '\n' && (character < ' ' || character === '\u202e')))
  assert.equal(JSON.parse(stdout).links.link1.node1, evil)
  assert.ok(![...stdout].some((character) => character !== '\n' && (character < ' ' || character === '\u202e')))
  const folder = mkdtempSync(join(tmpdir(), 'sonde-topo-'))
  try {
    writeFileSync(join(folder, 'x.json'), stdout)
    const diff = sonde(['topo', 'import', '-q', dot, '--diff', join(folder, 'x.json')])
    assert.ok(diff.stdout.includes('- node \\u001b]0;owned\\u0007\\u202e\n'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('faults: what, where, needed, what to do', () => {
  const faults: readonly (readonly [args: readonly string[], input: string, stderr: RegExp])[] = [
    [['-'], 'graph {\n leaf-1:swp1 -- b:1 }', /^stdin:2: found leaf-1, which needs quotes: "leaf-1"\.\n$/],
    [
      ['-'],
      'hello',
      /^stdin: of what kind it is can't be told .*\n {2}Kinds are dot, .*\n {2}Name the kind first: sonde topo import KIND -\n$/,
    ],
    [['dot', 'missing.dot'], '', /^There is no file 'missing.dot'\.\n/],
    [['netbx', 'x.json'], '', /^"netbx" is no kind of source and no file\. Did you mean netbox\?\n$/],
    [['-', '--switches', '/(/'], '', /--switches "\/\(\/" is not understood/],
    [['-', '--switches', 'x*'], 'graph { "\u001b[31ma":1 -- b:1 }', /\n {2}They are called \\x1b\[31ma, b\.\n/],
    [
      ['-', '--ca', 'x.pem'],
      'graph { a:1 -- b:1 }',
      /^--ca is for servers that are asked, and these sources are files\.\n/,
    ],
    [['-', '--port', '7000'], 'graph { a:1 -- b:1 }', /^--port is the UDP port of sFlow, which --learn reads/],
    [
      ['-', '--site', 'dc1'],
      'graph { a:1 -- b:1 }',
      /^--site chooses devices of netbox, and this source is of kind dot\.\n/,
    ],
    [['-', '--duration', '5s'], 'graph { a:1 -- b:1 }', /^--duration is how long --learn udp:/],
    [['-', '--timeout', '0'], '', /--timeout "0" is not understood/],
    [['-', '--retries', 'x'], '', /--retries "x" is not understood/],
    [['-', '--merge', '-'], '', /stdin can be read once/],
    [['netbox', 'http://127.0.0.1:1'], '', /needs SONDE_NETBOX_TOKEN, which is not set/],
  ]
  for (const [args, input, expected] of faults) {
    const { code, stdout, stderr } = sonde(['topo', 'import', ...args], { input })
    assert.equal(code, 2, args.join(' '))
    assert.equal(stdout, '')
    assert.match(stderr, expected)
  }
})

test('--diff in CI, and -o onto the file that is merged', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-topo-'))
  try {
    const file = join(folder, 'fabric.json')
    assert.equal(sonde(['topo', 'import', dot, '-o', file]).stdout, '')
    assert.deepEqual(sonde(['topo', 'import', '-q', 'fixtures/topology/batfish.json', '--diff', file]), {
      code: 0,
      stdout: '',
      stderr: '',
    })
    const rack = join(folder, 'rack.dot')
    writeFileSync(rack, 'graph { leaf3:swp1 -- spine1:swp3 }')
    assert.equal(sonde(['topo', 'import', rack, '--merge', file, '-o', file]).code, 0)
    assert.equal(Object.keys(JSON.parse(readFileSync(file, 'utf8')).links).length, 5)
    const differs = sonde(['topo', 'import', '-q', dot, '--diff', file])
    assert.deepEqual([differs.code, differs.stdout], [1, '- node leaf3\n- link leaf3:swp1 - spine1:swp3 (link5)\n'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('sonde topo --help: an example of each command', () => {
  const { code, stdout } = sonde(['topo', '--help'])
  assert.equal(code, 0)
  const examples = stdout.slice(stdout.indexOf('\nEXAMPLES\n'))
  for (const command of ['import', 'locate', 'show', 'status']) {
    assert.match(examples, new RegExp(`\\n {2}\\S.*\\n {4}sonde topo ${command} \\S`))
    assert.match(
      sonde(['topo', command, '--help']).stdout,
      new RegExp(`\\nEXAMPLES\\n(?: {2}\\S.*\\n {4}sonde topo ${command} .*\\n){3,}`),
    )
  }
  assert.match(stdout, /\nsonde topo COMMAND --help shows a command's flags and more examples\.\n$/)
})
