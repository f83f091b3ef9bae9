// Owns reading the machine's files of names: services, protocols, hosts, networks, stations. Knows no filter.

import { readFileSync } from 'node:fs'

const names = ['services', 'protocols', 'hosts', 'networks', 'ethers'] as const

export type NameTexts = { [Name in (typeof names)[number]]?: string }

/** Texts of /etc/services and its like, as far as they are there and may be read; pcap-filter/names.ts takes them. */
export function readNameFiles(folder = '/etc'): NameTexts {
  const texts: NameTexts = {}
  for (const name of names) {
    try {
      texts[name] = readFileSync(`${folder}/${name}`, 'utf8')
    } catch {
      // Built-in names do.
    }
  }
  return texts
}
