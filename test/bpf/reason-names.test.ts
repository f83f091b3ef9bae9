import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReasonNames } from '../../src/lib/kernel/names/reason-names.ts'

/** Types of a kernel, or of a module. */
const types = (enums: Readonly<Record<string, readonly (readonly [number, string])[]>>) => ({
  enumNames: (name: string) => (enums[name] === undefined ? undefined : new Map(enums[name])),
})

const kernel = types({
  skb_drop_reason: [
    [0, 'SKB_NOT_DROPPED_YET'],
    [1, 'SKB_CONSUMED'],
    [2, 'SKB_DROP_REASON_NOT_SPECIFIED'],
    [3, 'SKB_DROP_REASON_NO_SOCKET'],
  ],
  skb_drop_reason_subsys: [
    [0, 'SKB_DROP_REASON_SUBSYS_CORE'],
    [1, 'SKB_DROP_REASON_SUBSYS_MAC80211_UNUSABLE'],
    [3, 'SKB_DROP_REASON_SUBSYS_OPENVSWITCH'],
  ],
})
const openvswitch = types({
  ovs_drop_reason: [
    [0x30000, '__OVS_DROP_REASON'],
    [0x30001, 'OVS_DROP_LAST_ACTION'],
  ],
})

test('names of reasons without what all begin with; those of subsystems by their module', () => {
  const asked: string[] = []
  const names = new ReasonNames(kernel, (module) => {
    asked.push(module)
    return module === 'openvswitch' ? openvswitch : undefined
  })
  const cases: readonly [reason: number, name: string][] = [
    [0, 'NOT_DROPPED_YET'],
    [1, 'CONSUMED'],
    [2, 'NOT_SPECIFIED'],
    [3, 'NO_SOCKET'],
    [4711, 'CORE_4711'],
    [0x30001, 'OVS_DROP_LAST_ACTION'],
    [0x30009, 'OPENVSWITCH_9'],
    [0x10002, 'MAC80211_UNUSABLE_2'],
    [0x70005, 'SUBSYSTEM_7_5'],
    [0x30001, 'OVS_DROP_LAST_ACTION'],
  ]
  for (const [reason, name] of cases) assert.equal(names.of(reason), name)
  assert.deepEqual(asked, ['openvswitch', 'openvswitch', 'mac80211'])
})

test('a subsystem that is built in is among the types of the kernel itself', () => {
  const builtIn = types({
    skb_drop_reason: [[2, 'SKB_DROP_REASON_NOT_SPECIFIED']],
    skb_drop_reason_subsys: [[3, 'SKB_DROP_REASON_SUBSYS_OPENVSWITCH']],
    ovs_drop_reason: [[0x30002, 'OVS_DROP_ACTION_ERROR']],
  })
  const names = new ReasonNames(builtIn, () => assert.fail('no module is asked for'))
  assert.equal(names.of(0x30002), 'OVS_DROP_ACTION_ERROR')
})

test('a kernel without reasons gives none', () => {
  const names = new ReasonNames(types({}), () => undefined)
  assert.deepEqual([names.of(0), names.of(3)], ['', ''])
})
