// A real terminal, which tmux gives: a shell that knows `sonde` runs in it, keys are typed, the screen is read.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { binPath, cleanEnvironment, repositoryRoot } from './cli.ts'

/** Why tests in a terminal are skipped, or false. */
export const noTerminal = spawnSync('tmux', ['-V']).error ? 'the program `tmux` is not there' : false

const socket = `sonde-test-${process.pid}`

function tmux(...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], {
    cwd: repositoryRoot,
    env: cleanEnvironment({ TERM: 'xterm-256color' }),
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  return stdout
}

/** To be called in the `describe` whose tests use panes. */
export function withTerminals(): void {
  // The server ends with its last session; this one keeps it.
  before(() => {
    tmux('new-session', '-d', '-s', 'keeper', 'sleep 600')
  })
  after(() => {
    spawnSync('tmux', ['-L', socket, 'kill-server'])
  })
}

/** For the shell. */
export const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** A terminal of this size in which a line of shell runs that knows `sonde`; `exit CODE` is printed behind it. Close it. */
export class Pane {
  readonly #name: string

  constructor(script: string, columns = 80, rows = 24) {
    this.#name = `s${Math.random().toString(36).slice(2)}`
    const sonde = `sonde() { '${process.execPath}' '${binPath}' "$@"; }`
    const whole = `exec env -u TMUX sh -c ${quote(`trap : INT; ${sonde}; ${script}; echo "exit $?"; sleep 60`)}`
    tmux('new-session', '-d', '-s', this.#name, '-x', String(columns), '-y', String(rows), whole)
    tmux('set-option', '-t', this.#name, 'history-limit', '10000')
  }

  /** All that was printed. `joined`: lines that the terminal wrapped are one line. `colours`: with escape sequences. */
  text({ joined = false, colours = false } = {}): string {
    const flags = ['-p', '-S', '-', '-t', this.#name, ...(joined ? ['-J'] : []), ...(colours ? ['-e'] : [])]
    return tmux('capture-pane', ...flags)
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd()
  }

  /** The screen's lines as they are now, top to bottom, without spaces behind them. */
  lines(): string[] {
    return tmux('capture-pane', '-p', '-t', this.#name)
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.trimEnd())
  }

  async until(pattern: RegExp, ms = 20_000): Promise<string> {
    for (const end = performance.now() + ms; ; await sleep(50)) {
      const text = this.text()
      if (pattern.test(text)) return text
      assert.ok(performance.now() < end, `no ${pattern} in:\n${text}`)
    }
  }

  /** Until the screen's lines pass: what a check throws at last is thrown. For frames that come after a key or another size. */
  async shows(check: (lines: readonly string[]) => void, ms = 20_000): Promise<void> {
    for (const end = performance.now() + ms; ; await sleep(50)) {
      try {
        return check(this.lines())
      } catch (error) {
        if (performance.now() > end) throw error
      }
    }
  }

  keys(...names: readonly string[]): void {
    tmux('send-keys', '-t', this.#name, ...names)
  }

  /** As a terminal's paste does: with the marks of bracketed paste where the program asked for them. */
  paste(text: string): void {
    tmux('set-buffer', '-b', this.#name, text)
    tmux('paste-buffer', '-p', '-r', '-d', '-b', this.#name, '-t', this.#name)
  }

  resize(columns: number, rows: number): void {
    tmux('resize-window', '-t', this.#name, '-x', String(columns), '-y', String(rows))
  }

  /** Whether the other screen is shown, whether the cursor is, and whether long lines go on in the next. */
  modes(): { readonly otherScreen: boolean; readonly cursor: boolean; readonly wraps: boolean } {
    const shown = tmux('display-message', '-p', '-t', this.#name, '#{alternate_on}#{cursor_flag}#{wrap_flag}')
    return { otherScreen: shown[0] === '1', cursor: shown[1] === '1', wraps: shown[2] === '1' }
  }

  close(): void {
    tmux('kill-session', '-t', this.#name)
  }
}
