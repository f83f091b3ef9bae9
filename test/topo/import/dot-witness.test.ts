// DOT as @ts-graphviz/ast reads it, which is the second witness of our own reader. (It knows no lines that begin with # behind
// others, no lists that end with a comma, no place of an error; it stops at 100,000 parts.)

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type ASTNode, parse } from '@ts-graphviz/ast'
import { readDot } from '../../../src/lib/topo/import/dot-graph.ts'
import { sharedPath } from '../../helpers/shared.ts'

/** Edges as `node:port node:port`, of statements that join single nodes. */
function edgesOf(node: ASTNode): string[] {
  if (node.type === 'Edge') {
    const ends = node.targets.map((end) => {
      if (end.type !== 'NodeRef') throw new Error(`${end.type} as an end`)
      return `${end.id.value}:${end.port?.value ?? ''}`
    })
    return ends.slice(1).map((end, i) => `${ends[i]} ${end}`)
  }
  return 'children' in node ? node.children.flatMap(edgesOf) : []
}

const own = `strict graph "a b" { /* x */ n1 [label="a\\"b", x=y; z=1]
  n1:p1 -- n2:"p 2" -- n3; subgraph s { n4 -- n5:p [a=b] } node [shape=box] k=v
  // comment
  -1.5:a -- .2:b }`

const texts: [string, string | undefined][] = [['own', own]]
for (const name of ['ptm-cl-fabric', 'ptm-cldemo-vagrant', 'ptm-ecmp-demo', 'ptm-gtc-nvue', 'dot-frr-all-protocol']) {
  const path = sharedPath(`captures/topology/${name}.dot`)
  texts.push([name, path === undefined ? undefined : readFileSync(path, 'utf8')])
}

for (const [name, text] of texts) {
  test(`the same edges: ${name}`, { skip: text === undefined ? 'no ../shared' : false }, () => {
    const expected = edgesOf(parse(text!))
    const found = readDot(text!, name).edges.map(
      ({ tail, head }) => `${tail.node}:${tail.port ?? ''} ${head.node}:${head.port ?? ''}`,
    )
    assert.ok(expected.length > 0)
    assert.deepEqual(found, expected)
  })
}
