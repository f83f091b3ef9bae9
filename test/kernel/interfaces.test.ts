// As root, in network namespaces of its own: interfaces as rtnetlink and ethtool tell of them.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Ethtool } from '../../src/lib/kernel/links/ethtool.ts'
import { type InterfaceChange, InterfaceList } from '../../src/lib/kernel/links/interfaces.ts'
import { libc } from '../helpers/libc.ts'
import { Namespaces, noNamespaces } from '../helpers/namespaces.ts'
import { blast, sink } from '../helpers/udp-blast.ts'

describe('interfaces', { skip: noNamespaces }, () => {
  const spaces = new Namespaces()
  let list: InterfaceList
  before(() => {
    spaces.make('a', 'b')
    list = spaces.inside('a', () => new InterfaceList(libc))
  })
  after(() => {
    list.close()
    spaces.remove()
  })

  /** `come vx`, in the order told. */
  const told = (changes: readonly InterfaceChange[]) =>
    changes.map((change) => `${change.kind} ${(change.kind === 'gone' ? change.before : change.now).name}`)

  test('loopback, a veth, a bridge with a port, a tunnel without Ethernet', () => {
    spaces.veth('a', 'va', 'b', 'vb')
    spaces.ip('a', 'link', 'set', 'va', 'address', '02:00:00:00:00:aa', 'mtu', '9000')
    spaces.ip('a', 'link', 'add', 'bridge0', 'type', 'bridge')
    spaces.ip('a', 'link', 'set', 'va', 'master', 'bridge0')
    spaces.ip('a', 'tuntap', 'add', 'tn', 'mode', 'tun')
    list.changes()
    const { index, mac, ...lo } = list.byName('lo')!
    assert.equal(index, 1)
    assert.equal(mac.length, 0)
    assert.deepEqual(lo, {
      name: 'lo',
      kind: '',
      hardwareType: 772,
      interfaceType: 24,
      hasEthernet: true,
      mtu: 65536,
      isUp: true,
      isRunning: true,
      isLoopback: true,
      isPromiscuous: false,
      master: 0,
      link: 0,
      vlanId: undefined,
    })
    const va = list.byName('va')!
    assert.deepEqual([...va.mac], [2, 0, 0, 0, 0, 0xaa])
    assert.deepEqual(
      [va.index, va.kind, va.interfaceType, va.hasEthernet, va.mtu, va.isUp, va.isRunning, va.isPromiscuous],
      [spaces.index('a', 'va'), 'veth', 6, true, 9000, true, true, true],
    )
    assert.equal(va.master, list.byName('bridge0')!.index)
    assert.equal(list.byName('bridge0')!.interfaceType, 209)
    assert.equal(list.byName('bridge0')!.isUp, false)
    const tn = list.byName('tn')!
    assert.deepEqual([tn.kind, tn.hasEthernet, tn.mac.length, tn.interfaceType], ['tun', false, 0, 131])
    assert.deepEqual(list.look(va.index), va)
    assert.equal(list.look(99_999), undefined)
  })

  test('what comes, changes, goes; one made again with the same name is another', () => {
    list.changes()
    spaces.ip('a', 'link', 'add', 'vx', 'type', 'bridge')
    assert.deepEqual(told(list.changes()), ['come vx'])
    assert.deepEqual(list.changes(), [])
    spaces.ip('a', 'link', 'set', 'vx', 'name', 'vy')
    const [renamed] = list.changes()
    assert.ok(renamed?.kind === 'changed')
    assert.deepEqual([renamed.before.name, renamed.now.name], ['vx', 'vy'])
    spaces.ip('a', 'link', 'set', 'vy', 'up')
    assert.deepEqual(told(list.changes()), ['changed vy'])
    const before = list.byName('vy')!.index
    spaces.ip('a', 'link', 'del', 'vy')
    spaces.ip('a', 'link', 'add', 'vy', 'type', 'bridge')
    assert.deepEqual(told(list.changes()), ['gone vy', 'come vy'])
    assert.notEqual(list.byName('vy')!.index, before)
    spaces.ip('a', 'link', 'set', 'va', 'netns', spaces.realName('b'))
    assert.deepEqual(told(list.changes())[0], 'gone va')
    spaces.ip('b', 'link', 'set', 'va', 'netns', spaces.realName('a'))
    spaces.ip('a', 'link', 'set', 'va', 'up')
    assert.deepEqual(told(list.changes()).at(-1), 'come va')
  })

  test('60 interfaces at once are all seen', () => {
    list.changes()
    spaces.batch(
      'a',
      Array.from({ length: 60 }, (_, k) => `link add n${k} type bridge`),
    )
    // What the interfaces before did meanwhile (a carrier that is there at last) is told, too.
    const changes = told(list.changes()).filter((word) => word.startsWith('come'))
    assert.deepEqual(changes.sort(), Array.from({ length: 60 }, (_, k) => `come n${k}`).sort())
  })

  test("counters are the kernel's", () => {
    spaces.ip('b', 'addr', 'add', '10.9.0.2/24', 'dev', 'vb')
    spaces.ip('a', 'addr', 'add', '10.9.0.1/24', 'dev', 'va')
    const close = sink(spaces, 'b', '0.0.0.0', 7777)
    blast(spaces, { from: 'a', to: '10.9.0.2', port: 7777, count: 500, bytes: [60] })
    close()
    const { rxPackets, txPackets, rxBytes, txBytes } = list.counters(spaces.index('a', 'va'))!
    const own = spaces.counters('a', 'va')
    assert.ok(own.txPackets >= 500)
    assert.deepEqual(
      {
        rxPackets: Number(rxPackets),
        txPackets: Number(txPackets),
        rxBytes: Number(rxBytes),
        txBytes: Number(txBytes),
      },
      own,
    )
    assert.deepEqual(list.allCounters().get(spaces.index('a', 'va')), list.counters(spaces.index('a', 'va')))
    assert.equal(list.counters(99_999), undefined)
  })

  test('speed, duplex and counters of the driver', () => {
    const ethtool = spaces.inside('a', () => new Ethtool(libc))
    // What veth says of itself, whatever it runs on.
    assert.deepEqual(ethtool.settings('va'), { speed: 10e9, duplex: 'full' })
    assert.deepEqual(ethtool.settings('lo'), { speed: undefined, duplex: undefined })
    assert.deepEqual(ethtool.settings('none'), { speed: undefined, duplex: undefined })
    assert.deepEqual(ethtool.settings('a name that is far too long'), { speed: undefined, duplex: undefined })
    assert.equal(ethtool.counters('va').get('peer_ifindex'), BigInt(spaces.index('b', 'vb')))
    assert.equal(ethtool.counters('lo').size, 0)
    assert.equal(ethtool.counters('none').size, 0)
    ethtool.close()
    assert.equal(ethtool.counters('va').size, 0)
  })
})
