// Calls of the C library and the memory they are given.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Arena } from '../../src/lib/sys/arena.ts'
import { libc, noLibc } from '../helpers/libc.ts'

describe('the C library', { skip: noLibc }, () => {
  test('syscall(2) and errno', () => {
    const getpid = process.arch === 'x64' ? 39 : 172
    assert.equal(libc.syscall(getpid, 0, 0, 0, 0, 0, 0), process.pid)
    assert.equal(libc.close(-1), -1)
    assert.equal(libc.errno(), 9)
  })

  test('a wait beside the thread leaves timers alive', async () => {
    let ticks = 0
    const timer = setInterval(() => ticks++, 5)
    assert.equal(await libc.pollAside(0, 0, 100), 0)
    clearInterval(timer)
    assert.ok(ticks >= 3, `${ticks} ticks`)
  })
})

describe('an arena', { skip: noLibc }, () => {
  test('its address is where the kernel reads and writes', () => {
    const arena = new Arena(libc, 64)
    const at = arena.take(8)
    // An eventfd holds the sum of what was written and gives it back once.
    const fd = libc.eventfd(0, 0)
    const write = process.arch === 'x64' ? 1 : 64
    const read = process.arch === 'x64' ? 0 : 63
    arena.view.setBigUint64(at, 0x1234_5678_9abcn, true)
    assert.equal(libc.syscall(write, fd, arena.address + at, 8, 0, 0, 0), 8)
    arena.view.setBigUint64(at, 0n, true)
    assert.equal(libc.syscall(read, fd, arena.address + at, 8, 0, 0, 0), 8)
    assert.equal(arena.view.getBigUint64(at, true), 0x1234_5678_9abcn)
    assert.deepEqual([...arena.bytes.subarray(at, at + 8)], [0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12, 0, 0])
    libc.close(fd)
    arena.close()
  })

  test('takes are aligned, apart and bounded', () => {
    const arena = new Arena(libc, 4096)
    assert.deepEqual([arena.take(1), arena.take(3), arena.take(8, 64), arena.take(1, 1)], [0, 16, 64, 72])
    assert.throws(() => arena.take(4096), /^RangeError: arena of 4096 bytes has no 4096 more$/)
    arena.point(0, 72)
    assert.equal(arena.view.getBigUint64(0, true), BigInt(arena.address + 72))
    arena.close()
  })

  test('after close every view is empty, and a second close is nothing', () => {
    const arena = new Arena(libc, 1 << 20)
    const late = arena.bytes.subarray(100, 200)
    arena.close()
    arena.close()
    assert.deepEqual([arena.bytes.length, arena.u32.length, late.length, late[0]], [0, 0, 0, undefined])
    assert.throws(() => arena.view.getUint8(0), TypeError)
  })

  test('memory that can not be had is an error', () => {
    assert.throws(() => new Arena(libc, 2 ** 46), /^SystemCallError: mmap of 70368744177664 bytes: .* \(ENOMEM\)$/)
  })
})
