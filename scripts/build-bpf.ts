// Compiles the programs for the kernel (*.bpf.c in src/bpf and test/bpf) into the committed objects and their manifests.
// Needs clang-19 and llvm-strip-19; users of sonde need neither.
//
//   node scripts/build-bpf.ts        BPF_CLANG, BPF_STRIP: other tools

import { globSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type BpfManifest,
  bpfFolders,
  compile,
  compilerVersion,
  describe,
  flags,
  objectNames,
  sourceHashes,
  tools,
} from './bpf-objects.ts'

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))))

const compiler = compilerVersion()
const { clang, strip } = tools()
if (compiler === undefined) throw new Error(`${clang} and ${strip} are needed: apt-get install clang-19`)
if (clang === 'clang-14') throw new Error('The committed objects are made by clang-19; for others set BPF_CLANG.')
for (const folder of bpfFolders) {
  const names = objectNames(folder)
  const objects: Record<string, ReturnType<typeof describe>> = {}
  for (const name of names) {
    const bytes = compile(folder, name)
    objects[name] = describe(name, bytes)
    writeFileSync(`${folder}/${name}.bpf.o`, bytes)
    process.stdout.write(
      `${folder}/${name}.bpf.o: ${bytes.length} bytes, ${Object.keys(objects[name].programs).join(', ')}\n`,
    )
  }
  for (const file of globSync(`${folder}/*.bpf.o`)) {
    if (!names.includes(basename(file, '.bpf.o'))) rmSync(file)
  }
  const manifest: BpfManifest = { compiler, flags: flags.join(' '), sources: sourceHashes(folder), objects }
  writeFileSync(`${folder}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`)
}
