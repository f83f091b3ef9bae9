// Owns changing the network namespace of this thread by setns(2). See libc.ts for the folder.

import { closeSync, openSync } from 'node:fs'
import { SystemCallError } from './errno.ts'
import type { Libc } from './libc.ts'

/** Where ip-netns(8) keeps the namespaces that have names. */
export const NETNS_FOLDER = '/run/netns'

/** setns(2) by process.arch; loadLibc refuses other architectures. */
const SETNS: Readonly<Record<string, number>> = { x64: 308, arm64: 268 }
const CLONE_NEWNET = 0x40000000

/** This thread's own; /proc/self would be the main thread's. */
const OWN = '/proc/thread-self/ns/net'

/**
 * Does something in another network namespace: sockets made there stay there. The work must not wait: a thread that libuv makes
 * meanwhile would be in that namespace for ever.
 * @param name as `ip netns` has it, or a path
 * @throws SystemCallError (EPERM without CAP_SYS_ADMIN), and Node's ENOENT where there is no such namespace
 */
export function inNetns<T>(libc: Libc, name: string, work: () => T): T {
  const back = openSync(OWN, 'r')
  try {
    enter(libc, name)
    try {
      return work()
    } finally {
      setns(libc, back)
    }
  } finally {
    closeSync(back)
  }
}

function enter(libc: Libc, name: string): void {
  const fd = openSync(name.includes('/') ? name : `${NETNS_FOLDER}/${name}`, 'r')
  try {
    setns(libc, fd)
  } finally {
    closeSync(fd)
  }
}

function setns(libc: Libc, fd: number): void {
  if (libc.syscall(SETNS[process.arch] ?? -1, fd, CLONE_NEWNET, 0, 0, 0, 0) < 0) {
    throw new SystemCallError('setns', libc.errno())
  }
}
