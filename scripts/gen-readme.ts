// Runs the commands of README.md and puts what they print below them (console-blocks.ts). Needs a build and jq.
//
//   node scripts/gen-readme.ts [--check]

import { writeConsoleBlocks } from './console-blocks.ts'

writeConsoleBlocks('README.md')
