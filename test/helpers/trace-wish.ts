import type { TraceWish } from '../../src/lib/kernel/trace/trace-watch.ts'
import { parseWholeName } from '../../src/lib/parse/whole-name.ts'

/** Functions whose whole names fit, as `--func` reads it. */
export const named = (text: string) => parseWholeName(text, '--func')

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
