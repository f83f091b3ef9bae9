// Compares layers and fields of every capture in ../shared/captures/packets and roce with tshark's, live.
// Skipped with a printed line where tshark or the captures are absent.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import { describe, it } from 'node:test'
import { layersOf } from '../../src/lib/packet/full.ts'
import { layerTypes } from '../../src/lib/packet/layers.ts'
import type { Packet } from '../../src/lib/packet/packet.ts'
import { sharedPath } from '../helpers/shared.ts'
import { capturesIn, dissectHeader, framesOf, type Header } from '../packet/frames.ts'
import { fieldExcuse, frameExcuse, ourForm, tsharkForm } from './tshark-excuses.ts'
import { carrierOf, comparableName, tsharkLayers } from './tshark-names.ts'

const SEPARATOR = '\t'
const AGGREGATOR = ';'

/** tshark must look at each frame alone: no reassembly, no numbers relative to a connection's start. */
const settings = [
  // Linux's VXLAN port; and a conversation of TFTP takes every port.
  ...['-d', 'udp.port==8472,vxlan', '--disable-protocol', 'tftp'],
]
const preferences = [
  ...[
    'tcp.desegment_tcp_streams:FALSE',
    'ip.defragment:FALSE',
    'ipv6.defragment:FALSE',
    'tcp.analyze_sequence_numbers:FALSE',
  ],
  ...['sctp.reassembly:FALSE', 'gtp.dissect_tpdu_as:TPDU is a IP version 4/6 packet'],
]

function tshark(args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('tshark', args, { encoding: 'utf8', maxBuffer: 1 << 30 })
  return status === 0 || stdout !== '' ? stdout : undefined
}

const version = tshark(['--version'])?.split('\n')[0]
const packets = sharedPath('captures/packets')
const roce = sharedPath('captures/roce')
if (version === undefined) process.stdout.write('skipped: tshark is not there\n')

/** Declared names that this tshark knows. */
function knownFields(): string[] {
  const known = new Set((tshark(['-G', 'fields']) ?? '').split('\n').map((line) => line.split('\t')[2]))
  const ours = layerTypes.flatMap((type) =>
    [...type.fields.filter((x) => !x.hidden), ...type.variable].map((x) => x.name),
  )
  return [...new Set(ours)].filter((name) => known.has(name)).sort()
}

interface Row {
  readonly protocols: readonly string[]
  readonly fields: ReadonlyMap<string, readonly string[]>
}

function tsharkRows(path: string, names: readonly string[]): Row[] {
  const wanted = ['frame.encap_type', 'frame.protocols', ...names].flatMap((name) => ['-e', name])
  const form = ['-T', 'fields', '-E', `separator=/t`, '-E', `aggregator=${AGGREGATOR}`, '-E', 'occurrence=a']
  const text = tshark(['-r', path, ...settings, ...preferences.flatMap((x) => ['-o', x]), ...form, ...wanted]) ?? ''
  return (
    text
      .split('\n')
      .map((line) => line.split(SEPARATOR))
      // Blocks of pcapng that are no packets have no link type; tshark counts them as frames.
      .filter(([encapsulation = '']) => encapsulation !== '')
      .map(([, protocols = '', ...values]) => {
        const fields = new Map<string, readonly string[]>()
        for (const [i, name] of names.entries())
          fields.set(name, values[i] === '' ? [] : (values[i] ?? '').split(AGGREGATOR))
        return { protocols: protocols.split(':'), fields }
      })
  )
}

/** tshark's layers that are ours too, up to the first carrier that isn't; and why it stops there. */
function comparable(row: Row): { layers: string[]; stopped: string | undefined } {
  const layers: string[] = []
  for (const protocol of row.protocols) {
    const stopped = carrierOf(protocol, row.fields.get('udp.dstport') ?? [], row.fields.get('udp.srcport') ?? [])
    if (stopped !== undefined) return { layers, stopped }
    const name = tsharkLayers.get(protocol)
    if (name !== undefined) layers.push(name)
    if (name === 'infiniband') return { layers, stopped: 'tshark guesses at what InfiniBand carries' }
  }
  return { layers, stopped: undefined }
}

