// What a screen costs this process, for programs that show one.

import type { ScreenFeed } from '../../src/lib/ui/screen/screen.ts'

/**
 * Measures from the third second to the tenth, then ends the feed.
 * @param frames how many snapshots were given so far
 * @returns a line with the size of the terminal, the share of a core and the time of a frame
 */
export function measureCost<S>(frames: () => number, what: string, feed: ScreenFeed<S>): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => {
      const [before, from, first] = [process.cpuUsage(), performance.now(), frames()]
      setTimeout(() => {
        const { user, system } = process.cpuUsage(before)
        const ms = (user + system) / 1000
        const share = ((ms / (performance.now() - from)) * 100).toFixed(1)
        const { columns, rows } = process.stdout
        resolve(`${columns}x${rows}, ${what}: ${share} % of a core, ${(ms / (frames() - first)).toFixed(1)} ms a frame`)
        feed.end()
      }, 7000)
    }, 3000)
  })
}
