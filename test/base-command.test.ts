import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot } from './helpers/cli.ts'

/**
 * Starts the waiting command, sends the signals one after the other, each after the next line of its output.
 * @param pauseMs between such a line and the second signal and later ones
 */
async function signalled(
  args: readonly string[],
  signals: readonly NodeJS.Signals[],
  pauseMs = 0,
): Promise<{ stdout: string; code: number | null }> {
  const command = join(repositoryRoot, 'test/helpers/waiting-command.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', command, ...args], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const left = [...signals]
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    const signal = left.shift()
    if (signal) setTimeout(() => child.kill(signal), left.length === signals.length - 1 ? 0 : pauseMs)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { stdout, code }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} stops a command, which ends well: 0`, async () => {
    assert.deepEqual(await signalled([], [signal]), { stdout: 'waiting\nstopping\nsummary\n', code: 0 })
  })
}
test('the second one ends it at once', async () => {
  assert.deepEqual(await signalled(['--stubborn'], ['SIGINT', 'SIGTERM']), { stdout: 'waiting\nstopping\n', code: 143 })
  assert.deepEqual(await signalled(['--stubborn'], ['SIGINT', 'SIGINT']), { stdout: 'waiting\nstopping\n', code: 130 })
})
test('a closed terminal sends SIGHUP several times, which is one stop; a later one ends it at once', async () => {
  assert.deepEqual(await signalled(['--slow'], ['SIGHUP', 'SIGHUP']), {
    stdout: 'waiting\nstopping\nsummary\n',
    code: 0,
  })
  assert.deepEqual(await signalled(['--stubborn'], ['SIGHUP', 'SIGHUP'], 1200), {
    stdout: 'waiting\nstopping\n',
    code: 129,
  })
})
