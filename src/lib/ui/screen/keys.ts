// Owns the names of keys, and which keys all screens share. See screen.ts for the folder.

import type { Key } from 'ink'

/** A key and what it does, as the last line and the help page show it. */
export interface KeyHint {
  /** As it is printed: `s`, `↵`. */
  readonly key: string
  /** One or two words for the last line. */
  readonly label: string
  /** A line for the help page. */
  readonly help: string
}

/** These mean the same on every screen; pages never see them. */
export const commonKeys: readonly KeyHint[] = [
  { key: 'space', label: 'freeze', help: 'freeze what is shown, and go on' },
  { key: '?', label: 'help', help: 'this page' },
  { key: 'q', label: 'quit', help: 'quit; Ctrl-C does too' },
]

export const backKey: KeyHint = { key: '⌫', label: 'back', help: 'back; Esc and ← too' }

const named: readonly (readonly [keyof Key, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['backspace', 'back'],
  ['delete', 'delete'],
]

const spelled: ReadonlyMap<string, string> = new Map([
  [' ', 'space'],
  ['\r', 'enter'],
  ['\t', 'tab'],
])

/** Ctrl with a letter, between others that came at once. */
function controlName(character: string): string | undefined {
  const code = character.charCodeAt(0)
  return code >= 1 && code <= 26 ? `ctrl-${String.fromCharCode(code + 96)}` : undefined
}

/**
 * What was pressed: a name such as `up`, `enter`, `back`, `space`, `ctrl-c`, or the characters themselves. Several characters
 * that came at once (typed ahead) are several keys.
 */
export function keyNames(input: string, key: Key): string[] {
  for (const [flag, name] of named) if (key[flag] === true) return [name]
  if (key.tab) return [key.shift ? 'shift-tab' : 'tab']
  if (key.ctrl) return [`ctrl-${input}`]
  if (key.meta) return []
  return Array.from(input, (character) => spelled.get(character) ?? controlName(character) ?? character)
}
