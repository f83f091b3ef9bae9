// Owns what the command sample loads once its flags are read: one module, as decode-run.ts. Nothing else is here.

export { kernelGround } from '../sample/kernel-ground.ts'
export { readConfig } from '../sample/read-config.ts'
export { summaryLines } from '../sample/report.ts'
export { runSample } from '../sample/run.ts'
export { openOutput } from '../sink/output.ts'
export { decodeView } from './decode-style.ts'
export { Terminal } from './terminal.ts'
