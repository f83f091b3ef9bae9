// Typing a text below a page: completion, history, what is wrong with it; choosing one of several things.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { coloursOfLevel } from '../../../src/lib/ui/colour.ts'
import { ChoiceList, type Completion, Prompt, type PromptOptions } from '../../../src/lib/ui/screen/screen.ts'
import { displayWidth } from '../../../src/lib/ui/width.ts'

const area = { columns: 40, rows: 9, colours: coloursOfLevel(0) }
const names = ['agent', 'ipdestination', 'ipprotocol', 'ipsource', 'ipttl', 'vlan']

/** Completes the name in front of the cursor. */
function complete(text: string, cursor: number): Completion {
  const from = text.slice(0, cursor).search(/\w*$/)
  const start = text.slice(from, cursor)
  return {
    from,
    candidates: names.filter((name) => name.startsWith(start)).map((name) => ({ text: name, note: `the ${name}` })),
  }
}

function open(options: Partial<PromptOptions> = {}) {
  const applied: string[] = []
  const prompt = new Prompt({
    label: 'keys',
    text: '',
    about: 'names, with commas',
    apply: (text) => {
      applied.push(text)
      return 'done'
    },
    ...options,
  })
  const type = (...keys: string[]) => {
    for (const key of keys)
      for (const one of key.length > 1 && key.startsWith('"') ? [...key.slice(1)] : [key]) prompt.press(one)
  }
  /** The lines below the rule, without spaces and empty ones behind. */
  const lines = (columns = 40, rows = 9) => {
    const drawn = prompt.draw({ ...area, columns, rows })
    for (const line of drawn) assert.ok(displayWidth(line) <= columns, line)
    assert.equal(drawn.length, Math.min(rows, 9))
    return drawn
      .map((line) => line.trimEnd())
      .slice(1)
      .join('\n')
      .trimEnd()
      .split('\n')
  }
  return { prompt, applied, type, lines }
}

describe('typing', () => {
  test('letters that are keys elsewhere are letters', () => {
    const { prompt, applied, type, lines } = open({ text: 'src' })
    assert.deepEqual(lines(), [' keys src▏', ' names, with commas'])
    type('",qs?', 'space', 'x', 'back', 'back')
    assert.deepEqual(lines(), [' keys src,qs?▏', ' names, with commas'])
    type('enter')
    assert.deepEqual(applied, ['src,qs?'])
    assert.equal(prompt.open, false)
  })
  test('Esc leaves without applying', () => {
    const { prompt, applied, type } = open({ text: 'src' })
    type('x', 'escape')
    assert.equal(prompt.open, false)
    assert.deepEqual(applied, [])
  })
  test('what is pasted is one thing, whatever is in it', () => {
    const { prompt, applied, type, lines } = open()
    prompt.paste(' q\n?\u001b ')
    assert.equal(prompt.open, true)
    assert.equal(lines()[0], ' keys  q ? ▏')
    type('enter')
    assert.deepEqual(applied, ['q ?'], 'without spaces around it')
  })
  test('a text longer than the line shows its end', () => {
    const { type, lines } = open({ text: 'ipsource,ipdestination,ipprotocol,vlan' })
    assert.equal(lines(30)[0], ' keys nation,ipprotocol,vlan▏')
    type('home')
    assert.equal(lines(30)[0], ' keys ▏ipsource,ipdestination')
  })
})

describe('completion', () => {
  test('candidates are there while one types, with what they are', () => {
    const { type, lines } = open({ complete })
    assert.deepEqual(lines(), [
      ' keys ▏',
      '      agent          the agent',
      '      ipdestination  the ipdestination',
      '      ipprotocol     the ipprotocol',
      '      ipsource       the ipsource',
      '      ipttl          the ipttl',
      '      vlan           the vlan',
    ])
    type('"ips')
    assert.deepEqual(lines(), [' keys ips▏', '      ipsource  the ipsource'])
    type('"zz')
    assert.deepEqual(lines(), [' keys ipszz▏', ' names, with commas'])
  })
  test('Tab: what all have in common, then one after the other, and round', () => {
    const { type, lines } = open({ complete })
    type('i', 'tab')
    assert.equal(lines()[0], ' keys ip▏')
    type('tab')
    assert.deepEqual(lines().slice(0, 3), [
      ' keys ipdestination▏',
      '     ▸ipdestination  the ipdestination',
      '      ipprotocol     the ipprotocol',
    ])
    type('tab')
    assert.equal(lines()[0], ' keys ipprotocol▏')
    type('shift-tab', 'shift-tab')
    assert.equal(lines()[0], ' keys ipttl▏')
    type('tab')
    assert.equal(lines()[0], ' keys ipdestination▏')
    type('",v', 'tab')
    assert.deepEqual(lines(), [' keys ipdestination,vlan▏', '      vlan  the vlan'])
  })
  test('in the middle of a text only what is before the cursor is replaced', () => {
    const { type, lines } = open({ complete, text: 'v,src' })
    type('home', 'right', 'tab')
    assert.equal(lines()[0], ' keys vlan▏,src')
  })
  test('more than there is room for', () => {
    const { type, lines } = open({ complete })
    assert.deepEqual(lines(40, 6), [
      ' keys ▏',
      '      agent          the agent',
      '      ipdestination  the ipdestination',
      '      ipprotocol     the ipprotocol',
      '      3 more',
    ])
    type('shift-tab')
    assert.deepEqual(lines(40, 6), [
      ' keys vlan▏',
      '      ipsource       the ipsource',
      '      ipttl          the ipttl',
      '     ▸vlan           the vlan',
      '      3 more',
    ])
  })
  test('names from outside do no harm', () => {
    const { lines } = open({ complete: () => ({ from: 0, candidates: [{ text: 'a\u001b[2J', note: '\u202ex' }] }) })
    assert.equal(lines()[1], '      a\\x1b[2J  \\u202ex')
  })
})

