// What keys do on every screen, freezing, the pace, lines that are told, and what ends a screen.

import assert from 'node:assert/strict'
import { afterEach, describe, type Mock, mock, test } from 'node:test'
import { coloursOfLevel } from '../../../src/lib/ui/colour.ts'
import { ScreenLoop } from '../../../src/lib/ui/screen/loop.ts'
import type { Answer, Area, Page } from '../../../src/lib/ui/screen/page.ts'
import { Prompt, ScreenFeed, TextPage } from '../../../src/lib/ui/screen/screen.ts'
import { show } from './show.tsx'

/** Shows a number and the keys that it was given. */
class NumberPage implements Page<number> {
  readonly hints = [{ key: 'f', label: 'filter', help: 'choose what is counted' }]
  readonly help = ['N: the number.']
  taken: number[] = []
  pressed: string[] = []
  take(snapshot: number): void {
    this.taken.push(snapshot)
  }
  draw({ columns, rows }: Area): string[] {
    return [`N ${this.taken.at(-1)} ${columns}x${rows}`]
  }
  press(key: string): Answer<number> {
    this.pressed.push(key)
    if (key !== 'enter') return undefined
    return new TextPage<number>({
      head: () => ['below'],
      body: (n) => Array.from({ length: 9 }, (_, i) => `${n}.${i}`),
    })
  }
}

describe('keys on every screen', () => {
  test('a page, its keys, and its way in and back', async (t) => {
    const page = new NumberPage()
    const shown = show(t, page, 60, 6)
    shown.feed.snapshot(7)
    assert.deepEqual(await shown.lines(), ['N 7 60x5', '', '', '', '', ' f filter  space freeze  ? help  q quit'])
    await shown.keys('f', '\u001b[A', '\r')
    assert.deepEqual(await shown.lines(), [
      'below',
      '7.0',
      '7.1',
      '7.2',
      ' lines 1–3 of 9, ↑↓ for more',
      ' ⌫ back  space freeze  ? help  q quit',
    ])
    assert.deepEqual(page.pressed, ['f', 'up', 'enter'])
    await shown.keys('\u001b[F')
    assert.deepEqual((await shown.lines()).slice(1, 5), ['7.6', '7.7', '7.8', ' lines 7–9 of 9, ↑↓ for more'])
    await shown.keys('\u007f')
    assert.equal((await shown.lines())[0], 'N 7 60x5')
    await shown.keys('\r', '\u001b')
    assert.equal((await shown.lines())[0], 'N 7 60x5', 'Esc goes back too')
  })

  test('← goes back, but not from a page that has it for itself', async (t) => {
    const below = Object.assign(new NumberPage(), { sideways: true })
    class Above extends NumberPage {
      override press(): Answer<number> {
        return below
      }
    }
    const shown = show(t, new Above(), 60, 6)
    shown.feed.snapshot(7)
    await shown.keys('x', '\u001b[D', '\u001b[C')
    assert.match((await shown.lines()).at(-1)!, /⌫ back/)
    assert.deepEqual(below.pressed, ['left', 'right'])
    below.sideways = false
    await shown.keys('\u001b[D')
    assert.doesNotMatch((await shown.lines()).at(-1)!, /⌫ back/)
  })
  test('help has the keys and columns of the page it was asked on', async (t) => {
    const shown = show(t, new NumberPage(), 60, 12)
    shown.feed.snapshot(7)
    await shown.keys('?')
    assert.deepEqual(await shown.lines(), [
      ' sonde test: keys and columns',
      '',
      ' f      choose what is counted',
      ' ↑ ↓    select or scroll; page up and down, home and end too',
      ' space  freeze what is shown, and go on',
      ' ?      this page',
      ' q      quit; Ctrl-C does too',
      '',
      ' N: the number.',
      '',
      '',
      ' ⌫ back  space freeze  ? help  q quit',
    ])
    await shown.keys('?')
    assert.equal((await shown.lines())[0], 'N 7 60x11')
  })

  test('space freezes what is shown, and goes on with the newest', async (t) => {
    const page = new NumberPage()
    const shown = show(t, page, 60, 4)
    shown.feed.snapshot(1)
    await shown.lines()
    await shown.keys(' ')
    shown.feed.snapshot(2)
    shown.feed.snapshot(3)
    const frozen = await shown.lines()
    assert.equal(frozen[0], 'N 1 60x3')
    assert.equal(frozen[3], ' space go on  ? help  q quit  frozen')
    await shown.keys('\r')
    assert.equal((await shown.lines())[1], '1.0', 'a page that is gone into shows the frozen state too')
    await shown.keys('\u007f', ' ')
    assert.equal((await shown.lines())[0], 'N 3 60x3')
    assert.deepEqual(page.taken, [1, 1, 3])
  })

  for (const [key, what] of [
    ['q', 'q'],
    ['\u0003', 'Ctrl-C'],
  ] as const) {
    test(`${what} quits`, async (t) => {
      const shown = show(t, new NumberPage(), 60, 4)
      shown.feed.snapshot(1)
      await shown.keys(key)
      assert.equal(await shown.loop.end, 'quit')
    })
  }

  test('the end of the feed ends the screen', async (t) => {
    const shown = show(t, new NumberPage(), 60, 4)
    shown.feed.snapshot(1)
    shown.feed.end()
    assert.equal(await shown.loop.end, 'ended')
  })

  test('another size is drawn at once', async (t) => {
    const shown = show(t, new NumberPage(), 60, 4)
    shown.feed.snapshot(1)
    await shown.lines()
    shown.resize(100, 8)
    assert.equal((await shown.lines())[0], 'N 1 100x7')
    assert.equal((await shown.lines()).length, 8)
  })
})

