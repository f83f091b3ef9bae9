// Owns asking routes in tests, without a socket, of what the agents of a story have told.

import type { Companion } from '../../src/lib/analysis/companion.ts'
import type { Places } from '../../src/lib/analysis/publish.ts'
import { noData } from '../../src/lib/expression/data.ts'
import { Beside } from '../../src/lib/serve/beside.ts'
import { type Method, type Route, Router, refusalOf } from '../../src/lib/serve/route.ts'
import { NOON, Story } from '../port-rates/watch.ts'

/** A story whose samples go to what stands beside, and a clock that the test sets, in seconds since noon. */
export class Served {
  readonly story = new Story()
  readonly beside: Beside
  readonly fed: { agents: Story['watch']['agents']; companions: readonly Companion[] }
  now = 0

  constructor(places: Partial<Places> = {}) {
    const { watch } = this.story
    this.fed = { agents: watch.agents, companions: [] }
    watch.others.push({
      sample: (view) => {
        for (const one of this.fed.companions) one.sample(view)
      },
      advance: () => [],
      finish: () => [],
    })
    const all = { topology: undefined, names: true, ignoreCase: false, data: noData, ...places }
    this.beside = new Beside(this.fed, all, () => (NOON + this.now) * 1000)
  }
}

export interface Reply {
  readonly status: number
  readonly type: string
  readonly text: string
}

/** As the server does. */
export async function ask(
  routes: readonly Route[],
  target: string,
  { method = 'GET', body = '', isJson = true }: { method?: Method; body?: string; isJson?: boolean } = {},
): Promise<Reply> {
  const url = new URL(target, 'http://x')
  try {
    const { route, values } = new Router(routes).find(url.pathname)
    const bytes = new TextEncoder().encode(body)
    return await route.answer({ method, values, query: url.searchParams, isJson, body: bytes })
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === undefined) throw error
    return { status: refusal.status, type: 'refused', text: refusal.message }
  }
}

/** Lines without comments. */
export const seriesOf = ({ text }: Reply): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
