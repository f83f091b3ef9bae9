import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { InputError } from '../../src/lib/errors.ts'
import { mergeSources } from '../../src/lib/source/merge.ts'
import { openCapture, openCaptures, openFrames, type TextInput } from '../../src/lib/source/open.ts'
import { ethernet, ipv4, join, pcap, udp } from '../helpers/capture-bytes.ts'
import { readSource, temporaryFile, temporaryPath } from '../helpers/read-captures.ts'

const needed =
  'needed is pcap (a1b2c3d4 or a1b23c4d in either byte order), pcapng (0a0d0d0a), gzip or zstd of these, or sonde NDJSON ({).'
const one = pcap([{ frame: ethernet(0x0800, ipv4(udp('0a'))) }])

const refused: readonly {
  name: string
  bytes: Uint8Array | string
  message: (path: string) => string
  step?: string
}[] = [
  {
    name: 'empty',
    bytes: '',
    message: (path) => `${path} is empty (0 bytes); a capture is needed.`,
    step: 'See whether the program that wrote it had packets to write.',
  },
  {
    name: 'text',
    bytes: Buffer.from('hello, world\n'),
    message: (path) => `${path} is not a capture: it begins with "hello, w" (68 65 6c 6c 6f 2c 20 77); ${needed}`,
    step: 'Check the name; file FILE says what it may be.',
  },
  {
    name: 'blanks',
    bytes: Buffer.from(' \n'),
    message: (path) => `${path} is not a capture: it begins with " \\n" (20 0a); ${needed}`,
  },
  {
    name: 'binary',
    bytes: '00010203',
    message: (path) => `${path} is not a capture: it begins with 00 01 02 03; ${needed}`,
  },
  {
    name: 'three bytes of a magic',
    bytes: 'd4c3b2',
    message: (path) => `${path} is not a capture: it begins with d4 c3 b2; ${needed}`,
  },
  {
    name: 'modified pcap, little-endian',
    bytes: '34cdb2a1 0200 0400',
    message: (path) =>
      `${path} is a modified pcap (Kuznetzov) file (it begins with 34 cd b2 a1), whose packet headers differ; a pcap with a1 b2 c3 d4 or a1 b2 3c 4d is needed.`,
    step: 'Convert it first: editcap -F pcap FILE out.pcap',
  },
  {
    name: 'modified pcap, big-endian',
    bytes: 'a1b2cd34 0002 0004',
    message: (path) =>
      `${path} is a modified pcap (Kuznetzov) file (it begins with a1 b2 cd 34), whose packet headers differ; a pcap with a1 b2 c3 d4 or a1 b2 3c 4d is needed.`,
  },
  {
    name: 'IXIA pcap',
    bytes: 'ac01001c',
    message: (path) =>
      `${path} is a IXIA pcap (hardware) file (it begins with ac 01 00 1c), whose packet headers differ; a pcap with a1 b2 c3 d4 or a1 b2 3c 4d is needed.`,
  },
  {
    name: 'xz',
    bytes: 'fd377a585a00 0004',
    message: (path) => `${path} is packed with xz; ${needed}`,
    step: 'Unpack it first: xz -dc FILE | sonde decode -',
  },
  { name: 'snoop', bytes: '736e6f6f70000000 00000002', message: (path) => `${path} is a snoop capture; ${needed}` },
  { name: 'an ELF program', bytes: '7f454c4602010100', message: (path) => `${path} is a program (ELF); ${needed}` },
  {
    name: 'gzip of nothing',
    bytes: gzipSync(''),
    message: (path) => `The gzip content of ${path} is empty (0 bytes); a capture is needed.`,
  },
  {
    name: 'gzip of text',
    bytes: gzipSync('hi'),
    message: (path) => `The content of ${path} (gzip) is not a capture: it begins with "hi" (68 69); ${needed}`,
  },
  {
    name: 'gzip cut in its header',
    bytes: gzipSync(one).subarray(0, 10),
    message: (path) =>
      `Nothing could be unpacked of ${path}: the file ends after 10 bytes, before the end of its gzip stream; 0 bytes were unpacked.`,
    step: 'Copy it again, or check it: gzip -t, zstd -t.',
  },
  {
    name: 'packed twice',
    bytes: gzipSync(zstdCompressSync(one)),
    message: (path) => `${path} is packed twice (zstd in gzip); one packing is read.`,
    step: 'Unpack it once first: gzip -dc FILE | sonde decode -',
  },
  {
    name: 'NDJSON where nobody reads it',
    bytes: Buffer.from('{"a":1}\n'),
    message: (path) => `${path} begins with "{", so it is text; a capture is needed here.`,
  },
]

