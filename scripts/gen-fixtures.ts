// Writes the captures in fixtures/ that are made here: scripts/fixtures/ says what is in each. The other ones were recorded
// (fixtures/agents) or have a script of their own (fixtures/line); fixtures/MANIFEST.md lists all.

import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { forms, smallCabling } from './fixtures/cabling.ts'
import { fabric } from './fixtures/fabric.ts'
import { toClassicPcap, toPcap, toPcapng } from './fixtures/recording.ts'
import { roceFabric } from './fixtures/roce.ts'
import { flowCompact, smallFixtures } from './fixtures/small.ts'
import { readGenerated, writeGenerated, writeGeneratedBytes } from './generated-file.ts'

/** Compressed bytes differ from one release of a library to the next: a file that holds the same is left as it is. */
function writeCompressed(
  path: string,
  content: Uint8Array,
  compress: (x: Uint8Array) => Uint8Array,
  decompress: (x: Uint8Array) => Uint8Array,
): void {
  const old = readGenerated(path)
  const same = old !== undefined && Buffer.from(decompress(old)).equals(content)
  writeGeneratedBytes(path, same ? old : compress(content))
}

for (const [name, recording] of smallFixtures())
  writeGeneratedBytes(`fixtures/${name}.pcap`, toPcap(recording.inOrder()))
writeGeneratedBytes('fixtures/fabric.pcap', toPcap(fabric().inOrder()))

const roce = roceFabric()
writeGeneratedBytes('fixtures/roce.pcap', roce.pcap)
writeGenerated('fixtures/roce.topology.json', `${JSON.stringify(roce.topology, null, 2)}\n`)

const { captured } = flowCompact()
writeGeneratedBytes('fixtures/containers/microseconds.pcap', toClassicPcap(captured, false))
writeGeneratedBytes('fixtures/containers/big-endian.pcap', toClassicPcap(captured, true))
writeGeneratedBytes('fixtures/containers/pcapng.pcapng', toPcapng(captured))
writeCompressed('fixtures/containers/gzip.pcap.gz', toPcap(captured), (x) => gzipSync(x), gunzipSync)
writeCompressed('fixtures/containers/zstd.pcap.zst', toPcap(captured), (x) => zstdCompressSync(x), zstdDecompressSync)

for (const { write } of Object.values(forms)) {
  for (const [file, text] of write(smallCabling)) writeGenerated(`fixtures/topology/${file}`, text)
}
