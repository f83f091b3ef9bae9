import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeAttribute, findAttribute, findAttributes, listAttributes } from '../../src/lib/attributes/find.ts'
import { InputError } from '../../src/lib/errors.ts'

const found = (name: string) => {
  const { attribute, nth } = findAttribute(name)
  return `${attribute.name} ${nth}`
}

test('names, aliases, layers and Wireshark fields', () => {
  assert.equal(found('ipsource'), 'ipsource 0')
  assert.equal(found('ip.src'), 'ipsource 0')
  assert.equal(found('ip.src.2'), 'ipsource 2')
  assert.equal(found('vni'), 'vxlanvni 0')
  assert.equal(found('frame.len'), 'framelength 0')
  assert.equal(found('ip.tos'), 'iptos 0')
  assert.equal(found('vlan.1'), 'vlan 1')
  assert.equal(found('vlan.id.1'), 'vlan 1')
  assert.equal(found('eth.src'), 'eth.src 0')
  assert.equal(found('tcp.options.mss_val.1'), 'tcp.options.mss_val 1')
  assert.equal(findAttribute('ip.src.2').name, 'ip.src.2')
})

const message = (act: () => unknown) => {
  try {
    act()
  } catch (error) {
    assert.ok(error instanceof InputError)
    return error.message
  }
  return 'nothing was thrown'
}

test('what is said of a name that is none', () => {
  for (const [name, want] of [
    ['ipsorce', '"ipsorce" is no attribute. Did you mean ipsource or ip6source?'],
    ['ipsorce.1', '"ipsorce.1" is no attribute. Did you mean ipsource.1 or ip6source.1?'],
    ['IPSOURCE', '"IPSOURCE" is no attribute. Did you mean ipsource or ip6source?'],
    [
      'udp.port',
      '"udp.port" is no attribute here: write udp.srcport=X|udp.dstport=X in a filter, or either one as a key.',
    ],
    ['sflow.agent', '"sflow.agent" is no attribute here: write agent.'],
    ['zzzzzzzzzz', '"zzzzzzzzzz" is no attribute.'],
    ['', '"" is no attribute.'],
    ['agent.1', 'agent belongs to no layer, so it takes no .1.'],
    ['ipsource.128', 'ipsource.128 asks for a layer deeper than 127.'],
    ['ipsource.0', '"ipsource.0" is no attribute. Did you mean ipsource or ip6source?'],
    ['__proto__', '"__proto__" is no attribute.'],
    ['constructor', '"constructor" is no attribute.'],
  ] as const) {
    assert.equal(
      message(() => findAttribute(name)),
      want,
    )
  }
})

test('in a list the wrong one is marked', () => {
  assert.equal(
    message(() => findAttributes(['agent', 'ipsorce', 'dst'])),
    '"ipsorce" is no attribute. Did you mean ipsource or ip6source?\n  agent,ipsorce,dst\n        ^^^^^^^',
  )
  assert.equal(
    message(() => findAttributes(['agent', ''])),
    '"" is no attribute.\n  agent,\n        ^',
  )
})

test('descriptions say type, key and source', () => {
  const of = (name: string) => {
    const { type, storage, needs } = describeAttribute(findAttribute(name).attribute)
    return [type, storage, ...needs].join(' | ')
  }
  assert.equal(of('ipsource'), 'IPv4 | u32 | packet | flow record 0:3')
  assert.equal(of('src'), 'address | bytes16 | packet | flow record 0:3 | flow record 0:4 | flow record 0:2')
  assert.equal(of('macsource'), 'MAC | bytes6 | packet | flow record 0:2')
  assert.equal(of('ipecn'), '2 bits | u32 | packet | flow record 0:3')
  assert.equal(of('ibbtrdmava'), 'number | u64 | packet')
  assert.equal(of('linuxreason'), 'text | string | flow record 0:1042')
  assert.equal(of('ifinoctets'), 'number | u64 | counter record 0:1')
  assert.equal(of('direction'), 'name | u32 | sample')
  assert.equal(of('agent'), 'address | bytes16 | datagram')
})

test('the list has every attribute once', () => {
  const names = listAttributes().map((x) => x.attribute.name)
  assert.equal(new Set(names).size, names.length)
  assert.ok(names.includes('ibbt_offset') && names.includes('src') && names.includes('mem_free'))
})