/** The InputError that opening gives. */
async function refusal(path: string): Promise<InputError> {
  const error = await openCapture(path).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof InputError, String(error))
  return error
}

describe('opening', () => {
  for (const { name, bytes, message, step } of refused) {
    test(`refused: ${name}`, async () => {
      const path = temporaryFile(join(bytes))
      const error = await refusal(path)
      assert.equal(error.message, message(path))
      if (step !== undefined) assert.deepEqual(error.nextSteps, [step])
    })
  }

  test('refused: a missing file', async () => {
    const path = temporaryPath('missing')
    const error = await refusal(path)
    assert.equal(error.message, `There is no file '${path}'.`)
    assert.deepEqual(error.nextSteps, ['Check the name; - reads from stdin.'])
  })

  test('refused: a directory', async () => {
    const path = temporaryPath('folder')
    mkdirSync(path)
    const error = await refusal(path)
    assert.equal(error.message, `${path} is a directory; a capture file is needed.`)
    assert.deepEqual(error.nextSteps, [`Name the files in it: ${path}/*.pcap`])
  })

  test('refused: a file that may not be read', {
    skip: process.getuid?.() === 0 && 'root may read every file',
  }, async () => {
    const path = temporaryFile(one)
    chmodSync(path, 0)
    const error = await refusal(path)
    assert.equal(error.message, `'${path}' can't be opened: reading it is not permitted to this user.`)
  })

  test('NDJSON goes to the reader that is given, packed or not, blank lines and byte-order mark included', async () => {
    for (const pack of [(text: Buffer) => text, gzipSync, zstdCompressSync]) {
      const text = Buffer.from('\ufeff \n\n{"a":1}\n{"b":2}\n')
      const path = temporaryFile(pack(text))
      const blocks: string[] = []
      let taken: TextInput | undefined
      const fake = await openCapture(temporaryFile(one))
      const source = await openCapture(path, {
        ports: [1],
        ndjson: (input, options) => {
          taken = input
          assert.deepEqual(options.ports, [1])
          return fake
        },
      })
      assert.equal(source, fake)
      assert.ok(taken)
      assert.equal(taken.name, path)
      for (let block = await taken.next(); block; block = await taken.next()) blocks.push(Buffer.from(block).toString())
      assert.equal(blocks.join(''), text.toString())
      assert.equal(taken.bytesRead, taken.bytesTotal)
      assert.deepEqual(taken.issues(), [])
      await taken.close()
      await fake.close()
    }
  })

  test('a stdin that is a file is read from its start, and its size is known', async () => {
    const fd = openSync(temporaryFile(one), 'r')
    const source = await openCapture('-', { stdin: fd })
    const { datagrams, report } = await readSource(source)
    closeSync(fd)
    assert.equal(source.name, 'stdin')
    assert.equal(datagrams.length, 1)
    assert.deepEqual([report.bytesRead, report.bytesTotal], [one.length, one.length])
  })

  test('several files: one that is refused costs only itself', async () => {
    const good = temporaryFile(one)
    const none = temporaryPath('none')
    const failed: string[] = []
    const sources = await openCaptures([good, none, good], {}, (error) => failed.push(error.message))
    assert.deepEqual(failed, [`There is no file '${none}'.`])
    const { datagrams } = await readSource(mergeSources(sources))
    assert.equal(datagrams.length, 2)
  })

  test('stdin is named twice', async () => {
    await assert.rejects(
      openCaptures(['-', temporaryFile(one), '-'], {}, () => undefined),
      {
        message: 'stdin (-) is named more than once; it can be read once.',
      },
    )
  })

  test('frames of NDJSON are refused', async () => {
    const path = temporaryFile(Buffer.from('{}'))
    await assert.rejects(openFrames(path), {
      message: `${path} is NDJSON, which has no whole packets; a pcap or pcapng is needed here.`,
    })
  })
})

