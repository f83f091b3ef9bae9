import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dropReasonSentence } from '../../src/lib/names/drop-reason-sentences.ts'
import { dropReasons } from '../../src/lib/names/drop-reasons.ts'

test('each of the 133 drop reasons has one sentence', () => {
  assert.equal(dropReasons.length, 133)
  for (const { code, name } of dropReasons) {
    const sentence = dropReasonSentence(code)
    assert.match(sentence ?? '', /^[A-Z][ -~]{15,100}\.$/, `${code} ${name}`)
    assert.doesNotMatch(sentence!, /\.\s/, `${code} ${name}`)
  }
})

test('misprinted codes read as what they stand for, unassigned ones have none', () => {
  assert.equal(dropReasonSentence(257), 'The TTL ran out: the path is too long, or a loop.')
  assert.equal(dropReasonSentence(33), 'The driver could not handle the link header.')
  assert.equal(dropReasonSentence(36), 'A tc filter discarded it on its way out.')
  assert.equal(dropReasonSentence(16), undefined)
  assert.equal(dropReasonSentence(373), undefined)
  assert.equal(dropReasonSentence(0xffffffff), undefined)
})