describe('a dialog', () => {
  class AskingPage extends NumberPage {
    applied: string[] = []
    override press(key: string): Answer<number> {
      if (key === 'g') return 'go on'
      if (key !== 'f') return super.press(key)
      const apply = (text: string) => {
        this.applied.push(text)
        return 'done' as const
      }
      return new Prompt({ label: 'filter', text: 'a', about: 'anything', apply })
    }
  }
  const below = ['', '', '', '', '', '', ' f filter  space freeze  ? help  q quit']
  const asking = ' ↵ apply  Ctrl-U clear  Esc leave'

  test('has all keys while it is open, and its own in the last line; the page above goes on', async (t) => {
    const page = new AskingPage()
    const shown = show(t, page, 60, 12)
    shown.feed.snapshot(7)
    await shown.keys('f', 'q', '?', ' ', '\u001b[D', 's')
    shown.feed.snapshot(8)
    const lines = await shown.lines()
    assert.equal(lines.length, 12)
    assert.deepEqual(lines.slice(0, 9), ['N 8 60x6', '', '', '', '', '', '─'.repeat(60), ' filter aq?s▏', ' anything'])
    assert.equal(lines[11], asking)
    assert.deepEqual(page.pressed, [])
    await shown.keys('\r')
    assert.equal((await shown.lines())[0], 'N 8 60x11')
    assert.deepEqual(page.applied, ['aq?s'])
  })
  test('Esc closes it, and no more', async (t) => {
    const page = new AskingPage()
    const shown = show(t, page, 60, 8)
    shown.feed.snapshot(7)
    await shown.keys('f', '\u001b')
    assert.deepEqual(await shown.lines(), ['N 7 60x7', ...below])
    assert.deepEqual(page.applied, [])
  })
  test('Ctrl-C quits from it', async (t) => {
    const shown = show(t, new AskingPage(), 60, 8)
    shown.feed.snapshot(7)
    await shown.keys('f', '\u0003')
    assert.equal(await shown.loop.end, 'quit')
  })
  test('what is pasted goes into it, and is no key where there is none', async (t) => {
    const page = new AskingPage()
    const shown = show(t, page, 60, 8)
    shown.feed.snapshot(7)
    await shown.keys('\u001b[200~qf\u001b[201~')
    assert.deepEqual(await shown.lines(), ['N 7 60x7', ...below])
    await shown.keys('f', '\u001b[200~q\r?\u001b[201~', '\r')
    await shown.lines()
    assert.deepEqual(page.applied, ['aq ?'])
    assert.deepEqual(page.pressed, [])
  })
  test('what is asked of the engine ends a freeze', async (t) => {
    const shown = show(t, new AskingPage(), 60, 12)
    shown.feed.snapshot(1)
    await shown.keys(' ')
    shown.feed.snapshot(2)
    await shown.keys('f', 'x')
    assert.equal((await shown.lines())[0], 'N 1 60x6')
    await shown.keys('\r')
    assert.equal((await shown.lines())[0], 'N 2 60x11')
    await shown.keys(' ')
    shown.feed.snapshot(3)
    await shown.keys('g')
    assert.equal((await shown.lines())[0], 'N 3 60x11')
  })
  test('on a terminal of few lines it has the room', async (t) => {
    const shown = show(t, new AskingPage(), 60, 4)
    shown.feed.snapshot(1)
    await shown.keys('f')
    assert.deepEqual(await shown.lines(), ['─'.repeat(60), ' filter a▏', ' anything', asking])
    shown.resize(60, 1)
    assert.deepEqual(await shown.lines(), [asking])
  })
})