/** tshark names a stack of MPLS labels, and InfiniBand's headers, once; and a general and a special IGMP dissector. */
const onceNamed = new Set(['mpls', 'infiniband', 'igmp'])

function collapse(layers: readonly string[]): string[] {
  return layers.filter((x, i) => !(onceNamed.has(x) && layers[i - 1] === x))
}

function ourLayers(packet: Packet): string[] {
  return collapse(layersOf(packet).map((x) => comparableName(x.layer)))
}

/** Our values of a field, over all layers in order. */
function ourValues(packet: Packet): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { fields } of layersOf(packet)) {
    for (const [name, value] of Object.entries(fields)) {
      const list = found.get(name) ?? []
      found.set(name, list)
      for (const one of Array.isArray(value) ? value : [value]) list.push(ourForm(one))
    }
  }
  return found
}

const counts = { frames: 0, compared: 0, linkType: 0, fields: 0, excused: new Map<string, number>() }

function excuse(reason: string): void {
  counts.excused.set(reason, (counts.excused.get(reason) ?? 0) + 1)
}

function compareFrame(header: Header, row: Row, names: readonly string[], differences: string[]): void {
  counts.frames++
  if (header.protocol === 0) {
    counts.linkType++
    return
  }
  const where = `${header.file} frame ${header.number}`
  const packet = dissectHeader(header)
  const reason = frameExcuse(header.file, row.protocols)
  if (reason !== undefined) {
    excuse(reason)
    return
  }
  const ours = ourLayers(packet)
  const { layers, stopped } = comparable(row)
  const theirs = collapse(header.start === 0 ? layers : layers.slice(layers.indexOf(ours[0] ?? '')))
  if (ours.join(' ') !== theirs.join(' ')) {
    differences.push(`${where}: layers ${ours.join(' ')}, tshark ${row.protocols.join(':')}`)
    return
  }
  counts.compared++
  if (stopped !== undefined) excuse(`not followed: ${stopped}`)
  const values = ourValues(packet)
  for (const name of names) {
    const mine = values.get(name) ?? []
    let other = (row.fields.get(name) ?? []).map((x) => tsharkForm(name, x))
    if (stopped !== undefined) other = other.slice(0, mine.length)
    if (mine.join(' ') === other.join(' ')) {
      if (mine.length > 0) counts.fields += mine.length
      continue
    }
    const why = fieldExcuse(name, mine, other, row.protocols)
    if (why === undefined) differences.push(`${where}: ${name} ${mine.join(' ')}, tshark ${other.join(' ')}`)
    else excuse(why)
  }
}

describe('tshark sees the same layers and fields', { skip: version === undefined || packets === undefined }, () => {
  const names = version === undefined ? [] : knownFields()
  for (const path of [packets, roce].flatMap((folder) => (folder === undefined ? [] : capturesIn(folder)))) {
    it(basename(path), async (t) => {
      const rows = tsharkRows(path, names)
      const frames = await framesOf(path).catch(() => undefined)
      if (frames === undefined) {
        t.diagnostic('not a capture that can be opened')
        return
      }
      const differences: string[] = []
      for (const header of frames) {
        const row = rows[header.number - 1]
        if (row !== undefined) compareFrame(header, row, names, differences)
      }
      assert.deepEqual(differences.slice(0, 20), [])
    })
  }

  it('says what was compared', () => {
    const excused = [...counts.excused].map(([reason, n]) => `  excused ${n}: ${reason}\n`).join('')
    process.stdout.write(
      `${version}: ${counts.frames} frames, ${counts.compared} compared, ${counts.linkType} of other link types, ` +
        `${counts.fields} field values equal\n${excused}`,
    )
    assert.ok(counts.compared > 4000, `only ${counts.compared} frames compared`)
    assert.ok(counts.fields > 80_000, `only ${counts.fields} field values compared`)
  })
})
