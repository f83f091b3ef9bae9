// The DOT reader on its own: the language's corners, faults with their lines, and another reader as witness.

import assert from 'node:assert/strict'
import test from 'node:test'
import { type ASTNode, parse } from '@ts-graphviz/ast'
import { readDotTopology } from '../../src/lib/topo-import/dot.ts'
import { readDot } from '../../src/lib/topo-import/dot-graph.ts'

const cables = (text: string): string[] =>
  readDotTopology(text, 'x.dot').cables.map(
    ({ a, b, place }) => `${a.node}:${a.port ?? ''} ${b.node}:${b.port ?? ''} ${place.line}`,
  )

const rows: readonly (readonly [dot: string, cables: readonly string[]])[] = [
  ['graph{a:1--b:2}', ['a:1 b:2 1']],
  ['graph{ a:1 -- b:2 -- c:3; }', ['a:1 b:2 1', 'b:2 c:3 1']],
  ['digraph "x" {\n"leaf 1":"swp 1" -> "s\\"1":p1;\n}', ['leaf 1:swp 1 s"1:p1 2']],
  ['strict graph { a:swp1:n -- b:"n":s }', ['a:swp1 b:n 1']],
  ['graph { a:n -- b:se }', ['a: b: 1']],
  ['graph { "le" + "af1":"swp" + "1" -- b:1 }', ['leaf1:swp1 b:1 1']],
  ['graph { "leaf1:swp1" -- "spine1:Ethernet1/1" }', ['leaf1:swp1 spine1:Ethernet1/1 1']],
  ['graph { a -- b [taillabel="swp1\\n10.0.0.1" headlabel=swp2] }', ['a:swp1 b:swp2 1']],
  ['graph { a -- b [sport=1, dport=2] }', ['a:1 b:2 1']],
  ['graph { a -- b [sport=1][dport=2] }', ['a:1 b:2 1']],
  ['graph { {a:1 b:1} -- c:9 }', ['a:1 c:9 1', 'b:1 c:9 1']],
  ['graph { c:9 -- subgraph x { a:1; b:1 } }', ['c:9 a:1 1', 'c:9 b:1 1']],
  ['graph { subgraph { a:1 -- b:1 } -- c:9 }', ['a:1 b:1 1', 'a:1 c:9 1', 'b:1 c:9 1']],
  ['graph { a:1 -- b:1 [style=invis] }', []],
  ['# one\n// two\n/* three\n four */ graph {\n a:1--b:1 # five\n}', ['a:1 b:1 5']],
  ['graph { node [shape=box]; edge [len=2]; rank=same; label="a -- b"; a:1--b:1 }', ['a:1 b:1 1']],
  ['graph { a [label=<<b>x -- y</b>>]; a:1--b:1 }', ['a:1 b:1 1']],
  ['graph { -1.5:.5 -- été:1 }', ['-1.5:.5 été:1 1']],
  ['graph { a:1--b:1 } graph { c:1--d:1 }', ['a:1 b:1 1', 'c:1 d:1 1']],
  [
    'graph { LLDP=""\n L1="match_type=portdescr"\n "leaf1":"swp1" -- "spine1":"swp1" [LLDP="lldptmpl=L1", BFD="upMinTx=400"]\n}',
    ['leaf1:swp1 spine1:swp1 3'],
  ],
  ['\ufeffGRAPH { a:1\n--\nb:1 }', ['a:1 b:1 3']],
  ['graph { "a\\\nb":1 -- c:1 }', ['ab:1 c:1 2']],
]

for (const [dot, expected] of rows) {
  test(`reads ${JSON.stringify(dot)}`, () => {
    assert.deepEqual(cables(dot), expected)
  })
}

