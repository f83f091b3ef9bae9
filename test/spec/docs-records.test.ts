import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const text = readFileSync(join(root, 'docs/records.md'), 'utf8')

test('docs/records.md is what its generator makes of the declarations', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'scripts/gen-docs-records.ts', '--check'],
    { cwd: root, encoding: 'utf8' },
  )
  assert.equal(`${stdout}${stderr}`, '')
  assert.equal(status, 0)
})

test('every conflict C1 to C26 has what sonde does and why', () => {
  const sections = new Map(
    text
      .split(/^### /m)
      .map((section): [string, string] => [section.slice(0, section.search(/\s/)), section])
      .filter(([id]) => /^C\d+$/.test(id)),
  )
  assert.deepEqual(
    [...sections.keys()],
    Array.from({ length: 26 }, (_, i) => `C${i + 1}`),
  )
  for (const [id, section] of sections) {
    assert.match(section, /\*\*sonde\*\*/, id)
    assert.match(section, /Reason:\s/, id)
  }
})

test('links inside the document lead to headings', () => {
  const anchors = new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  )
  const links = [...text.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor!)
  assert.ok(links.length >= 120, `${links.length} links`)
  assert.deepEqual(
    links.filter((x) => !anchors.has(x)),
    [],
  )
})

test('it has the drop reasons, the first and the last, with how agents come to them', () => {
  assert.match(text, /^\| 0 \| net_unreachable \| ICMP unreachable \| sFlow version 5 \| IP_INNOROUTES \| {2}\|$/m)
  assert.match(text, /^\| 372 \| bgp_flowspec \| ACL \| host-sflow, sflowtool \| {2}\| {2}\|$/m)
  assert.equal(
    [...text.matchAll(/^\| \d+ \| \w+ \| [\w /]+ \| (?:sFlow version 5|sflow_drops|host-sflow)/gm)].length,
    133,
  )
})
