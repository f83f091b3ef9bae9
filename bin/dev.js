#!/usr/bin/env node
// Runs the sources without a build: npm run dev -- decode capture.pcap (needs tsx as loader, which that script gives).
import { readFileSync } from 'node:fs'
import { run } from '../src/main.ts'

const root = new URL('..', import.meta.url)
const text = readFileSync(new URL('package.json', root), 'utf8')
  .replaceAll('./dist/', './src/')
  .replaceAll(/(\.\/src\/[^"]+)\.js"/g, '$1.ts"')
await run(process.argv.slice(2), root, JSON.parse(text))
