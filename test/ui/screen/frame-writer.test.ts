// Frames on a terminal that understands what the writer uses: after each frame it must show just that frame.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FrameWriter } from '../../../src/lib/ui/screen/frame-writer.ts'

/** Lines of a terminal: CUP to column 1, EL to the end, ED of all, text; anything else is a failure. */
class Lines {
  readonly shown: string[]
  written = ''
  #row = 0

  constructor(rows: number) {
    this.shown = new Array<string>(rows).fill('')
  }

  write(text: string): void {
    this.written = text
    assert.ok(text.startsWith('\u001b[?2026h') && text.endsWith('\u001b[?2026l'))
    const inner = text.slice('\u001b[?2026h'.length, -'\u001b[?2026l'.length)
    for (const [, number, command, plain = ''] of inner.matchAll(/\p{Cc}\[(\d*)([HKJ])|(\P{Cc}+|\p{Cc}\[\d+m)/gu)) {
      if (command === 'J') {
        assert.equal(number, '2')
        this.shown.fill('')
      } else if (command === 'H') {
        this.#row = Number(number) - 1
        assert.ok(this.#row >= 0 && this.#row < this.shown.length)
      } else if (command === 'K') this.shown[this.#row] = ''
      else this.shown[this.#row] += plain
    }
  }
}

test('only lines that changed are written, and the terminal shows each frame', () => {
  const terminal = new Lines(4)
  const writer = new FrameWriter((text) => terminal.write(text))
  const frames: readonly (readonly string[])[] = [
    ['head', 'a  1', 'b  2', 'keys'],
    ['head', 'a  1', 'b 12', 'keys'],
    ['head', '\u001b[31ma  1\u001b[39m', '', 'keys'],
    ['head 2', '', 'c 宽', ''],
  ]
  const written: string[] = []
  for (const frame of frames) {
    writer.draw(frame, 6)
    assert.deepEqual(terminal.shown, frame)
    written.push(terminal.written)
  }
  assert.equal(written[1], '\u001b[?2026h\u001b[3H\u001b[Kb 12\u001b[?2026l')
  terminal.written = ''
  writer.draw(frames[3]!, 6)
  assert.equal(terminal.written, '')
})

test('while it is held nothing is written; then the next frame is, whole', () => {
  const terminal = new Lines(2)
  const writer = new FrameWriter((text) => terminal.write(text))
  writer.draw(['one', 'two'], 10)
  terminal.written = ''
  writer.hold()
  writer.draw(['one', 'three'], 10)
  assert.equal(terminal.written, '')
  terminal.shown.fill('a shell')
  writer.release()
  writer.draw(['one', 'three'], 10)
  assert.deepEqual(terminal.shown, ['one', 'three'])
})

test('all lines are written again when it is told to forget, and when the terminal has another size', () => {
  const terminal = new Lines(3)
  const writer = new FrameWriter((text) => terminal.write(text))
  const frame = ['one', '', 'three']
  const whole = '\u001b[?2026h\u001b[2J\u001b[1H\u001b[Kone\u001b[3H\u001b[Kthree\u001b[?2026l'
  writer.draw(frame, 10)
  assert.equal(terminal.written, whole)
  terminal.shown.fill('rubbish')
  writer.forget()
  writer.draw(frame, 10)
  assert.deepEqual(terminal.shown, frame)
  terminal.shown.fill('rubbish')
  writer.draw(frame, 9)
  assert.deepEqual(terminal.shown, frame)
  writer.draw(['one', '', 'three', 'four'].slice(0, 2), 9)
  assert.deepEqual(terminal.shown, ['one', '', ''])
})
