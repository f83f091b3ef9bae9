import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { InputError } from '../../src/lib/errors.ts'
import type { TraceFormat, TraceOptions } from '../../src/lib/trace/options.ts'
import { type Beside, type PrintChoice, showLive, showRecorded } from '../../src/lib/trace/show.ts'
import { coloursOfLevel } from '../../src/lib/ui/colour.ts'
import { decodeStyle } from '../../src/lib/ui/decode-style.ts'
import { formatUtcTime } from '../../src/lib/ui/times.ts'
import { FakeTraceWatch, openerOf, traceEvent } from '../helpers/fake-trace-watch.ts'
import { everything } from '../helpers/trace-wish.ts'

const folder = mkdtempSync(join(tmpdir(), 'sonde-trace-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0
const newFile = (): string => join(folder, `${files++}.out`)

class Told implements Beside {
  readonly always: string[] = []
  readonly notes: string[] = []
  readonly details: string[] = []
  tell(line: string) {
    this.always.push(line)
  }
  note(line: string) {
    this.notes.push(line)
  }
  detail(line: string) {
    this.details.push(line)
  }
  progress() {}
  close() {}
}

function printOf(format: TraceFormat): PrintChoice {
  const view = {
    style: decodeStyle(coloursOfLevel(0)),
    width: 80,
    time: formatUtcTime,
    day: () => '',
    clock: formatUtcTime,
  }
  return { format, summary: false, top: undefined, timestamp: 'none', tcpFlags: false, verbose: false, view }
}

function optionsOf(stop: AbortSignal, limit?: number): TraceOptions {
  return {
    wish: everything,
    asked: { filter: undefined, func: 'ip_.*', ifname: undefined, netns: undefined, mark: undefined },
    limit,
    durationMs: undefined,
    stop,
    netnsName: () => '',
  }
}

async function live(format: TraceFormat, change: (watch: FakeTraceWatch) => void = () => {}, quiet = false) {
  const watch = new FakeTraceWatch()
  watch.waiting = [traceEvent(), traceEvent({ functionName: 'kfree_skb_reason', reason: 'NETFILTER_DROP' })]
  watch.seen = 1204
  watch.refused = 1202
  change(watch)
  const terminal = new Told()
  const output = newFile()
  const options = optionsOf(AbortSignal.abort())
  await showLive(options, openerOf(watch), { terminal, print: printOf(format), output, quiet, overSsh: true })
  assert.equal(watch.isOpen, false)
  return { terminal, text: readFileSync(output, 'utf8') }
}

test('a trace as lines; what is at work, and what came of it, beside them', async () => {
  const { terminal, text } = await live('table')
  const lines = text.split('\n')
  assert.equal(lines.length, 4)
  assert.match(lines[0]!, /^SKB .* FUNC$/)
  assert.match(lines[1]!, /^0xffff970bc5f568e8 1 {3}curl:7138 .*\(tcp\) +ip_rcv$/)
  assert.match(lines[2]!, /kfree_skb_reason\(NETFILTER_DROP\)$/)
  assert.deepEqual(terminal.notes, [
    'tp_btf: 27 tracepoints in 0.2 s · all packets · --func ip_.*',
    'not kprobe.multi: BPF_LINK_CREATE is not permitted (EPERM)',
    'Without a filter, packets of this ssh session are traced, too: what is printed makes more of them.',
  ])
  assert.match(terminal.always[0]!, /^2 steps of 1,204 seen in \d+ ms, 1,202 refused in the kernel\.$/)
  assert.deepEqual(terminal.always.slice(1), ['Lost in the ring: nothing.'])
})

test('loss is told at once and at the end, --quiet or not; the functions that refused with --verbose', async () => {
  const { terminal } = await live(
    'ndjson',
    (watch) => {
      watch.tier = 'fentry'
      watch.ringFull = 12_345
      watch.refusedNames = ['a', 'b']
      watch.notices = ['Functions are hidden.']
    },
    true,
  )
  const loss = 'Lost in the ring, which was full: 12,345 steps. A filter, --func or -o FILE helps.'
  assert.deepEqual(terminal.always, [`So far: ${loss}`, loss])
  assert.equal(terminal.notes[0], 'fentry: 27 functions in 0.2 s · all packets · --func ip_.*')
  assert.deepEqual(terminal.notes.slice(2, 4), [
    '2 functions could not be watched (--verbose names them)',
    'Functions are hidden.',
  ])
  assert.deepEqual(terminal.details, ['Not watched: a, b'])
})

test('as objects, and shown again from them, packed or not', async () => {
  const { text } = await live('ndjson')
  const kinds = text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { kind: string }).kind)
  assert.deepEqual(kinds, ['trace', 'step', 'step', 'trace_end'])

  const array = JSON.parse((await live('json')).text) as { kind: string }[]
  assert.deepEqual(
    array.map(({ kind }) => kind),
    ['trace', 'step', 'step', 'trace_end'],
  )

  const plain = newFile()
  const packed = newFile()
  writeFileSync(plain, text)
  writeFileSync(packed, gzipSync(text))
  const lines = (await live('table')).text
  for (const path of [plain, packed]) {
    const shown = await recorded(path, 'table')
    assert.equal(shown.text, lines)
    assert.equal(shown.isWhole, true)
    assert.match(
      shown.terminal.notes[0]!,
      /^Recorded 20\d\d-.*Z · tp_btf: 27 tracepoints · all packets · --func ip_\.\*$/,
    )
    assert.deepEqual(shown.terminal.always, ['2 steps over 0 ms.'])
  }
  // Through NDJSON nothing is lost: only the end says anew why it ended.
  assert.equal(
    (await recorded(plain, 'ndjson')).text.replace('"by":"end"', '"by":"stop"').replace(/"seconds":[\d.e-]+/, ''),
    text.replace(/"seconds":[\d.e-]+/, ''),
  )
})

async function recorded(path: string, format: TraceFormat) {
  const terminal = new Told()
  const output = newFile()
  const choice = { functions: undefined, interfaceName: undefined, netns: undefined, mark: undefined, limit: undefined }
  const options = { choice, stop: new AbortController().signal, names: true }
  const isWhole = await showRecorded(path, options, { terminal, print: printOf(format), output, quiet: false })
  return { terminal, isWhole, text: readFileSync(output, 'utf8') }
}

test('a damaged recording is shown, told line by line at first, and not whole', async () => {
  const { text } = await live('ndjson')
  const path = newFile()
  writeFileSync(
    path,
    text.replace('{"kind":"trace_end"', `${'{"kind":"step"}\n'.repeat(12)}{"kind":"trace_end"`).slice(0, -20),
  )
  const { terminal, isWhole, text: shown } = await recorded(path, 'table')
  assert.equal(isWhole, false)
  assert.equal(shown, (await live('table')).text)
  assert.equal(terminal.always.length, 14)
  assert.match(terminal.always[0]!, /\.out line 4: time is missing, needed UTC/)
  assert.equal(terminal.always[10], 'More of it is counted only.')
  assert.deepEqual(terminal.always.slice(11), [
    '2 steps over 0 ms.',
    'The recording is damaged: 13 places.',
    'The recording has no end: the trace was killed, or the file was cut.',
  ])
})

test('a capture is no recording', async () => {
  const path = newFile()
  const header = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex')
  writeFileSync(path, header)
  await assert.rejects(
    recorded(path, 'table'),
    (error) =>
      error instanceof InputError &&
      /is a capture of packets; the NDJSON of a trace is needed here/.test(error.message),
  )
})
