// Owns ready-made questions: keys, values and filters under one name. Knows no flag. Start at recipes.

import { InputError } from '../errors.ts'
import type { Aggregation } from '../flow/options.ts'
import { didYouMean } from '../parse/nearest.ts'

export interface Recipe {
  readonly name: string
  /** The question that it answers. */
  readonly doc: string
  readonly keys: string
  readonly titles?: readonly string[]
  /** Default bytes,frames. */
  readonly values?: string
  readonly filter?: string
  readonly agg?: Aggregation
}

export const DEFAULT_KEYS = 'src,dst'
export const DEFAULT_VALUES = 'bytes,frames'

/** The side whose port is a well-known one is the service; where none or both are, the destination. */
const servicePort = 'if:[range:dport:0:1023]:true:dport:[if:[range:sport:0:1023]:true:sport:dport]'
const node = 'or:[node:inputifindex]:agent'
const port = (side: 'input' | 'output') => `or:[ifname:${side}ifindex]:${side}ifindex`
const ROCE = 'ibbt_offset!=null'

export const recipes: readonly Recipe[] = [
  { name: 'talkers', doc: 'Who talks to whom?', keys: 'src,dst' },
  { name: 'ports', doc: 'Which services?', keys: `proto,${servicePort}`, titles: ['proto', 'service'] },
  { name: 'protocols', doc: 'Which protocols, down to the innermost?', keys: 'stack' },
  { name: 'vlans', doc: 'How much in each VLAN?', keys: 'null:[or:vlan:vlansource]:untagged', titles: ['vlan'] },
  { name: 'macs', doc: 'Which stations, below IP?', keys: 'macsource,macdestination' },
  {
    name: 'as',
    doc: 'Between which autonomous systems, as routers tell?',
    keys: 'bgpsourceas,bgpdestinationas',
  },
  {
    name: 'tunnels',
    doc: 'Which tunnels, and what is in them?',
    keys: 'src,dst,null:[or:vxlanvni:genevevni:grevsid]:-,stack',
    titles: ['src', 'dst', 'id', 'stack'],
    filter: 'vxlanvni!=null|genevevni!=null|ipprotocol=4,41,47|ip6nexthdr=4,41,47',
  },
  { name: 'roce', doc: 'Who sends RDMA to whom?', keys: 'src,dst', filter: ROCE },
  { name: 'qp', doc: 'Which queue pairs carry it?', keys: 'src,dst,ibbtdestqp', filter: ROCE },
  {
    name: 'ecn',
    doc: 'Whose packets did switches mark as congested?',
    keys: 'src,dst',
    filter: 'ipecn=11|ip6ecn=11',
  },
  { name: 'dscp', doc: 'Which traffic classes?', keys: 'or:ipdscpname:ip6dscpname', titles: ['dscp'] },
  {
    name: 'queues',
    doc: 'Which queues are deep?',
    keys: `${node.replace('input', 'output')},${port('output')},queueindex`,
    titles: ['node', 'port', 'queue'],
    values: 'max:queuedepth,avg:queuedepth,frames',
    agg: 'sum',
  },
  {
    name: 'interfaces',
    doc: 'From which port to which?',
    keys: `${node},${port('input')},${port('output')}`,
    titles: ['node', 'in', 'out'],
    agg: 'sum',
  },
]

/** @throws InputError with what there is */
export function findRecipe(name: string): Recipe {
  const found = recipes.find((recipe) => recipe.name === name)
  if (found !== undefined) return found
  const names = recipes.map((recipe) => recipe.name)
  const meant = didYouMean(name, names)
  throw new InputError(
    `--recipe "${name}" is not understood. Give one of ${names.join(', ')}, or list.${meant ? ` ${meant}` : ''}`,
  )
}
