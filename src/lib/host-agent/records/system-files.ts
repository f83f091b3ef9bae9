// Owns reading the small files in which Linux tells of itself, below a root that tests choose. Knows no sFlow.
// Start at SystemFiles.

import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs'

/** What statfs(2) says of a file system, in blocks of `blockBytes`. */
export interface FileSystemSize {
  readonly blockBytes: number
  readonly blocks: number
  readonly free: number
  /** Free for users without privileges. */
  readonly available: number
}

/** /proc, /sys, /etc. What can't be read is undefined: the record that it is for is left out then. */
export class SystemFiles {
  readonly #root: string

  /** @param root stands before every path; '' is this machine */
  constructor(root = '') {
    this.#root = root
  }

  text(path: string): string | undefined {
    try {
      return readFileSync(this.#root + path, 'utf8')
    } catch {
      return undefined
    }
  }

  names(folder: string): string[] {
    try {
      return readdirSync(this.#root + folder)
    } catch {
      return []
    }
  }

  has(path: string): boolean {
    return existsSync(this.#root + path)
  }

  /** Of the file system that is mounted at a path. */
  size(path: string): FileSystemSize | undefined {
    try {
      const { bsize, blocks, bfree, bavail } = statfsSync(this.#root + path)
      return { blockBytes: bsize, blocks, free: bfree, available: bavail }
    } catch {
      return undefined
    }
  }
}
