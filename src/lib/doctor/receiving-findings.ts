// Owns what is said of receiving. Finds nothing out itself. See doctor.ts for the folder.

import { formatCount } from '../errors.ts'
import type { Finding } from './finding.ts'
import { ECHOES, type ReceivingFacts } from './receiving.ts'

/** The kernel counts so much for a datagram of 700 to 1,472 bytes, and sets twice what it grants (docs/tuning.md). */
const KERNEL_BYTES_A_DATAGRAM = 2304

const mib = (bytes: number) => `${(bytes / (1 << 20)).toFixed(bytes % (1 << 20) === 0 ? 0 : 2)} MiB`

export function judgeReceiving(facts: ReceivingFacts): Finding[] {
  return [
    koffi(facts),
    receiver(facts),
    buffer(facts),
    times(facts),
    drops(facts),
    bothFamilies(facts),
    privilegedPort(facts),
    sharedPort(facts),
  ]
}

function koffi({ withoutLibc }: ReceivingFacts): Finding {
  const what = 'koffi'
  if (withoutLibc === undefined) {
    return { what, state: 'ok', found: 'loads', means: 'System calls can be made that Node.js has not.', advice: [] }
  }
  return {
    what,
    state: 'limited',
    found: withoutLibc,
    means: 'Only what Node.js itself can do: one datagram at a time, nothing of the kernel.',
    advice: withoutLibc === 'koffi is not installed' ? ['Install it beside sonde: npm install -g koffi'] : [],
  }
}

function receiver({ echo, withoutLibc }: ReceivingFacts): Finding {
  const what = 'receiver'
  if ('failure' in echo || echo.arrived === 0) {
    return {
      what,
      state: 'no',
      found: 'failure' in echo ? echo.failure : `0 of ${ECHOES} datagrams came back over loopback`,
      means: 'sonde listen receives nothing here.',
      advice: ['Is loopback up? ip link show lo; is it filtered? sudo nft list ruleset'],
    }
  }
  const found = `${echo.live.receiver}: ${echo.arrived} of ${ECHOES} datagrams came back over loopback`
  if (echo.live.receiver === 'recvmmsg') {
    return { what, state: 'ok', found, means: 'Some hundred datagrams a system call.', advice: [] }
  }
  return {
    what,
    state: 'limited',
    found: `${found}; ${withoutLibc ?? echo.live.why}`,
    means: 'One event a datagram: several times the CPU, and loss at lower rates.',
    advice: [],
  }
}

function buffer({ echo, rmemMax }: ReceivingFacts): Finding {
  const what = 'receive buffer'
  if ('failure' in echo) {
    return { what, state: 'no', found: 'no socket', means: 'See the receiver.', advice: [] }
  }
  const { bufferGranted: granted, bufferAsked: asked } = echo.live
  const room = formatCount(Math.trunc((2 * granted) / KERNEL_BYTES_A_DATAGRAM))
  const limit = rmemMax === undefined ? '' : `, net.core.rmem_max ${mib(rmemMax)}`
  const found = `${mib(granted)} of ${mib(asked)} granted${limit}`
  const means = `Room for ${room} datagrams of 1,400 bytes while sonde is busy elsewhere.`
  if (granted >= asked) {
    const forced = rmemMax !== undefined && rmemMax < asked
    return {
      what,
      state: 'ok',
      found,
      means: forced ? `${means} Beyond rmem_max, as this user has CAP_NET_ADMIN.` : means,
      advice: [],
    }
  }
  return {
    what,
    state: 'limited',
    found,
    means,
    advice: [
      `sudo sysctl -w net.core.rmem_max=${asked}`,
      `For good: echo net.core.rmem_max=${asked} | sudo tee /etc/sysctl.d/90-sonde.conf`,
    ],
  }
}

function times({ echo }: ReceivingFacts): Finding {
  const what = 'arrival times'
  if (!('failure' in echo) && echo.kernelTimes) {
    return {
      what,
      state: 'ok',
      found: "the kernel's (SO_TIMESTAMPNS)",
      means: 'Nanoseconds, taken when the datagram arrived.',
      advice: [],
    }
  }
  return {
    what,
    state: 'limited',
    found: "the clock's",
    means: 'Milliseconds, taken when sonde got to the datagram.',
    advice: [],
  }
}

function drops({ echo }: ReceivingFacts): Finding {
  const what = 'drops of the kernel'
  const told = !('failure' in echo) && echo.live.kernelDropped !== undefined
  return told
    ? {
        what,
        state: 'ok',
        found: 'counted by the kernel',
        means: 'Loss for want of buffer is told as such.',
        advice: [],
      }
    : {
        what,
        state: 'limited',
        found: 'not told by this system',
        means: "Loss shows in the agents' numbers only, not where it was.",
        advice: [],
      }
}

function bothFamilies({ both }: ReceivingFacts): Finding {
  const what = 'IPv6 and IPv4'
  if ('failure' in both) {
    return {
      what,
      state: 'limited',
      found: both.failure,
      means: 'The default address udp://[::]:6343 does not work.',
      advice: ['Listen at an address of one family: --input udp://0.0.0.0:6343'],
    }
  }
  const { v4, v6 } = both
  const found = `one socket at [::] heard ${v4} of ${ECHOES} over IPv4, ${v6} of ${ECHOES} over IPv6`
  if (v4 > 0 && v6 > 0) return { what, state: 'ok', found, means: 'Agents of both families are heard.', advice: [] }
  const missing = v4 > 0 ? 'IPv6' : 'IPv4'
  return {
    what,
    state: 'limited',
    found,
    means: `Agents that send over ${missing} are not heard.`,
    advice:
      v4 > 0
        ? ['sudo sysctl -w net.ipv6.conf.all.disable_ipv6=0']
        : ['Give both: -i udp://[::]:6343 -i udp://0.0.0.0:6343'],
  }
}

function privilegedPort({ privilegedPort: refused }: ReceivingFacts): Finding {
  const what = 'ports below 1024'
  if (refused === undefined) {
    return { what, state: 'ok', found: 'permitted', means: 'Any port can be listened at.', advice: [] }
  }
  return {
    what,
    state: 'limited',
    found: `refused (${refused})`,
    means: "sFlow's own port is 6343, so this matters only to agents that send elsewhere.",
    advice: [
      'Listen above 1023, or permit to all users the ports from yours on, such as 514:',
      'sudo sysctl -w net.ipv4.ip_unprivileged_port_start=514',
    ],
  }
}

function sharedPort({ sharedPort: shared }: ReceivingFacts): Finding {
  const what = 'shared port'
  return shared === true
    ? {
        what,
        state: 'ok',
        found: 'two sockets had one address (SO_REUSEPORT)',
        means: 'sonde listen --workers N spreads agents over processors.',
        advice: [],
      }
    : {
        what,
        state: 'limited',
        found: shared.failure,
        means: 'One worker for each address: sonde listen --workers does not work.',
        advice: [],
      }
}
