// Owns what all live sources share: how they tell their progress, and doing several things at once. See topo-import.ts for the
// folder; each API has its file, live-*.ts.

export interface LiveReport {
  detail(line: string): void
  progress(label: string, done: number, total: number | undefined, note: string): void
}

/**
 * Runs `one` for each item, at most `most` at a time, and never throws before all have ended.
 * @returns in the order of the items, what each gave or threw
 */
export async function settleAll<T, R>(
  items: readonly T[],
  most: number,
  one: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = new Array(items.length)
  let next = 0
  const run = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++
      results[at] = (await Promise.allSettled([one(items[at]!)]))[0]!
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, run))
  return results
}

/** Loopback as a URL names it. */
const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127\./.test(host)

/** Addresses to which tokens and passwords would go in the clear, over more than this machine. */
export function unencrypted(urls: readonly string[]): string[] {
  return urls.filter((url) => {
    if (!URL.canParse(url)) return false
    const { protocol, hostname } = new URL(url)
    return protocol === 'http:' && !isLoopback(hostname)
  })
}

/** Between two words on how far it is while a server thinks. */
const TICK_MS = 200

/**
 * Tells progress again and again while `ask` waits for a server, so that the line is there although nothing comes.
 * @param label shown before anything was told
 */
export async function whileTelling<T>(
  report: LiveReport,
  label: string,
  ask: (report: LiveReport) => Promise<T>,
): Promise<T> {
  let last: Parameters<LiveReport['progress']> = [label, 0, undefined, 'waiting for an answer']
  const tick = setInterval(() => report.progress(...last), TICK_MS)
  try {
    return await ask({
      detail: (line) => report.detail(line),
      progress: (...now) => {
        last = now
        report.progress(...now)
      },
    })
  } finally {
    clearInterval(tick)
  }
}
