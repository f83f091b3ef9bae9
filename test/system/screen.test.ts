// Screens at a real terminal: keys, resizing, and that the terminal is as it was before, however the program ends.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { repositoryRoot } from '../helpers/cli.ts'
import { noTerminal, Pane, quote, withTerminals } from '../helpers/pane.ts'
import { temporaryPath } from '../helpers/read-captures.ts'

const program = `${quote(process.execPath)} --import tsx ${quote(join(repositoryRoot, 'test/system/screen-program.ts'))}`

interface Running {
  readonly pane: Pane
  /** Sends the program a signal. */
  kill(signal: NodeJS.Signals): void
}

/** @param before stands before the program on the line of shell: a pipe, variables */
function start(t: TestContext, mode: string, { columns = 80, rows = 24, before = '', after = '' } = {}): Running {
  const pidFile = temporaryPath('pid')
  const line = `export PID_FILE=${quote(pidFile)}; echo before; was=$(stty -g); ${before} ${program} ${mode} ${after}`
  const pane = new Pane(`${line}; code=$?; [ "$was" = "$(stty -g)" ] && echo "as before"; (exit $code)`, columns, rows)
  t.after(() => {
    if (!existsSync(pidFile)) return pane.close()
    try {
      process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
    } catch {
      // It has ended, as it should.
    }
    pane.close()
  })
  return { pane, kill: (signal) => process.kill(Number(readFileSync(pidFile, 'utf8')), signal) }
}

const keyLine = / s sort {2}↵ agent {2}i issues {2}space freeze {2}\? help {2}q quit$/m

/** The program has ended: the first screen is back with what it had, and nothing of the other one is left. */
async function assertRestored(pane: Pane, end: RegExp, code: number): Promise<void> {
  const text = await pane.until(/^exit \d+$/m)
  assert.deepEqual(pane.modes(), { otherScreen: false, cursor: true, wraps: true })
  assert.match(text, /^before\n/)
  assert.match(text, end)
  assert.match(text, new RegExp(`^as before\\nexit ${code}$`, 'm'))
  assert.doesNotMatch(text, /AGENT|udp:|⌫/)
}

