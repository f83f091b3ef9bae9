import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IssueLog } from '../../src/lib/print/issue-log.ts'

const issue = (kind: string) => ({ kind, where: 'samples[0]', at: 4, problem: 'is cut' })

test('the first three of a kind are told, the rest counted', () => {
  const told: string[] = []
  const log = new IssueLog((line) => told.push(line))
  for (let n = 1; n <= 5; n++) log.add(issue('a'), () => `datagram ${n}`)
  log.add(issue('b'), () => 'datagram 6')
  log.close()
  assert.deepEqual(
    told.map((line) => line.split(':')[0]),
    ['datagram 1', 'datagram 2', 'datagram 3', 'datagram 6', '2 more of the kind "a" (--verbose tells each).'],
  )
  assert.equal(log.total, 6)
  assert.deepEqual(log.newest(), [])
})

test('where nobody can ask for the others, there is no hint', () => {
  const told: string[] = []
  const log = new IssueLog((line) => told.push(line), undefined, '')
  for (let n = 1; n <= 5; n++) log.add(issue('a'), () => `datagram ${n}`)
  log.close()
  assert.equal(told.at(-1), '2 more of the kind "a".')
})

test('where all are told, none is left to count', () => {
  const told: string[] = []
  const detailed: string[] = []
  const log = new IssueLog(
    (line) => told.push(line),
    (line) => detailed.push(line),
  )
  for (let n = 1; n <= 5; n++) log.add(issue('a'), () => `datagram ${n}`)
  log.close()
  assert.deepEqual([told.length, detailed.length], [3, 2])
})

test('the newest are kept, of a flood so many a tick; the others never become text', () => {
  const log = new IssueLog(() => {})
  log.remember(6, 2)
  let places = 0
  let n = 0
  const add = (count: number) => {
    for (let i = 0; i < count; i++) {
      n++
      const number = n
      log.add(issue('a'), () => {
        places++
        return `datagram ${number}`
      })
    }
  }
  const numbers = () => log.newest().map((line) => Number(/^datagram (\d+):/.exec(line)?.[1]))
  add(1000)
  // Three are told, two are of the first tick.
  assert.deepEqual(numbers(), [5, 4, 3, 2, 1])
  log.tick()
  add(1000)
  assert.deepEqual(numbers(), [1002, 1001, 5, 4, 3, 2])
  log.tick()
  add(1)
  log.tick()
  add(1000)
  assert.deepEqual(numbers(), [2003, 2002, 2001, 1002, 1001, 5])
  assert.equal(places, 10)
  assert.equal(log.total, 3001)
})
