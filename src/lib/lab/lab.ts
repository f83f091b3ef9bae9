// Owns the lab: a leaf-spine fabric of network namespaces with RoCEv2 traffic, to try sonde on (`sonde lab up|traffic|down`).
// Must not know the terminal, nor how samples are taken: `sonde sample` runs as a program in each switch.
// Start at plan.ts, what there is; up.ts and down.ts make it and take it away, traffic.ts sends.

export { runDown } from './down.ts'
export { runTraffic } from './traffic.ts'
export { runUp } from './up.ts'
