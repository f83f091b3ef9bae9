import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Command } from '@oclif/core/command'
import { parse } from '@oclif/core/parser'
import { repositoryRoot } from './helpers/cli.ts'

const folder = join(repositoryRoot, 'src/commands')

async function commands(): Promise<[string, Command.Class][]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  return Promise.all(
    files.map(async (file): Promise<[string, Command.Class]> => {
      const module = (await import(pathToFileURL(join(folder, file)).href)) as { default: Command.Class }
      return [file.slice(0, -'.ts'.length), module.default]
    }),
  )
}

/** Two values of each flag that may be repeated; udp:// only where nothing else is taken. */
const twoValues: Readonly<Record<string, readonly [string, string]>> = {
  input: ['udp://:17490', 'udp://127.0.0.1:17491'],
  allow: ['10.0.0.0/8', '192.0.2.1'],
  forward: ['127.0.0.1:17492', 'collector.example:17493'],
  'map-agent': ['192.0.2.11=10.0.0.9', '192.0.2.12=10.0.0.10'],
  groups: ['sites=a.json', 'b.json'],
  map: ['a.json', 'names=b.json'],
  'fail-if': ['rows[0].share > 0.5', 'lost > 100'],
  'metrics-label': ['site=fra1', 'instance=a'],
  learn: ['a.pcap', 'b.pcap'],
  rate: ['1000', 'eth1=10'],
  meta: ['skb->mark', 'skb->dev->ifindex'],
  to: ['192.0.2.7:17494', 'collector.example:17495'],
}

/** What oclif reads of the flag alone, out of arguments and the environment. */
async function readFlag(command: Command.Class, name: string, argv: string[]): Promise<unknown> {
  const flag = command.flags[name]!
  const { flags } = await parse(argv, { flags: { [name]: flag } })
  return (flags as Record<string, unknown>)[name]
}

test('what a flag that may be repeated takes on the command line its variable takes too, in every command', async () => {
  const checked = new Set<string>()
  for (const [id, command] of await commands()) {
    for (const [name, flag] of Object.entries({ ...command.baseFlags, ...command.flags })) {
      if (flag.type !== 'option' || flag.multiple !== true) continue
      const values = twoValues[name]
      assert.ok(values !== undefined, `two values for --${name} of ${id} are missing in this test`)
      const variable = flag.env
      assert.ok(variable !== undefined, `--${name} of ${id} has no variable`)
      const given = await readFlag(
        command,
        name,
        values.flatMap((value) => [`--${name}`, value]),
      )
      const one = await readFlag(command, name, [`--${name}`, values[0]])
      try {
        process.env[variable] = values.join(',')
        assert.deepEqual(await readFlag(command, name, []), given, `${variable} of ${id}`)
        process.env[variable] = values[0]
        assert.deepEqual(await readFlag(command, name, []), one, `${variable} of ${id}`)
        assert.equal((one as unknown[]).length, 1)
        process.env[variable] = ' , '
        assert.equal(await readFlag(command, name, []), undefined, `${variable} of ${id}`)
      } finally {
        delete process.env[variable]
      }
      checked.add(`${id} ${name}`)
    }
  }
  for (const one of ['listen forward', 'replay map-agent', 'ports input', 'top-flows fail-if', 'topo/import learn']) {
    assert.ok(checked.has(one), one)
  }
})
