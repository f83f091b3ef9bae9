// Owns the start of the program: it gives the arguments to oclif and turns what comes out into an exit code.
// Knows no command and no flag. bin/run.js and bin/dev.js call `run`; failures are printed by failure.ts.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { PJSON } from '@oclif/core/interfaces'
import { run as runOclif } from '@oclif/core/run'
import { reportFailure } from './failure.ts'

function report(error: unknown, args: readonly string[], root: URL): number {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }
  const about = `sonde/${version} ${process.platform}-${process.arch} node-${process.version}`
  return reportFailure(error, { about, noColour: args.includes('--no-color') })
}

/**
 * Runs one command line and sets `process.exitCode`; never rejects. The process then ends by itself, when all is written.
 * @param args what stands after the program's name
 * @param root the package's folder, where package.json and oclif.manifest.json are
 * @param sources for a run without a build: package.json with the places of the sources
 */
export async function run(args: string[], root: URL, sources?: PJSON): Promise<void> {
  process.on('uncaughtException', (error) => {
    process.exit(report(error, args, root))
  })
  try {
    await runOclif(args, {
      root: fileURLToPath(root),
      userPlugins: false,
      devPlugins: false,
      ...(sources && { pjson: sources, isRoot: true, ignoreManifest: true }),
    })
  } catch (error) {
    process.exitCode = report(error, args, root)
  }
}
