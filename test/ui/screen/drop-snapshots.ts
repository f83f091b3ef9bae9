// Snapshots of `sonde drops` for the tests of its screen: of our own fixtures, through the engine.

import { join } from 'node:path'
import type { DropsChange, DropsCommand, DropsSnapshot, DropsWindow } from '../../../src/lib/drops/snapshot.ts'
import { type Asked, dropsOf, queryOf } from '../../drops/run.ts'
import { repositoryRoot } from '../../helpers/cli.ts'

export const noDrops: DropsSnapshot = {
  source: 'udp://[::]:6343',
  seconds: 72,
  datagrams: 0,
  datagramsPerSecond: 0,
  lostShare: null,
  by: ['reason', 'place', 'victim'],
  keys: '',
  filter: null,
  windowMs: 60_000,
  window: null,
  anewMs: null,
  notifications: 0,
  flowSamples: 0,
  notes: [],
  answered: 0,
  refused: null,
}

export async function snapshotOf(name: string, asked: Asked = {}): Promise<DropsSnapshot> {
  const [window] = await dropsOf(join(repositoryRoot, 'fixtures', `${name}.pcap`), asked)
  const { by, keys, filter } = queryOf(asked)
  return {
    ...{ ...noDrops, datagrams: 100, datagramsPerSecond: 12, lostShare: 0, notifications: window!.told },
    ...{ by, keys, filter: filter === '' ? null : filter, window: window!, notes: window!.notes },
  }
}

export const roce = (asked: Asked = {}): Promise<DropsSnapshot> =>
  snapshotOf('roce', { topology: join(repositoryRoot, 'fixtures/roce.topology.json'), ...asked })

/** The nth look at drops that change all the time. */
export function busyDrops(s: DropsSnapshot, n: number): DropsSnapshot {
  const window: DropsWindow = {
    ...s.window!,
    rows: s.window!.rows.map((row, i) => ({
      ...row,
      packets: ((row.packets! + 1) * ((n * 7919 + i * 104_729) % 997)) | 0,
    })),
  }
  return { ...s, seconds: n * 3, window }
}

/** Takes what a screen asks, and answers it. */
export class FakeDropEngine {
  readonly commands: DropsCommand[] = []
  readonly send = (command: DropsCommand): void => {
    this.commands.push(command)
  }

  /** What was asked, without numbers. */
  get asked(): DropsChange[] {
    return this.commands.flatMap(({ id: _, ...command }) => (command.kind === 'set' ? [command] : []))
  }
}
