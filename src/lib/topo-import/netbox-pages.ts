// Owns whether all pages of a question to NetBox are there: each tells how many records the question has. Knows no cables. See
// topo-import.ts for the folder. Start at PageCounts.

import { formatCount } from '../errors.ts'
import { type JsonObject, objectsOf, textOf } from './json-text.ts'
import type { Place } from './reading.ts'

type Form = 'live' | 'graphql' | 'saved'

/** Records of one question, spread over pages. */
interface Question {
  readonly what: string
  /** The page that was read first. */
  readonly place: Place
  readonly form: Form
  /** That a page told; undefined where none does. */
  count: number | undefined
  /** Of records that were read: a page that is given twice counts once. */
  readonly ids: Set<string>
  nameless: number
  /** The last page leads to no other. */
  ended: boolean
}

export interface ShortQuestion {
  readonly place: Place
  readonly text: string
}

/** What records are called; of others it does not matter how many there are. */
function whatOf(record: JsonObject): string | undefined {
  if ('a_terminations' in record || 'termination_a_type' in record || 'termination_a' in record) return 'cables'
  if ('device' in record) return 'interfaces'
  return 'device_type' in record || 'role' in record || 'device_role' in record ? 'devices' : undefined
}

export class PageCounts {
  readonly #questions = new Map<string, Question>()

  /**
   * @param page `{"count", "next", "results"}` of REST, `{"total_count", "results"}` of GraphQL
   * @param asked the question, where it is known: saved pages belong together that tell the same count of the same things
   */
  add(page: JsonObject, place: Place, asked: string | undefined): void {
    const results = objectsOf(page.results)
    const what = results[0] === undefined ? undefined : whatOf(results[0])
    const told = textOf(page, 'count', 'total_count')
    const next = textOf(page, 'next')
    if (what === undefined || (told === undefined && next === undefined && page.previous === undefined)) return
    const count = told !== undefined && /^\d+$/.test(told) ? Number(told) : undefined
    const whole = count !== undefined && results.length >= count
    // One of several questions with as many records may be cut off, while another has all of its own.
    if (asked === undefined && whole) return
    const key = asked ?? `${what} ${count}`
    let question = this.#questions.get(key)
    if (question === undefined) {
      question = {
        what,
        place,
        form: asked !== undefined ? 'live' : 'total_count' in page ? 'graphql' : 'saved',
        count,
        ids: new Set(),
        nameless: 0,
        ended: false,
      }
      this.#questions.set(key, question)
    }
    // While pages are asked for, records may come and go.
    question.count = count
    question.ended ||= next === undefined
    for (const record of results) {
      const id = textOf(record, 'id')
      if (id === undefined) question.nameless++
      else question.ids.add(id)
    }
  }

  /** Questions of which records are missing, as clauses. */
  short(): ShortQuestion[] {
    return [...this.#questions.values()].flatMap((question) => {
      const { what, place, form, count, ids, nameless, ended } = question
      const read = ids.size + nameless
      if (count === undefined) {
        const text = `"next" leads to another page of ${what}, which is not here: nobody knows how many are missing (${remedy(form, read)})`
        return ended ? [] : [{ place, text }]
      }
      if (read >= count) return []
      const missing = count - read
      const are = missing === 1 ? '1 is' : `${formatCount(missing)} are`
      const text = `has ${formatCount(read)} of ${formatCount(count)} ${what}, ${are} missing (${remedy(form, read)})`
      return [{ place, text }]
    })
  }
}

function remedy(form: Form, read: number): string {
  switch (form) {
    case 'live':
      return 'the server ended its pages before; ask again, and look whether the token may read all'
    case 'graphql':
      return `ask again with pagination: {offset: ${read}, limit: 1000} and import all answers together`
    case 'saved':
      return 'save the pages behind it too, until "next" is null, and import all together; or sonde topo import netbox URL asks for all'
  }
}