describe('stdin as a pipe, in a child process', () => {
  const reader = fileURLToPath(new URL('../helpers/read-stdin.ts', import.meta.url))
  /** What the child read of `input`; it prints one line of JSON. */
  const childRead = (input: Uint8Array, mode = 'all'): unknown => {
    const run = spawnSync(process.execPath, ['--import', 'tsx', reader, mode], { input, timeout: 20_000 })
    assert.equal(run.status, 0, run.stderr.toString())
    return JSON.parse(run.stdout.toString())
  }
  const packets = Array.from({ length: 3000 }, (_, i) => ({
    frame: ethernet(0x0800, ipv4(udp(new Uint8Array(i % 1400)))),
    sec: i,
  }))
  const large = pcap(packets)

  test('plain, gzip and zstd', () => {
    // 3000 payloads of 0 to 1399 bytes: twice 0+...+1399, then 0+...+199.
    const want = { datagrams: 3000, bytes: 2 * 979_300 + 19_900, issues: [], bytesTotal: null }
    assert.deepEqual(childRead(large), want)
    assert.deepEqual(childRead(gzipSync(large)), want)
    assert.deepEqual(childRead(zstdCompressSync(large)), want)
  })

  test('damage in a small packed pipe loses nothing before it', () => {
    const small = pcap(packets.slice(0, 100))
    assert.deepEqual(childRead(join(gzipSync(small), Buffer.from('not gzip'))), {
      datagrams: 100,
      bytes: 4950,
      issues: ['gzip stream damaged'],
      bytesTotal: null,
    })
  })

  test('empty', () => {
    assert.deepEqual(childRead(new Uint8Array(0)), { error: 'stdin is empty (0 bytes); a capture is needed.' })
  })

  /** Runs the child with an open pipe that holds `input`; what it printed, once it has ended of itself. */
  const childWithOpenPipe = async (input: Uint8Array, mode: string): Promise<Record<string, unknown>> => {
    const child = spawn(process.execPath, ['--import', 'tsx', reader, mode], { stdio: ['pipe', 'pipe', 'inherit'] })
    let printed = ''
    child.stdout.on('data', (text: Buffer) => {
      printed += text.toString()
    })
    child.stdin.on('error', () => undefined) // the child goes while we write
    child.stdin.write(input)
    const waited = setTimeout(() => child.kill('SIGKILL'), 8000)
    const [code] = await once(child, 'close')
    clearTimeout(waited)
    child.stdin.destroy()
    assert.equal(code, 0, 'it was still running after 8 s')
    return JSON.parse(printed) as Record<string, unknown>
  }

  test('a reader that stops early ends at once, though the writer keeps the pipe open', async () => {
    const { datagrams } = await childWithOpenPipe(large.subarray(0, 100_000), 'first')
    assert.ok(Number(datagrams) > 0)
  })

  test('a source that is closed while it waits ends, and the packet that was coming is no damage', async () => {
    const some = large.subarray(0, large.length - 3)
    const want = { datagrams: 2999, bytes: 2 * 979_300 + 19_900 - 199, issues: [], bytesTotal: null }
    assert.deepEqual(await childWithOpenPipe(some, 'close'), want)
    const packed = gzipSync(large, { level: 0 })
    const gzip = await childWithOpenPipe(packed.subarray(0, packed.length - 9), 'close')
    assert.deepEqual(gzip, want)
  })
})
