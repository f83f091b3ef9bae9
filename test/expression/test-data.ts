// Data for the look-ups of expression tests: groups, maps, vendors, countries, hosts and ports typed out.

import { buildGroupSet } from '../../src/lib/expression/data/groups.ts'
import { parseVendors } from '../../src/lib/expression/data/vendors.ts'
import type { LanguageData } from '../../src/lib/expression/data.ts'

const groups = (lists: Readonly<Record<string, readonly string[]>>) =>
  buildGroupSet(new Map(Object.entries(lists)), '--groups test.json')

export const testData: LanguageData = {
  groups: new Map([
    [
      'sites',
      groups({
        office: ['10.1.0.0/16', '2001:db8::1/128'],
        lab: ['10.1.0.1', '2001:db8::/32'],
        far: ['172.16.0.0/12'],
      }),
    ],
    ['other', groups({ rest: ['0.0.0.0/0'], office: ['2001:db8::/16'] })],
    ['empty', groups({})],
  ]),
  maps: new Map([
    [
      'members',
      new Map([
        ['02000000000A', 'sender'],
        ['02:00:00:00:00:0b', 'receiver'],
        ['100', 'outer'],
        ['11', 'marked'],
        ['10.1.0.1', 'one'],
        ['2001:0db8:0::1', 'six'],
        ['RC', 'reliable'],
        ['ingress', 'in'],
      ]),
    ],
  ]),
  vendors: parseVendors('02-00-00   (hex)\t\tExample Networks\n', '--oui test'),
  country: {
    find: (address) =>
      address === '10.1.0.1' ? { code: 'DE', name: 'Germany' } : address === '2001:db8::1' ? { code: 'FR' } : undefined,
  },
  asn: {
    find: (address) => (address === '10.1.0.1' ? { number: 64_500, descr: 'EXAMPLE-AS' } : undefined),
  },
  dns: {
    name: (kind, view, at) => (kind === 4 && view.getUint32(at) === 0x0a010001 ? 'one.example.org' : undefined),
    settle: async () => {},
  },
  hosts: {
    version: 1,
    find: (high, low) =>
      high === 0x02000000 && low === 0x000a
        ? { host_name: 'gpu-1', machine_type: 'x86_64', os_name: 'linux', os_release: undefined, uuid: '564dd23c-453d' }
        : undefined,
  },
  ports: {
    version: 1,
    // The agent of build.ts: 198.51.100.9.
    node: (agent) => (agent[3] === 0xc6336409 ? 'leaf1' : undefined),
    ifname: (_, ifIndex) => (ifIndex === 3 ? 'swp3' : undefined),
    link: (_, ifIndex) => (ifIndex === 7 ? 'leaf1-spine1' : undefined),
  },
}
