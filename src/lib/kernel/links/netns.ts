// Owns network namespaces by name: which there are, what a user may call one. A namespace is its inode, as the kernel tells it of a
// packet's device. Knows no program in the kernel. Start at findNetns and NetnsNames.

import { readdirSync, statSync } from 'node:fs'
import { EnvironmentError, InputError } from '../../errors.ts'

/** What is asked of the system; stand-ins for tests. */
export interface NetnsFiles {
  /** Names in a folder, none where there is no such folder. */
  names(folder: string): readonly string[]
  /** Inode of the file that a path leads to; undefined where it leads to none, or may not be looked at. */
  inode(path: string): number | undefined
}

export const netnsFiles: NetnsFiles = {
  names(folder) {
    try {
      return readdirSync(folder)
    } catch {
      return []
    }
  },
  inode(path) {
    try {
      return statSync(path).ino
    } catch {
      return undefined
    }
  },
}

/** Where ip-netns(8) has names, and Docker its own. Podman and CNI use the first. */
const FOLDERS = ['/run/netns', '/run/docker/netns']
const OWN = '/proc/self/ns/net'
/** Name of the namespace that sonde itself is in. */
export const THIS_NETNS = 'this'
/** Unknown inodes make all names be read again, so often at most. */
const READ_AGAIN_MS = 1000

/** Inode of the namespace that this process is in. @throws EnvironmentError where there is no /proc */
export function ownNetns(files: NetnsFiles = netnsFiles): number {
  const inode = files.inode(OWN)
  if (inode === undefined) throw new EnvironmentError(`The network namespace of this process is not known: no ${OWN}.`)
  return inode
}

/**
 * Inode of a namespace that a user names: `this`, a name in /run/netns, a path (`/proc/4711/ns/net`), or `inode:4026532246`.
 * @throws InputError for a name or path that is none
 */
export function findNetns(text: string, files: NetnsFiles = netnsFiles): number {
  const digits = /^inode:(\d{1,10})$/.exec(text)?.[1]
  if (digits !== undefined && Number(digits) > 0 && Number(digits) <= 0xffffffff) return Number(digits)
  if (text === THIS_NETNS) return ownNetns(files)
  const paths = text.includes('/') ? [text] : FOLDERS.map((folder) => `${folder}/${text}`)
  for (const path of paths) {
    const inode = files.inode(path)
    if (inode !== undefined) return inode
  }
  throw noSuchNetns(text, files)
}

/**
 * Path of a namespace that a user names, to enter it: as findNetns, but for `inode:`, which may have no path.
 * @throws InputError for a name or path that is none
 */
export function netnsPath(text: string, files: NetnsFiles = netnsFiles): string {
  if (text === THIS_NETNS) return OWN
  const paths = text.includes('/') ? [text] : FOLDERS.map((folder) => `${folder}/${text}`)
  const path = paths.find((each) => files.inode(each) !== undefined)
  if (path === undefined) throw noSuchNetns(text, files)
  return path
}

function noSuchNetns(text: string, files: NetnsFiles): InputError {
  const known = files.names(FOLDERS[0]!)
  return new InputError(`--netns "${text}": there is no such network namespace.`, [
    known.length > 0 ? `In ${FOLDERS[0]}: ${known.join(', ')}` : `${FOLDERS[0]} has none: ip netns add NAME makes one.`,
    'A path will do too (/proc/PID/ns/net, for the namespace of a process or container), or inode:NUMBER.',
  ])
}

/** Names of namespaces by inode. */
export class NetnsNames {
  readonly #files: NetnsFiles
  readonly #nowMs: () => number
  #names: ReadonlyMap<number, string> = new Map()
  #readMs = Number.NEGATIVE_INFINITY

  constructor(files: NetnsFiles = netnsFiles, nowMs: () => number = () => performance.now()) {
    this.#files = files
    this.#nowMs = nowMs
  }

  /** `this` for the one that sonde is in, else its name in /run/netns; '' where it has none. Inodes that are not known make it look again, at most once a second. */
  of(inode: number): string {
    const known = this.#names.get(inode)
    if (known !== undefined || inode === 0) return known ?? ''
    const now = this.#nowMs()
    if (now - this.#readMs < READ_AGAIN_MS) return ''
    this.#readMs = now
    this.#names = this.#read()
    return this.#names.get(inode) ?? ''
  }

  #read(): Map<number, string> {
    const names = new Map<number, string>()
    for (const folder of FOLDERS) {
      for (const name of this.#files.names(folder)) {
        const inode = this.#files.inode(`${folder}/${name}`)
        if (inode !== undefined && !names.has(inode)) names.set(inode, name)
      }
    }
    const own = this.#files.inode(OWN)
    if (own !== undefined) names.set(own, THIS_NETNS)
    return names
  }
}
