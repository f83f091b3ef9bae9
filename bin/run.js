#!/usr/bin/env node
// Old syntax and no static imports on purpose: an old Node must get as far as the message,
// and main.js must be compiled after the compile cache is on.
const version = process.versions.node.split('.').map(Number)
if (version[0] < 22 || (version[0] === 22 && version[1] < 12)) {
  process.stderr.write(`sonde needs Node.js 22.12 or newer; this is ${process.version} at ${process.execPath}.\n`)
  process.exit(5)
}
// The user's own cache folder, not the shared temporary folder that is Node's default: compiled code is executed, and
// sonde is also run by root. Where it can't be written, Node goes on without it and says nothing.
const home = process.env.XDG_CACHE_HOME || (process.env.HOME && `${process.env.HOME}/.cache`)
const cache = process.env.NODE_COMPILE_CACHE || (home && `${home}/sonde`)
if (cache) process.getBuiltinModule('node:module').enableCompileCache(cache)
import('../dist/main.js').then(
  (main) => main.run(process.argv.slice(2), new URL('..', import.meta.url)),
  (error) => {
    process.stderr.write(
      `${error.stack}\nsonde is incomplete. Install it again, or run npm run build in its repository.\n`,
    )
    process.exitCode = 70
  },
)
