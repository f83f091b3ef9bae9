// Owns what the command trace loads once its flags are read: one module, as decode-run.ts. Nothing else is here.

export { findNetns } from '../kernel/links/netns.ts'
export { openTrace } from '../kernel/trace/open-trace.ts'
export { filterNames } from '../pcap-filter/names.ts'
export { readNameFiles } from '../sys/name-files.ts'
export { compileFilters } from '../trace/filters.ts'
export { netnsNames, recordedNetns } from '../trace/netns.ts'
export { showLive, showRecorded } from '../trace/show.ts'
export { decodeView } from './decode-style.ts'
export { screenWanted } from './screen/wanted.ts'
export { Terminal } from './terminal.ts'
