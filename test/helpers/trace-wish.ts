import type { TraceWish } from '../../src/lib/kernel/trace/trace-watch.ts'

/** Nothing is chosen, nothing more is asked for: the best way that this kernel permits, at all that it can hang at. */
export const everything: TraceWish = {
  filter: undefined,
  functions: undefined,
  modules: [],
  interfaceName: undefined,
  netns: undefined,
  mark: undefined,
  track: false,
  caller: false,
  stack: false,
  meta: [],
  tier: undefined,
}