describe('time', () => {
  let now = 0
  let clock: Mock<() => number> | undefined
  let loop: ScreenLoop<number>
  const start = (page: Page<number>) => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
    now = 1_000_000
    clock = mock.method(performance, 'now', () => now)
    const feed = new ScreenFeed<number>()
    loop = new ScreenLoop({ name: 'x', page, feed, colours: coloursOfLevel(0), keys: true })
    loop.start()
    return feed
  }
  const pass = (ms: number) => {
    for (let i = 0; i < ms; i += 10) {
      now += 10
      mock.timers.tick(10)
    }
  }
  const lastLine = () => loop.draw(60, 3)[2]
  afterEach(() => {
    loop.close()
    mock.timers.reset()
    clock?.mock.restore()
  })

  test('a hundred snapshots a second are five frames a second, and the last one is shown', () => {
    const page = new NumberPage()
    const feed = start(page)
    for (let n = 0; n < 100; n++) {
      feed.snapshot(n)
      pass(10)
    }
    pass(200)
    assert.ok(page.taken.length >= 5 && page.taken.length <= 6, `${page.taken.length} frames`)
    assert.equal(page.taken.at(-1), 99)
  })

  test('a feed that is silent is said to be', () => {
    const feed = start(new NumberPage())
    feed.snapshot(1)
    pass(2990)
    assert.equal(lastLine(), ' f filter  space freeze  ? help  q quit')
    pass(4010)
    assert.equal(lastLine(), ' f filter  ? help  q quit  no news for 7 s')
    feed.snapshot(2)
    assert.equal(lastLine(), ' f filter  space freeze  ? help  q quit')
  })

  test('how long it is frozen', () => {
    const feed = start(new NumberPage())
    feed.snapshot(1)
    loop.press('space')
    pass(63_000)
    assert.equal(lastLine(), ' space go on  ? help  q quit  frozen for 1 min 3 s')
  })

  test('a line that is told stands in the last line for six seconds, and is kept for the end', () => {
    const feed = start(new NumberPage())
    feed.snapshot(1)
    feed.tell('out.pcap: no space left \u001b[2J')
    assert.equal(lastLine()?.trimEnd(), ' out.pcap: no space left \\x1b[2J')
    pass(5990)
    feed.snapshot(2)
    assert.match(lastLine()!, /^ out\.pcap/)
    pass(1010)
    assert.equal(lastLine(), ' f filter  space freeze  ? help  q quit')
    assert.deepEqual(feed.told, ['out.pcap: no space left \u001b[2J'])
    for (let i = 0; i < 1500; i++) feed.tell(String(i))
    assert.equal(feed.told.length, 1000)
    assert.equal(feed.forgotten, 501)
  })
})

test('a page that draws too much is cut to the screen', () => {
  const page = new TextPage<number>({ body: () => [], head: () => Array.from({ length: 50 }, (_, i) => String(i)) })
  const feed = new ScreenFeed<number>()
  const loop = new ScreenLoop({ name: 'x', page, feed, colours: coloursOfLevel(0), keys: false })
  feed.snapshot(1)
  loop.start()
  loop.close()
  assert.deepEqual(loop.draw(40, 4), ['0', '1', '2', ' Ctrl-C ends'])
  assert.equal(loop.draw(40, 1).length, 1)
})
