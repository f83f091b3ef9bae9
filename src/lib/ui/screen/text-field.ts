// Owns one line of text that is edited: what each key does to it, and which part of it is seen. See screen.ts for the folder.

import { displayWidth } from '../width.ts'

/** A text and where its cursor stands. */
export interface FieldText {
  readonly text: string
  /** UTF-16 units before the cursor; never inside of a character. */
  readonly cursor: number
}

/** More than any expression needs; a paste of a whole file must not make the screen slow. */
const textLimit = 2000

// Line breaks and tabs of a paste stand between words. What can't be seen is not kept, nor what terminals disagree on the width
// of (see line.ts): a field is drawn as it is, and its columns are counted.
const breaks = /[\r\n\t\u2028\u2029]+/gu
const unseen = /[\u20e3\u{fe00}-\u{fe0f}\u{1f3fb}-\u{1f3ff}]|[\p{Cc}\p{Cf}\p{Cs}]|(?<=\p{M}{2})\p{M}/gu

/** `more` at the cursor: on one line, without what can't be seen, and no more than a field holds. */
export function insertText({ text, cursor }: FieldText, more: string): FieldText {
  const room = textLimit - text.length
  const clean = more.slice(0, Math.max(0, room)).replace(breaks, ' ').replace(unseen, '')
  return { text: text.slice(0, cursor) + clean + text.slice(cursor), cursor: cursor + clean.length }
}

/** Where the character before `at` begins; its combining marks belong to it. */
function before(text: string, at: number): number {
  const [character = ''] = /\P{M}?\p{M}*$/u.exec(text.slice(Math.max(0, at - 16), at)) ?? []
  return at - Math.max(character.length, Math.min(at, 1))
}

function behind(text: string, at: number): number {
  const [character = ''] = /^.\p{M}*/su.exec(text.slice(at, at + 16)) ?? []
  return at + character.length
}

const inWord = /[\p{L}\p{N}\p{M}_]/u

/** Where the word before `at` begins; what stands between it and `at` goes with it. */
function wordBefore(text: string, at: number): number {
  let from = at
  while (from > 0 && !inWord.test(text[from - 1]!)) from--
  while (from > 0 && inWord.test(text[from - 1]!)) from--
  return from
}

const without = ({ text }: FieldText, from: number, to: number): FieldText => ({
  text: text.slice(0, from) + text.slice(to),
  cursor: from,
})

const edits: Readonly<Record<string, (field: FieldText) => FieldText>> = {
  left: ({ text, cursor }) => ({ text, cursor: before(text, cursor) }),
  right: ({ text, cursor }) => ({ text, cursor: behind(text, cursor) }),
  home: ({ text }) => ({ text, cursor: 0 }),
  end: ({ text }) => ({ text, cursor: text.length }),
  back: (field) => without(field, before(field.text, field.cursor), field.cursor),
  delete: (field) => without(field, field.cursor, behind(field.text, field.cursor)),
  // All of it, wherever the cursor stands: after an error it stands at the place to mend, and what is left behind it would be applied.
  'ctrl-u': () => ({ text: '', cursor: 0 }),
  'ctrl-k': (field) => without(field, field.cursor, field.text.length),
  'ctrl-w': (field) => without(field, wordBefore(field.text, field.cursor), field.cursor),
}
const sameAs: Readonly<Record<string, string>> = {
  'ctrl-a': 'home',
  'ctrl-e': 'end',
  'ctrl-b': 'left',
  'ctrl-f': 'right',
  'ctrl-d': 'delete',
}

/**
 * What a key does, as in a shell: arrows, home, end, Ctrl-A E B F; backspace, delete, Ctrl-D; Ctrl-K to the end, Ctrl-W the
 * word before; characters. Unlike there, Ctrl-U deletes all.
 * @param key a name of keys.ts
 * @returns undefined where the key is none of an editor's
 */
export function editText(field: FieldText, key: string): FieldText | undefined {
  const edit = edits[sameAs[key] ?? key]
  if (edit !== undefined) return edit(field)
  if (key === 'space') return insertText(field, ' ')
  return behind(key, 0) === key.length ? insertText(field, key) : undefined
}

/** What is seen of a field. */
export interface FieldView {
  /** The part around the cursor, which stands in it as `▏`; without colour. */
  readonly text: string
  /** The column in it of each place of the whole text: `columnOf(at)`; what is out of sight is at the nearest edge. */
  readonly columnOf: (at: number) => number
}

/** In front of the character that the next one goes before: seen with and without colour, and where the terminal hides its own. */
const cursorMark = '▏'

/** At most `width` columns of a field, with the cursor in sight. */
export function viewText({ text, cursor }: FieldText, width: number): FieldView {
  const room = Math.max(1, width - 1)
  // Where not all fits, the cursor comes to stand two thirds to the right, so that what is behind it is seen too.
  const roomBefore = Math.max(Math.floor((room * 2) / 3), room - displayWidth(text.slice(cursor)))
  let from = cursor
  let used = 0
  while (from > 0) {
    const next = before(text, from)
    const more = displayWidth(text.slice(next, from))
    if (used + more > roomBefore) break
    used += more
    from = next
  }
  let to = cursor
  while (to < text.length) {
    const next = behind(text, to)
    used += displayWidth(text.slice(to, next))
    if (used > room) break
    to = next
  }
  const columnOf = (at: number) => {
    const place = Math.max(from, Math.min(at, to))
    return displayWidth(text.slice(from, place)) + (place > cursor ? 1 : 0)
  }
  return { text: text.slice(from, cursor) + cursorMark + text.slice(cursor, to), columnOf }
}