describe('a screen', { skip: noTerminal }, () => {
  withTerminals()

  for (const [columns, rows] of [
    [80, 24],
    [200, 50],
  ] as const) {
    test(`keys at ${columns}×${rows}; q leaves the terminal as it was`, async (t) => {
      const { pane } = start(t, 'feed', { columns, rows })
      await pane.until(keyLine)
      assert.deepEqual(pane.modes(), { otherScreen: true, cursor: false, wraps: false })
      const frame = pane.lines()
      assert.equal(frame.length, rows)
      assert.match(frame[0]!, /^ udp:\/\/\[::\]:6343 /)
      assert.match(frame[1]!, /^ AGENT .*▾LOST/)
      assert.match(frame[2]!, /^▸/)
      assert.match(frame[rows - 1]!, keyLine)

      pane.keys('s')
      await pane.until(/^ AGENT.*▾OWN/m)
      pane.keys('Down', 'Down')
      await pane.shows((lines) => assert.match(lines[4]!, /^▸/))

      pane.keys('Enter')
      await pane.until(/^ counter samples .*\/s/m)
      pane.keys('i')
      await pane.until(/^ \d+ issues, of which 2 in words, newest first$/m)
      pane.keys('BSpace', 'BSpace')
      await pane.until(keyLine)
      pane.keys('?')
      await pane.until(/^ sonde listen: keys and columns$/m)
      pane.keys('Escape')
      await pane.until(keyLine)

      pane.keys('Space')
      await pane.until(/space go on +\? help +q quit {2}frozen/)
      const still = () => pane.lines().slice(0, -1)
      const frozen = still()
      await sleep(700)
      assert.deepEqual(still(), frozen)
      // Drawn anew it looks the same: drawing only what changed has left nothing behind.
      pane.keys('C-l')
      await sleep(300)
      await pane.shows((lines) => assert.deepEqual(lines.slice(0, -1), frozen))
      pane.keys('Space')
      await pane.until(keyLine)
      await pane.shows((lines) => assert.notDeepEqual(lines.slice(0, -1), frozen))

      pane.keys('q')
      await assertRestored(pane, /^the screen ended: quit$/m, 0)
    })
  }

  test('resizing, larger and smaller', async (t) => {
    const { pane } = start(t, 'feed')
    await pane.until(keyLine)
    assert.doesNotMatch(pane.lines()[1]!, /NAME/)
    for (const [columns, rows, header] of [
      [120, 30, /NAME.*DISC\/S.*UP$/],
      [250, 80, /NAME.*DISC\/S.*UP$/],
      [60, 10, /^ AGENT +SUB DGRAM\/S FLOW\/S +1:N ▾LOST {2}UP$/],
      [80, 24, /^ AGENT +SUB DGRAM\/S FLOW\/S CNTR\/S DISC\/S +1:N ▾LOST {3}OWN {2}UP$/],
    ] as const) {
      const assertFrame = (frame: readonly string[]) => {
        assert.equal(frame.length, rows)
        assert.match(frame[0]!, /^ udp:/)
        assert.match(frame[1]!, header)
        assert.equal(frame.filter((line) => line.startsWith(' udp:')).length, 1)
      }
      pane.resize(columns, rows)
      await pane.shows(assertFrame)
      pane.keys('Space')
      await pane.shows((frame) => assert.match(frame.at(-1)!, /frozen/))
      const frame = pane.lines()
      assertFrame(frame)
      pane.keys('C-l')
      await sleep(300)
      await pane.shows((lines) => {
        assert.deepEqual(lines.slice(0, -1), frame.slice(0, -1), `${columns}×${rows} drawn anew`)
      })
      pane.keys('Space')
      await pane.until(keyLine)
    }
    pane.keys('q')
    await assertRestored(pane, /^the screen ended: quit$/m, 0)
  })

  test('names that the terminal finds wider than we do do not push the frame', async (t) => {
    const { pane } = start(t, 'hostile', { columns: 120 })
    await pane.until(keyLine)
    pane.keys('Space')
    await pane.until(/frozen/)
    const frame = pane.lines()
    assert.match(frame[0]!, /^ udp:/)
    assert.match(frame[1]!, /^ AGENT/)
    assert.match(frame[23]!, /frozen/)
    const agents = frame.filter((line) => /^[ ▸]10\.0\.0\.\d /.test(line))
    assert.equal(agents.length, 8)
    pane.keys('q')
    await assertRestored(pane, /^the screen ended: quit$/m, 0)
  })

  test('Ctrl-C', async (t) => {
    const { pane } = start(t, 'feed')
    await pane.until(keyLine)
    pane.keys('C-c')
    await assertRestored(pane, /^the screen ended: quit$/m, 0)
  })

  test('Ctrl-Z: the shell has its terminal; fg brings the screen back, and keys work', async (t) => {
    const pidFile = temporaryPath('pid')
    const pane = new Pane(`PS1='shell> ' PID_FILE=${quote(pidFile)} bash --norc --noprofile -i`, 100, 24)
    t.after(() => pane.close())
    await pane.until(/^shell>/m)
    pane.keys(`${program} feed`, 'Enter')
    await pane.until(keyLine)
    pane.keys('C-z')
    await pane.until(/Stopped/)
    assert.deepEqual(pane.modes(), { otherScreen: false, cursor: true, wraps: true })
    assert.match(readFileSync(`/proc/${readFileSync(pidFile, 'utf8')}/status`, 'utf8'), /^State:\tT/m)
    // Nothing is drawn over the shell, which echoes what is typed.
    pane.keys('echo "it is $((6 * 7))"', 'Enter')
    await pane.until(/^it is 42$/m)
    await sleep(400)
    assert.doesNotMatch(pane.text(), /AGENT|udp:/)
    pane.keys('fg', 'Enter')
    await pane.until(keyLine)
    assert.deepEqual(pane.modes(), { otherScreen: true, cursor: false, wraps: false })
    assert.match(pane.lines()[0]!, /^ udp:/)
    pane.keys('?')
    await pane.until(/^ sonde listen: keys and columns$/m)
    pane.keys('q')
    await pane.until(/^the screen ended: quit$/m)
    assert.deepEqual(pane.modes(), { otherScreen: false, cursor: true, wraps: true })
  })

  test('Ctrl-Z where no shell could bring it back: the screen stays', async (t) => {
    const { pane } = start(t, 'feed')
    await pane.until(keyLine)
    pane.keys('C-z')
    await sleep(500)
    await pane.until(keyLine)
    assert.deepEqual(pane.modes(), { otherScreen: true, cursor: false, wraps: false })
    pane.keys('q')
    await assertRestored(pane, /^the screen ended: quit$/m, 0)
  })

  test('SIGTERM', async (t) => {
    const { pane, kill } = start(t, 'feed')
    await pane.until(keyLine)
    kill('SIGTERM')
    await assertRestored(pane, /^the screen ended: stopped$/m, 0)
  })

  test('SIGHUP, which the program does not handle', async (t) => {
    const { pane, kill } = start(t, 'feed')
    await pane.until(keyLine)
    kill('SIGHUP')
    await assertRestored(pane, /^before$/m, 129)
  })

  test('the end of the work: what was told is there to be printed', async (t) => {
    const { pane } = start(t, 'ends')
    await assertRestored(pane, /^the screen ended: ended\nout\.pcap: no space left$/m, 0)
  })

  test('an exception outside of the screen is told on the restored terminal', async (t) => {
    const { pane } = start(t, 'crash', { columns: 120 })
    await assertRestored(pane, /^Error: the process failed on purpose$/m, 1)
  })

  test('an exception in a page', async (t) => {
    const { pane } = start(t, 'page', { columns: 120 })
    await assertRestored(pane, /^the screen failed: Error: the page failed on purpose$/m, 0)
  })

  test('keys work while data comes on stdin', async (t) => {
    const { pane } = start(t, 'feed', { before: 'yes |' })
    await pane.until(keyLine)
    pane.keys('?')
    await pane.until(/^ sonde listen: keys and columns$/m)
    pane.keys('q')
    await assertRestored(pane, /^the screen ended: quit$/m, 0)
  })

  test('without any keyboard there are no keys, and a signal ends it', async (t) => {
    const { pane, kill } = start(t, 'feed', { before: 'setsid --wait', after: '</dev/null' })
    await pane.until(/^ Ctrl-C ends$/m)
    kill('SIGTERM')
    await assertRestored(pane, /^the screen ended: stopped$/m, 0)
  })

  test('NO_COLOR: not one escape sequence on the screen', async (t) => {
    const look = async (before: string) => {
      const { pane } = start(t, 'feed', { before })
      await pane.until(keyLine)
      const text = pane.text({ colours: true })
      pane.keys('q')
      await pane.until(/^exit 0$/m)
      return text
    }
    assert.ok(!(await look('NO_COLOR=1')).includes('\u001b['))
    assert.ok((await look('')).includes('\u001b[38;5;196m'))
  })
})
