// Runs the commands of docs/topology.md and puts what they print below them (console-blocks.ts); the rest of the page is written by
// hand. Needs a build.
//
//   node scripts/gen-docs-topology.ts [--check]

import { writeConsoleBlocks } from './console-blocks.ts'

writeConsoleBlocks('docs/topology.md')
