// What is said where a lab can't be; as a user without rights. The rest is in test/kernel/lab.test.ts.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { binPath, cleanEnvironment, repositoryRoot, sonde } from '../helpers/cli.ts'

const isRoot = process.getuid?.() === 0
const NOBODY = 65_534

/** As a user that is not root. */
function powerless(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [binPath, ...args], {
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    cwd: repositoryRoot,
    env: cleanEnvironment(),
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { code: status, stdout, stderr }
}

for (const command of ['up', 'traffic', 'down']) {
  test(`lab ${command} without root: one line, exit code 5`, (t) => {
    const { code, stdout, stderr } = powerless('lab', command)
    if (code === null || /EACCES|MODULE_NOT_FOUND/.test(stderr)) return t.skip('another user can’t read this folder')
    assert.deepEqual([code, stdout], [5, ''])
    assert.equal(stderr, 'The lab needs root: it consists of network namespaces.\n  sudo sonde lab ...\n')
  })
}

test('traffic where there is no lab', { skip: !isRoot && 'needs root' }, () => {
  const { code, stderr } = sonde(['lab', 'traffic', '--name', 'no-such-lab'])
  assert.equal(code, 5)
  assert.equal(stderr, 'There is no lab "no-such-lab".\n  Make it: sonde lab up --name no-such-lab\n')
})

for (const [args, words] of [
  [['up', '--name', 'My Lab'], /--name "My Lab" is not understood\. Give lower-case letters/],
  [['up', '--routing', 'ospf'], /--routing "ospf" is not understood\. Give one of auto, frr, static/],
  [['up', '--polling', '10'], /--polling "10" is not understood/],
  [['up', '--to', 'x:0'], /--to "x:0" is not understood/],
  [['traffic', '--ecn', '1.5'], /--ecn "1\.5" is not understood\. Give a probability from 0 to 1/],
  [['traffic', '--cycles', '0'], /--cycles "0" is not understood/],
  [['traffic', '--pause', '5'], /--pause "5" is not understood/],
  [['traffic', '--rate', '1G'], /--rate "1G" is not understood\. Give 10M or less/],
  [['traffic', '--incast', '--blocked'], /--incast and --blocked contradict each other/],
  [['down', 'all'], /"all" is one argument too many/],
] as const) {
  test(`refused: lab ${args.join(' ')}`, () => {
    const { code, stdout, stderr } = sonde(['lab', ...args])
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, words)
  })
}
