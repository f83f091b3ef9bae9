// The screen of `sonde trace` at a real terminal, of recordings: list and route, every size, from stdin, damaged.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { endJson, headJson, StepWriter } from '../../src/lib/trace/write.ts'
import { noTerminal, Pane, withTerminals } from '../helpers/pane.ts'
import { dropped, head, ping } from '../ui/screen/trace-steps.ts'

const directory = mkdtempSync(join(tmpdir(), 'sonde-trace-screen-'))
after(() => rmSync(directory, { recursive: true }))

const writer = new StepWriter()
const steps = [...dropped(0), ...ping(5_000_000, '0xffff970bc5f56900')].map((step) => writer.step(step))
const end = endJson({ steps: 10, seen: 90, refused: 80, lost: 0, seconds: 1, by: 'stop' })

function recording(name: string, lines: readonly string[]): string {
  const path = join(directory, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

const whole = recording('whole.ndjson', [headJson(head), ...steps, end])
const damaged = recording('damaged.ndjson', [headJson(head), ...steps.slice(0, 5), '{"kind":"step"', ...steps.slice(5)])

describe('a recorded trace at a terminal', { skip: noTerminal }, () => {
  withTerminals()
  test('list, packet, routes, every size, and the terminal as it was', { timeout: 60_000 }, async (t) => {
    const pane = new Pane(`sonde trace -i ${whole} --ui`, 80, 24)
    t.after(() => pane.close())
    await pane.until(/^▸\d\d:\d\d:\d\d\.\d{3} tcp 192\.168\.67\.5→54\.190\.1….38:443 +5 14\.5 µs ✗ NETFILTER_DROP$/m)
    assert.match(pane.lines()[0]!, /^ whole\.ndjson · tp_btf: 23 tracepoints +6\.01 ms +10 steps +lost 0$/)
    pane.keys('Enter')
    await pane.until(/^▸ 12\.5 µs █████▏ ✗ kfree_skb_reason NETFILTER_DROP {2}in nft_do_chain\+0x3e8$/m)
    pane.keys('BSpace', 'Down', 'Enter')
    await pane.until(/^ icmp 10\.1\.0\.1 → 10\.1\.0\.2 echo request · 5 steps in 1\.01 ms$/m)
    pane.keys('BSpace', 'r')
    await pane.until(/^ 2 packets on 2 routes · 1 dropped$/m)
    pane.keys('BSpace')
    for (const [columns, rows] of [
      [60, 14],
      [250, 60],
      [120, 40],
    ] as const) {
      pane.resize(columns, rows)
      await pane.shows((lines) => {
        assert.equal(lines.length, rows)
        assert.ok(lines.every((line) => [...line].length <= columns))
        assert.match(lines.at(-1)!, /q quit$/)
      })
    }
    await pane.until(/ │ icmp 10\.1\.0\.1 → 10\.1\.0\.2 echo request/m)
    pane.keys('q')
    await pane.until(/exit 0/)
    assert.deepEqual(pane.modes(), { otherScreen: false, cursor: true, wraps: true })
    assert.match(pane.text(), /^10 steps over /m)
  })

  test('from stdin, keys from the terminal', { timeout: 60_000 }, async (t) => {
    const pane = new Pane(`sonde trace -i - --ui < ${whole}`, 80, 12)
    t.after(() => pane.close())
    await pane.until(/^▸\d\d:.* NETFILTER_DROP$/m)
    pane.keys('d')
    await pane.until(/^ 1 packet · only dropped ones · of 2 packets$/m)
    pane.keys('q')
    await pane.until(/exit 0/)
  })

  test('damage is said on the screen, and afterwards by the exit code', { timeout: 60_000 }, async (t) => {
    const pane = new Pane(`sonde trace -i ${damaged} --ui`, 120, 20)
    t.after(() => pane.close())
    await pane.until(/^ 2 packets · .*damaged\.ndjson line 7: /m)
    pane.keys('n')
    await pane.until(/^ - .*damaged\.ndjson line 7: /m)
    pane.keys('q')
    await pane.until(/exit 3/)
    assert.match(pane.text(), /^The recording is damaged: 1 place\.$/m)
  })
})
