import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EnvironmentError, InputError } from '../../src/lib/errors.ts'
import { findNetns, type NetnsFiles, NetnsNames, ownNetns } from '../../src/lib/kernel/links/netns.ts'

/** A machine with these namespaces, and how often a folder was read. */
class Machine implements NetnsFiles {
  reads = 0
  readonly paths = new Map([
    ['/proc/self/ns/net', 4026531840],
    ['/run/netns/blue', 4026532246],
    ['/run/netns/same', 4026531840],
    ['/run/docker/netns/1f0c', 4026532300],
    ['/proc/4711/ns/net', 4026532301],
  ])

  names(folder: string): readonly string[] {
    this.reads++
    return [...this.paths.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.split('/').at(-1)!)
  }

  inode(path: string): number | undefined {
    return this.paths.get(path)
  }
}

describe('a namespace that a user names', () => {
  const found: readonly [text: string, inode: number][] = [
    ['this', 4026531840],
    ['blue', 4026532246],
    ['1f0c', 4026532300],
    ['/proc/4711/ns/net', 4026532301],
    ['inode:4026532999', 4026532999],
    ['inode:4294967295', 4294967295],
  ]
  for (const [text, inode] of found) {
    test(`${text} is ${inode}`, () => assert.equal(findNetns(text, new Machine()), inode))
  }

  for (const text of ['red', 'inode:0', 'inode:4294967296', 'inode:', '/proc/1/ns/net', '']) {
    test(`"${text}" is none: told with those there are`, () => {
      assert.throws(
        () => findNetns(text, new Machine()),
        (error) => {
          assert.ok(error instanceof InputError)
          assert.equal(error.message, `--netns "${text}": there is no such network namespace.`)
          assert.equal(error.nextSteps[0], 'In /run/netns: blue, same')
          return true
        },
      )
    })
  }

  test('where there are none at all that is said', () => {
    const machine = new Machine()
    machine.paths.clear()
    assert.throws(
      () => findNetns('blue', machine),
      (error) => error instanceof InputError && error.nextSteps[0]!.startsWith('/run/netns has none'),
    )
    assert.throws(() => ownNetns(machine), EnvironmentError)
  })
})

describe('the name of a namespace', () => {
  test("is the folder's, or Docker's; sonde's own is `this` whatever else it is called", () => {
    const names = new NetnsNames(new Machine(), () => 0)
    assert.deepEqual(
      [4026532246, 4026532300, 4026531840].map((inode) => names.of(inode)),
      ['blue', '1f0c', 'this'],
    )
    assert.equal(names.of(0), '')
  })

  test('of a new one is found a second later at most, and folders are not read for each drop', () => {
    const machine = new Machine()
    let now = 0
    const names = new NetnsNames(machine, () => now)
    assert.equal(names.of(1), '')
    assert.equal(machine.reads, 2)
    machine.paths.set('/run/netns/red', 1)
    now = 999
    for (let i = 0; i < 1000; i++) assert.equal(names.of(1), '')
    assert.equal(machine.reads, 2)
    now = 1000
    assert.equal(names.of(1), 'red')
    assert.equal(names.of(1), 'red')
    assert.equal(machine.reads, 4)
  })
})
