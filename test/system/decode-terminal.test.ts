// `sonde decode` at a real terminal, which tmux gives: defaults, widths, what is refused, and the progress bar.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { repositoryRoot } from '../helpers/cli.ts'
import { noTerminal, Pane, quote, withTerminals } from '../helpers/pane.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { captureFile, threeDatagrams } from '../helpers/sflow-captures.ts'

async function shown(script: string, columns?: number, rows?: number): Promise<string> {
  const pane = new Pane(script, columns, rows)
  try {
    return await pane.until(/^exit \d+$/m)
  } finally {
    pane.close()
  }
}

const capture = captureFile(threeDatagrams)

describe('at a terminal', { skip: noTerminal }, () => {
  withTerminals()

  test('cards are the default; a pipe and --output get ndjson', async () => {
    const out = temporaryPath('out')
    const text = await shown(`sonde decode '${capture}' --limit 1 --utc; sonde decode '${capture}' -o '${out}'`)
    assert.match(text, /^2026-05-01T12:00:00\.123456789Z {2}192\.0\.2\.9 {2}flow sample 1$/m)
    assert.match(text, /^exit 0$/m)
    assert.match(readFileSync(out, 'utf8'), /^\{"time":/)
    assert.match(await shown(`sonde decode '${capture}' --limit 1 | cut -c1-8`), /^\{"time":\nexit 0$/)
  })

  for (const [columns, rows] of [
    [80, 24],
    [200, 50],
  ] as const) {
    test(`cards, summary and the list of fields fit ${columns} columns`, async () => {
      const file = join(repositoryRoot, 'fixtures/line/edges.pcap')
      for (const what of [`'${file}'`, `'${capture}'`, `'${file}' --summary`, '--list-fields']) {
        const pane = new Pane(`sonde decode ${what}`, columns, rows)
        try {
          await pane.until(/^exit 0$/m)
          assert.equal(pane.text({ joined: true }), pane.text(), 'no line is wrapped by the terminal')
        } finally {
          pane.close()
        }
      }
    })
  }

  test('cards use the width: what is two lines at 80 columns is one at 200', async () => {
    const script = `sonde decode '${capture}' --limit 1 --utc`
    assert.match(await shown(script, 80), /flow sample 1\n {4}1 in 1,000 of 4,711,000 {2}port 3 → 7$/m)
    assert.match(await shown(script, 200, 50), /flow sample 1 {2}1 in 1,000 of 4,711,000 {2}port 3 → 7$/m)
  })

  test('colour, and none of it with --no-color', async () => {
    const look = async (flags: string) => {
      const pane = new Pane(`sonde decode '${capture}' --limit 1 ${flags}`)
      await pane.until(/^exit 0$/m)
      const text = pane.text({ colours: true })
      pane.close()
      return text
    }
    assert.ok((await look('')).includes('\u001b['))
    assert.ok(!(await look('--no-color')).includes('\u001b['))
  })

  test('--fields is columns with a rule below their names', async () => {
    assert.match(
      await shown(`sonde decode '${capture}' --fields src,dport --limit 1`),
      /^src {8}dport\n─{16}\n192\.0\.2\.1 {4}443\nexit 0$/,
    )
  })

  test('a capture is not written to a terminal', async () => {
    const text = await shown(`sonde decode '${capture}' -f pcap`, 120)
    assert.equal(
      text,
      "--format pcap writes bytes, which a terminal can't show.\n  Write them to a file with --output FILE, or into a pipe: sonde decode ... | tshark -r -\nexit 2",
    )
  })

  test('without an input there is no waiting for the keyboard', async () => {
    assert.equal(
      await shown('sonde decode'),
      'A capture to decode is missing.\n  sonde decode FILE reads a file, sonde decode - reads stdin.\nexit 2',
    )
    assert.match(await shown('sonde decode -'), /^stdin is a terminal; a capture is needed\.\n[\s\S]*\nexit 2$/)
  })

  describe('the progress bar', () => {
    const large = temporaryPath('large.pcap')
    const whole = readFileSync(join(repositoryRoot, 'fixtures/line/mixed.pcap'))
    const bodies = Array<Buffer>(3000).fill(whole.subarray(24))
    writeFileSync(large, Buffer.concat([whole.subarray(0, 24), ...bodies]))
    const bar = /^\S*large\.pcap {3}[█▏▎▍▌▋▊▉]* *\d+ % {3}[\d,]+ samples( {3}\S+ \S+ left)?$/m

    test('is shown on a long read, is wiped, and is not in the output', async () => {
      const out = temporaryPath('cards.txt')
      const pane = new Pane(`cd ${quote(join(large, '..'))}; sonde decode ./*large.pcap -f table > '${out}'`, 120)
      try {
        await pane.until(bar)
        pane.keys('C-c')
        const end = await pane.until(/^exit \d+$/m)
        assert.match(end, /^(\^C)?Stopped after [\d,]+ samples\.\nexit 0$/)
        const cards = readFileSync(out, 'utf8')
        for (const never of ['\r', '\u001b', '█']) assert.ok(!cards.includes(never))
        assert.ok(cards.endsWith('\n\n'), 'the last card is whole')
      } finally {
        pane.close()
      }
    })

    test('of a pipe: samples, for the end is not known', async () => {
      const pane = new Pane(`cat '${large}' | sonde decode -f table -o /dev/null`)
      try {
        await pane.until(/^stdin {3}[\d,]+ samples$/m)
      } finally {
        pane.close()
      }
    })

    test('is not there with --quiet, nor where stderr is a file, nor for a short read', async () => {
      const log = temporaryPath('stderr')
      const long = `sonde decode '${large}' -f table --limit 70000 -o /dev/null`
      const script = `date +%s%N; ${long} -q; date +%s%N; ${long} 2> '${log}'; sonde decode '${capture}' -o /dev/null`
      const pane = new Pane(script)
      const seen: string[] = []
      try {
        while (!/^exit \d+$/m.test(seen.at(-1) ?? '')) {
          seen.push(pane.text())
          await sleep(50)
        }
      } finally {
        pane.close()
      }
      const [start, end] = seen.at(-1)!.split('\n').map(Number)
      assert.ok(end! - start! > 1.2e9, 'the read was long enough for a bar')
      for (const text of seen) assert.match(text, /^(\d+\n?)*(exit 0)?$/)
      assert.equal(readFileSync(log, 'utf8'), '')
    })
  })
})
