// Owns the record of browser page load times (W3C Navigation Timing).
// Must not know how records are decoded. Start at extended_nav_timing.

import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const extended_nav_timing = record({
  name: 'extended_nav_timing',
  tag: [0, 2208],
  source: 'sFlow discussion list, "Navigation Timing" (W3C Navigation Timing)',
  notes:
    'Times are shifted so that the least is 1; 0 means that the event did not happen. Layout from sflow-parser only.',
  fields: [
    f('type', u32, 'kind of navigation: 0 navigate, 1 reload, 2 back or forward, 255 reserved'),
    f('redirectCount', u32, 'redirects'),
    f('navigationStart', u32, 'the previous page was asked to unload', 'ms'),
    f('unloadEventStart', u32, 'unload of the previous page began', 'ms'),
    f('unloadEventEnd', u32, 'unload of the previous page ended', 'ms'),
    f('redirectStart', u32, 'the first redirect began', 'ms'),
    f('redirectEnd', u32, 'the last redirect ended', 'ms'),
    f('fetchStart', u32, 'the browser was ready to fetch', 'ms'),
    f('domainLookupStart', u32, 'name lookup began', 'ms'),
    f('domainLookupEnd', u32, 'name lookup ended', 'ms'),
    f('connectStart', u32, 'connecting began', 'ms'),
    f('connectEnd', u32, 'connecting ended', 'ms'),
    f('secureConnectionStart', u32, 'the TLS handshake began', 'ms'),
    f('requestStart', u32, 'the request was sent', 'ms'),
    f('responseStart', u32, 'the first byte of the response came', 'ms'),
    f('responseEnd', u32, 'the last byte of the response came', 'ms'),
    f('domLoading', u32, 'parsing began', 'ms'),
    f('domInteractive', u32, 'parsing ended', 'ms'),
    f('domContentLoadedEventStart', u32, 'DOMContentLoaded handlers began', 'ms'),
    f('domContentLoadedEventEnd', u32, 'DOMContentLoaded handlers ended', 'ms'),
    f('domComplete', u32, 'the page and what it needs were loaded', 'ms'),
    f('loadEventStart', u32, 'load handlers began', 'ms'),
    f('loadEventEnd', u32, 'load handlers ended', 'ms'),
  ],
})
export type ExtendedNavTiming = Of<typeof extended_nav_timing>

/** Flow records of this file, for the registry. */
export const flow = [extended_nav_timing] as const
