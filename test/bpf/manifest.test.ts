import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { test } from 'node:test'
import {
  type BpfManifest,
  bpfFolders,
  compile,
  compilerVersion,
  describe,
  type ObjectEntry,
  objectNames,
  sourceHashes,
} from '../../scripts/bpf-objects.ts'

const here = compilerVersion()

for (const folder of bpfFolders) {
  const manifest = JSON.parse(readFileSync(`${folder}/manifest.json`, 'utf8')) as BpfManifest

  test(`${folder}: the objects were made from these sources (else: npm run bpf)`, () => {
    assert.deepEqual(manifest.sources, sourceHashes(folder))
    assert.deepEqual(Object.keys(manifest.objects).sort(), objectNames(folder))
  })

  for (const name of objectNames(folder)) {
    const bytes = new Uint8Array(readFileSync(`${folder}/${name}.bpf.o`))

    test(`${folder}/${name}.bpf.o is what the manifest says, and names no folder of a machine`, () => {
      assert.deepEqual(describe(name, bytes), manifest.objects[name])
      const text = Buffer.from(bytes).toString('latin1')
      assert.deepEqual(
        text.match(/[^\0 ]*\.bpf\.[ch]/g)?.filter((path) => !/^\.\/(src|test)\/bpf\/[^/]+$/.test(path)),
        [],
      )
      assert.doesNotMatch(text, /\/(home|root|tmp|work|usr)\//)
    })

    const other = here === manifest.compiler ? false : `needs ${manifest.compiler}, here is ${here ?? 'none'}`
    test(`${folder}/${name}.bpf.c compiles into the same programs`, { skip: here === undefined && 'no clang' }, () => {
      const sections = (entry: ObjectEntry) =>
        Object.entries(entry.programs).map(([key, { section }]) => [key, section])
      assert.deepEqual(sections(describe(name, compile(folder, name))), sections(manifest.objects[name]!))
    })

    test(`${folder}/${name}.bpf.o is made again byte for byte`, { skip: other }, () => {
      assert.ok(Buffer.from(compile(folder, name)).equals(bytes), 'other bytes: npm run bpf')
    })
  }
}

const newest = (files: readonly string[]) => Math.max(...files.map((file) => statSync(file).mtimeMs))
const stale = !existsSync('dist/bpf')
  ? 'not built'
  : newest(globSync('src/bpf/*')) > newest(globSync('dist/bpf/*')) && 'dist is older than src/bpf: npm run build'

test('the build carries the objects and their sources', { skip: stale }, () => {
  for (const name of objectNames('src/bpf')) {
    assert.ok(readFileSync(`dist/bpf/${name}.bpf.o`).equals(readFileSync(`src/bpf/${name}.bpf.o`)), name)
    assert.ok(existsSync(`dist/bpf/${name}.bpf.c`), name)
  }
})
