import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bgpConfig, zebraConfig } from '../../src/lib/lab/frr.ts'
import { switches } from '../../src/lib/lab/plan.ts'
import { staticRoutesOf } from '../../src/lib/lab/routes.ts'

test('a leaf tells BGP of its hosts, on two unnumbered sessions', () => {
  assert.equal(
    bgpConfig(switches[0]!),
    `frr defaults datacenter
hostname leaf1
router bgp 65001
 bgp router-id 192.0.2.11
 bgp bestpath as-path multipath-relax
 bgp bestpath compare-routerid
 neighbor fabric peer-group
 neighbor fabric remote-as external
 neighbor fabric capability extended-nexthop
 neighbor fabric timers connect 1
 neighbor eth1 interface peer-group fabric
 neighbor eth2 interface peer-group fabric
 address-family ipv4 unicast
  redistribute connected route-map HOST_ROUTES
 exit-address-family
 address-family ipv6 unicast
  neighbor fabric activate
  redistribute connected route-map HOST_ROUTES
 exit-address-family
route-map HOST_ROUTES permit 10
 match interface eth3
route-map HOST_ROUTES permit 20
 match interface eth4
`,
  )
  assert.equal(zebraConfig(switches[0]!), 'frr defaults datacenter\nhostname leaf1\nip nht resolve-via-default\n')
})

test('a spine has nothing of its own to tell', () => {
  const text = bgpConfig(switches[3]!)
  assert.ok(text.startsWith('frr defaults datacenter\nhostname spine2\nrouter bgp 65003\n bgp router-id 192.0.2.22\n'))
  assert.ok(!/redistribute|route-map/.test(text))
})

test('static routes: a leaf has two next hops to each far host, a spine one', () => {
  assert.deepEqual(staticRoutesOf('leaf2'), [
    'route add 172.16.1.0/24 nexthop via inet6 fe80::5f:10ff:fe00:20 dev eth1 nexthop via inet6 fe80::5f:10ff:fe00:2a dev eth2',
    'route add 2001:172:16:1::/64 nexthop via fe80::5f:10ff:fe00:20 dev eth1 nexthop via fe80::5f:10ff:fe00:2a dev eth2',
    'route add 172.16.3.0/24 nexthop via inet6 fe80::5f:10ff:fe00:20 dev eth1 nexthop via inet6 fe80::5f:10ff:fe00:2a dev eth2',
    'route add 2001:172:16:3::/64 nexthop via fe80::5f:10ff:fe00:20 dev eth1 nexthop via fe80::5f:10ff:fe00:2a dev eth2',
  ])
  assert.deepEqual(staticRoutesOf('spine1').slice(0, 4), [
    'route add 172.16.1.0/24 nexthop via inet6 fe80::5f:10ff:fe00:b dev eth1',
    'route add 2001:172:16:1::/64 nexthop via fe80::5f:10ff:fe00:b dev eth1',
    'route add 172.16.2.0/24 nexthop via inet6 fe80::5f:10ff:fe00:15 dev eth2',
    'route add 2001:172:16:2::/64 nexthop via fe80::5f:10ff:fe00:15 dev eth2',
  ])
})