const faults: readonly (readonly [dot: string, message: string])[] = [
  ['', 'x.dot:1: it is empty, needed a graph: graph G { "leaf1":"swp1" -- "spine1":"swp1" }.'],
  ['hello', 'x.dot:1: found "hello", needed graph or digraph.'],
  ['graph x', 'x.dot:1: the file ends, needed "{".'],
  ['graph {\n a -- b\n', 'x.dot:3: the file ends inside a graph, needed "}".'],
  ['graph {\n leaf-1 -- b\n}', 'x.dot:2: found leaf-1, which needs quotes: "leaf-1".'],
  ['graph { leaf1:Ethernet1/1 -- b }', 'x.dot:1: found "/", which names have in quotes only: "Ethernet1/1".'],
  ['graph { leaf1:swp1.100 -- b }', 'x.dot:1: found swp1.100, which needs quotes: "swp1.100".'],
  ['graph {\n a -- [x=1]\n}', 'x.dot:2: found "[", needed a node, an edge or "}".'],
  ['graph {\n "a\n}', 'x.dot:2: text begins with " and does not end.'],
  ['graph {\n /* a\n}', 'x.dot:2: a comment begins with /* and does not end, needed */.'],
  ['graph { a [b=<c> ', 'x.dot:1: the file ends, needed an attribute or "]".'],
  ['graph { a [b=<c ', 'x.dot:1: text begins with < and does not end, needed >.'],
  ['graph { a: -- b }', 'x.dot:1: found "--", needed a port behind ":".'],
  ['graph { node -- b }', 'x.dot:1: found "--", needed "[" (a node that is called node, graph or edge needs quotes).'],
]

for (const [dot, message] of faults) {
  test(`refuses ${JSON.stringify(dot)}`, () => {
    assert.throws(() => cables(dot), { name: 'InputError', message })
  })
}

test('what a node is: its own attributes, those before it, its name', () => {
  const { nodes } = readDotTopology(
    `graph {
      node [function=spine]; s1
      subgraph { node [function=host]; x1 }
      s2
      l1 [function="leaf" mgmt_ip="192.0.2.1"]
      oob [function="oob-switch"]
      web [os="yk0/ubuntu-xenial"]
      inet [function="internet" os="CumulusCommunity/cumulus-vx"]
    } graph { server07; mystery }`,
    'x.dot',
  )
  assert.deepEqual(
    [...nodes].map(([name, { cls, agent }]) => [name, cls, agent]),
    [
      ['s1', 'switch', undefined],
      ['x1', 'host', undefined],
      ['s2', 'switch', undefined],
      ['l1', 'switch', '192.0.2.1'],
      ['oob', 'management', undefined],
      ['web', 'switch', undefined],
      ['inet', 'switch', undefined],
      ['server07', 'host', undefined],
      ['mystery', undefined, undefined],
    ],
  )
})

/** Edges as @ts-graphviz/ast sees them; it knows no edge that begins with a subgraph, no `+`, no comment within an edge. */
function witnessed(dot: string): string[] {
  const edges: string[] = []
  const visit = (node: ASTNode): void => {
    if (node.type === 'Edge') {
      const ends = node.targets.map((target) => {
        if (target.type !== 'NodeRef') throw new Error('a group')
        return `${target.id.value}:${target.port?.value ?? ''}`
      })
      for (let i = 1; i < ends.length; i++) edges.push(`${ends[i - 1]} ${ends[i]}`)
    } else for (const child of node.children) visit(child)
  }
  visit(parse(dot))
  return edges
}

test('another reader sees the same edges in random graphs', () => {
  let seed = 7
  const random = (n: number): number => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return (seed >> 8) % n
  }
  const ids = ['a', 'leaf1', '"leaf 2"', '"x\\"y"', '42', '-3.5', 'é1']
  const id = (): string => ids[random(ids.length)]!
  const end = (): string => (random(3) > 0 ? `${id()}:${id()}` : id())
  const gap = (): string => [' ', '\n', ' /* c */ ', ' // c\n', '\n# c\n'][random(5)]!
  for (let round = 0; round < 300; round++) {
    const statements = Array.from({ length: 1 + random(8) }, () => {
      const kind = random(5)
      if (kind === 0) return `${id()} [label=${id()}]`
      if (kind === 1) return `subgraph s${random(9)} {${gap()}${end()} -- ${end()}${gap()}}`
      return Array.from({ length: 2 + random(2) }, end).join([' -- ', '--', '\n--\n'][random(3)]!)
    })
    const dot = `graph g {${gap()}${statements.join('\n')}${gap()}}`
    const edges: string[] = []
    readDot(dot, 'x', new Set(), {
      node() {},
      edge: (a, b) => edges.push(`${a.node}:${a.port ?? ''} ${b.node}:${b.port ?? ''}`),
    })
    // The witness keeps escapes as they are written.
    assert.deepEqual(
      edges,
      witnessed(dot).map((edge) => edge.replaceAll('\\"', '"')),
      dot,
    )
  }
})
