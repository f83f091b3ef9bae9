import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { InputError } from '../../../src/lib/errors.ts'
import { loadLanguageData } from '../../../src/lib/expression/data/load.ts'
import { writeMmdb } from './mmdb.ts'

const folder = mkdtempSync(join(tmpdir(), 'sonde-look-ups-'))
after(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

test('sets of groups: several in a file, or one with the name given or of the file', async () => {
  const several = file('several.json', '{"sites":{"office":["10.1.0.0/16"]},"other":{"x":"192.0.2.1"}}')
  const one = file('mine.v2.json', '{"lab":["10.2.0.0/16","2001:db8::/32"]}')
  const data = await loadLanguageData({ groups: [several, one, `named=${one}`] })
  assert.deepEqual([...data.groups.keys()], ['sites', 'other', 'mine.v2', 'named'])
  assert.deepEqual(data.groups.get('sites')!.names, ['office'])
  assert.equal(data.groups.get('named')!.find4(0x0a020001), 0)
  assert.equal(data.groups.get('other')!.find4(0xc0000201), 0)
  assert.equal(data.groups.get('other')!.find4(0xc0000202), -1)
})

test('maps are turned round', async () => {
  const path = file(
    'map.json',
    '{"members":{"a":["02000000000A","020000000001"],"b":"020000000002","c":["02000000000A"]}}',
  )
  const { maps } = await loadLanguageData({ maps: [path] })
  assert.deepEqual(
    [...maps.get('members')!],
    [
      ['02000000000A', 'a'],
      ['020000000001', 'a'],
      ['020000000002', 'b'],
    ],
  )
})

test('vendors and MaxMind-format files; nothing is there without a file', async () => {
  const data = await loadLanguageData({
    vendors: file('oui.txt', '02-00-00   (hex)\t\tExample\n'),
    country: file('c.mmdb', writeMmdb({ '10.0.0.0/8': { country: { iso_code: 'DE' } } })),
    asn: file('a.mmdb', writeMmdb({ '10.0.0.0/8': { autonomous_system_number: 1 } })),
    dns: true,
  })
  assert.deepEqual(data.vendors!.names, ['Example'])
  assert.deepEqual(data.country!.find('10.0.0.1'), { code: 'DE' })
  assert.deepEqual(data.asn!.find('10.0.0.1'), { number: 1 })
  assert.ok(data.dns !== undefined)
  const none = await loadLanguageData({})
  assert.deepEqual([none.groups.size, none.maps.size], [0, 0])
  assert.deepEqual(
    [none.vendors, none.country, none.asn, none.dns, none.hosts, none.ports],
    new Array(6).fill(undefined),
  )
})

test('what is wrong with a file is told with flag and file', async () => {
  const bad = (name: string, content: string) => ({ groups: [file(name, content)] })
  const shape = 'Give {"SET": {"name": ["value", ...]}}, or one set alone: {"name": ["value", ...]}.'
  for (const [files, message] of [
    [
      { groups: [join(folder, 'missing.json')] },
      `--groups ${folder}/missing.json can't be read: there is no such file.`,
    ],
    [{ maps: [folder] }, `--map ${folder} can't be read: that is a folder.`],
    [{ vendors: join(folder, 'no') }, `--oui ${folder}/no can't be read: there is no such file.`],
    [{ country: join(folder, 'no') }, `--country ${folder}/no can't be read: there is no such file.`],
    [{ country: file('no.mmdb', 'text') }, `--country ${folder}/no.mmdb is no MaxMind-format file (mmdb).`],
    [{ groups: [''] }, '--groups needs a file.'],
    [bad('a.json', '[1]'), `--groups ${folder}/a.json is no JSON object. ${shape}`],
    [bad('b.json', '{"x": 5}'), `--groups ${folder}/b.json: "x" is no list of texts. ${shape}`],
    [bad('c.json', '{"x": ["10.0.0.0/8", 5]}'), `--groups ${folder}/c.json: "x" is no list of texts. ${shape}`],
    [
      bad('d.json', '{"s": {"x": ["10.0.0.0/8"]}, "t": []}'),
      `--groups ${folder}/d.json: "s" is no list of texts. ${shape}`,
    ],
    [
      bad('e.json', '{"s": {"x": ["10.0.0"]}}'),
      `--groups ${folder}/e.json, set s, group x: "10.0.0" is not understood. Give an address or a prefix, such as 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32.`,
    ],
  ] as const) {
    await assert.rejects(
      () => loadLanguageData(files),
      (error) => {
        assert.ok(error instanceof InputError)
        assert.equal(error.message, message)
        return true
      },
    )
  }
  await assert.rejects(
    () => loadLanguageData(bad('f.json', '{"x":')),
    (error) => error instanceof InputError && error.message.startsWith(`--groups ${folder}/f.json is no JSON: `),
  )
})
