// Owns what the command listen loads once its flags are read: one module, as decode-run.ts. Nothing else is here.

export { listen } from '../listen/listen.ts'
export { ListenPublishing } from '../listen/publishing.ts'
export { listenExitCode, summaryLines } from '../listen/report.ts'
export { hasFailed } from '../push/account.ts'
export { openOutput } from '../sink/output.ts'
export { decodeView } from './decode-style.ts'
export { Terminal } from './terminal.ts'
