// Owns network namespaces as a trace has them: names beside inodes, live and recorded. See step.ts for the folder.

import { InputError } from '../errors.ts'
import { NetnsNames, THIS_NETNS } from '../kernel/links/netns.ts'

/**
 * Names by inode; empty for the namespace that sonde itself is in, which every host has, and where there is none.
 * @param wanted false: always empty
 */
export function netnsNames(
  wanted: boolean,
  names: Pick<NetnsNames, 'of'> = new NetnsNames(),
): (inode: number) => string {
  if (!wanted) return () => ''
  return (inode) => {
    const name = names.of(inode)
    return name === THIS_NETNS ? '' : name
  }
}

/**
 * What --netns means of recorded steps: an inode, or the name as it was recorded. The namespaces need not be here any more.
 * @throws InputError for a path and for `this`
 */
export function recordedNetns(text: string | undefined): number | string | undefined {
  if (text === undefined) return undefined
  const digits = /^inode:(\d{1,10})$/.exec(text)?.[1]
  if (digits !== undefined) return Number(digits)
  if (text !== THIS_NETNS && !text.includes('/')) return text
  throw new InputError(`--netns "${text}" can't be asked of a recording: it was another host's, or another time's.`, [
    'Give the name as it was recorded, or inode:NUMBER: the steps have both.',
  ])
}
