// A fabric of 5,000 switches and 10,000 links, with little memory: the bound is V8's own, so that it does not depend on when
// garbage is collected. Times and all forms: test/bench/import.bench.ts.

import assert from 'node:assert/strict'
import test from 'node:test'
import { forms, largeCabling } from '../../scripts/fixtures/cabling.ts'
import { sonde } from '../helpers/cli.ts'
import { withFiles } from './import.ts'

const cabling = largeCabling(5000, 10_000)

for (const name of ['dot', 'netbox interfaces', 'containerlab file', 'lldpd json']) {
  test(`${name}: 10,000 links within a heap of 160 MB`, async () => {
    const { kind, write } = forms[name]!
    const { stdout, stderr, code } = await withFiles(Object.fromEntries(write(cabling)), async (...paths) =>
      sonde(['topo', 'import', kind, ...paths], { env: { NODE_OPTIONS: '--max-old-space-size=160' } }),
    )
    assert.equal(code, 0, stderr.slice(-2000))
    assert.equal(Object.keys(JSON.parse(stdout).links).length, 10_000)
    assert.match(stderr, /5,480 nodes\. 10,000 links kept/)
  })
}