describe('history', () => {
  test('↑ brings what was applied before, ↓ what was typed', () => {
    const { type, lines } = open({ history: ['first', 'second'], text: 'now' })
    type('x', 'up')
    assert.equal(lines()[0], ' keys second▏')
    type('up', 'up')
    assert.equal(lines()[0], ' keys first▏')
    type('down', 'down')
    assert.equal(lines()[0], ' keys nowx▏')
    type('down')
    assert.equal(lines()[0], ' keys nowx▏')
  })
})

describe('what is wrong', () => {
  const check = (text: string) => {
    const at = text.indexOf('ipsrc')
    if (at < 0) return undefined
    return { message: 'unknown attribute "ipsrc"', place: { at, length: 5 }, nextSteps: ['Did you mean ipsource?'] }
  }
  test('is shown below its place, and the cursor goes there', () => {
    const { prompt, applied, type, lines } = open({ check, text: '  vlan,ipsrc,x' })
    type('enter')
    assert.deepEqual(lines(), [
      ' keys   vlan,ipsrc▏,x',
      '             ^^^^^',
      ' unknown attribute "ipsrc"',
      ' Did you mean ipsource?',
    ])
    assert.deepEqual(applied, [])
    type('left')
    assert.equal(lines()[1], '             ^^^^^^', 'the cursor stands within what is marked')
    type('right', 'back')
    assert.equal(lines().length, 2, 'a text that changed is asked again')
    type('back', '"ource', 'enter')
    assert.deepEqual(applied, ['vlan,ipsource,x'])
    assert.equal(prompt.open, false)
  })
  test('with a place that is not on the screen', () => {
    const { type, lines } = open({
      check: () => ({ message: 'cut', place: { at: 0, length: 3 } }),
      text: 'x'.repeat(100),
    })
    type('enter', 'end')
    assert.deepEqual(lines(20).slice(1), ['      ^', ' cut'])
  })
  test('may be found later: it stays open until it is answered', () => {
    const { prompt, type, lines } = open({ apply: () => 'later', text: 'abc' })
    type('enter')
    assert.deepEqual(lines(), [' keys abc▏', ' asking …'])
    prompt.refuse({ message: 'line one is far too long to be shown in whole\n  abc\n  ^', nextSteps: ['see help'] })
    assert.deepEqual(lines(), [' keys abc▏', ' line one is far too long to be shown i…', '   abc', '   ^', ' see help'])
    type('x')
    assert.deepEqual(lines(), [' keys abcx▏', ' names, with commas'])
    type('enter')
    prompt.close()
    assert.equal(prompt.open, false)
  })
})

test('Ctrl-U clears what was refused, also what is behind the place to mend', () => {
  const { prompt, applied, type, lines } = open({ text: 'proto=6&srx=1&dport=80' })
  prompt.refuse({ message: '"srx" is no attribute.', place: { at: 8, length: 3 } })
  type('ctrl-u')
  assert.deepEqual(lines(), [' keys ▏', ' names, with commas'])
  type('"proto=17', 'enter')
  assert.deepEqual(applied, ['proto=17'])
})

describe('one of several', () => {
  const made = (chosen?: number) => {
    const applied: number[] = []
    const choices = ['talkers', 'ports', 'protocols', 'tunnels', 'top ports'].map((text, value) => ({
      value,
      text,
      note: `note ${value}`,
    }))
    const list = new ChoiceList({
      label: 'recipe',
      choices,
      ...(chosen === undefined ? {} : { chosen }),
      apply: (value) => applied.push(value),
    })
    const lines = (rows = 9) => list.draw({ ...area, rows }).map((line) => line.trimEnd())
    return { list, applied, lines }
  }
  test('arrows', () => {
    const { list, applied, lines } = made(1)
    assert.deepEqual(lines().slice(1), [
      ' recipe ▏',
      '   talkers    note 0',
      '▸• ports      note 1',
      '   protocols  note 2',
      '   tunnels    note 3',
      '   top ports  note 4',
    ])
    list.press('down')
    list.press('down')
    list.press('up')
    list.press('enter')
    assert.deepEqual(applied, [2])
    assert.equal(list.open, false)
  })
  test('letters find, what begins with them first', () => {
    const { list, applied, lines } = made()
    list.press('p')
    assert.deepEqual(lines().slice(1), [
      ' recipe p▏',
      '▸  ports      note 1',
      '   protocols  note 2',
      '   top ports  note 4',
      '',
      '',
    ])
    list.paste('ORTS')
    list.press('end')
    list.press('enter')
    assert.deepEqual(applied, [4])
  })
  test('nothing found can not be chosen', () => {
    const { list, applied, lines } = made()
    for (const key of ['z', 'z', 'enter', 'down', 'pagedown']) list.press(key)
    assert.equal(lines()[2], ' none of them; ⌫ takes the last letter back')
    assert.equal(list.open, true)
    assert.deepEqual(applied, [])
    list.press('escape')
    assert.equal(list.open, false)
  })
  test('scrolls with the selection', () => {
    const { list, lines } = made()
    assert.equal(lines(4).length, 4)
    list.press('end')
    assert.deepEqual(lines(4).slice(2), ['   tunnels    note 3', '▸  top ports  note 4'])
    list.press('home')
    list.press('pagedown')
    assert.deepEqual(lines(4).slice(2), ['   ports      note 1', '▸  protocols  note 2'])
  })
})
