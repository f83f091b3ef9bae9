// Owns the prompt for the length of a window, the same on all screens of analyses. See ui.ts for the folder.

import { InputError } from '../errors.ts'
import { parseDuration } from '../parse/duration.ts'
import type { EngineCommands } from './engine-commands.ts'
import { Prompt, type TextProblem } from './screen/screen.ts'

/** In place of a length, where the engine chooses. */
const AUTO = 'auto'

function windowProblem(text: string): TextProblem | undefined {
  try {
    if (parseDuration(text, 'The window') > 0n) return undefined
    return { message: 'A window of no length has nothing in it.' }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { message: error.message, nextSteps: error.nextSteps }
  }
}

const windowText = (windowMs: number | 'all' | 'auto') =>
  windowMs === 'all' ? '' : windowMs === AUTO ? AUTO : `${windowMs / 1000}s`

const lengthOf = (text: string) => Number(parseDuration(text, 'The window')) / 1e6

/** @param about one line on what a window means there, with examples */
export function windowPrompt(
  windowMs: number | 'all',
  about: string,
  commands: EngineCommands<{ readonly kind: 'set'; readonly windowMs?: number }>,
): Prompt {
  const prompt: Prompt = new Prompt({
    label: 'window',
    text: windowText(windowMs),
    about,
    check: windowProblem,
    apply: (text) => commands.askTyped({ kind: 'set', windowMs: lengthOf(text) }, text, () => prompt),
  })
  return prompt
}

/** The same where `auto` may be typed too. */
export function autoWindowPrompt(
  windowMs: number | 'auto',
  about: string,
  commands: EngineCommands<{ readonly kind: 'set'; readonly windowMs?: number | 'auto' }>,
): Prompt {
  const prompt: Prompt = new Prompt({
    label: 'window',
    text: windowText(windowMs),
    about,
    check: (text) => (text === AUTO ? undefined : windowProblem(text)),
    apply: (text) => {
      const change = { kind: 'set', windowMs: text === AUTO ? AUTO : lengthOf(text) } as const
      return commands.askTyped(change, text, () => prompt)
    },
  })
  return prompt
}
