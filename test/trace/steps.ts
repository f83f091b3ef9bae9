// Steps as a trace tells them, typed out in short.

import type { TraceStep, Tuple } from '../../src/lib/trace/step.ts'

/** 2026-05-01T12:00:00Z. */
export const START = 1_777_636_800_000_000_000n

const ping: Tuple = {
  source: '10.0.0.1',
  destination: '10.0.0.2',
  sourcePort: undefined,
  destinationPort: undefined,
  protocol: 'icmp',
  flags: undefined,
}

export function tcp(source: string, destination: string, flags = 'ACK'): Tuple {
  const [from = '', sport] = source.split(':')
  const [to = '', dport] = destination.split(':')
  return {
    source: from,
    destination: to,
    sourcePort: Number(sport),
    destinationPort: Number(dport),
    protocol: 'tcp',
    flags,
  }
}

/** A step of a ping at eth0 of the network namespace 4026531840. */
export function step(micros: number, functionName: string, more: Partial<TraceStep> = {}): TraceStep {
  return {
    time: START + BigInt(Math.round(micros * 1000)),
    skb: '0xffff888000000100',
    packet: 0,
    cpu: 0,
    pid: 1234,
    process: 'ping',
    netns: 4026531840,
    netnsName: '',
    mark: 0,
    interfaceIndex: 2,
    interfaceName: 'eth0',
    ethertype: 0x0800,
    mtu: 1500,
    length: 84,
    tuple: ping,
    functionName,
    isTracepoint: false,
    reason: '',
    droppedIn: '',
    caller: '',
    stack: [],
    meta: {},
    ...more,
  }
}

/** The functions one after the other, `gap` µs apart. */
export function steps(at: number, names: readonly string[], more: Partial<TraceStep> = {}, gap = 1): TraceStep[] {
  return names.map((name, i) => step(at + i * gap, name, more))
}

export const tracepoint = { isTracepoint: true } as const
