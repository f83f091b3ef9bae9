// Owns the seam between the server and its paths: what is asked, what is answered, how a path is refused. Knows no socket. See
// serve.ts for the folder. Start at Route.

import { InputError } from '../errors.ts'
import { PROMETHEUS_CONTENT_TYPE } from '../metrics/prometheus-text.ts'

/** HEAD is answered as GET. */
export type Method = 'GET' | 'PUT' | 'POST'

export interface Asked {
  readonly method: Method
  /** What stands in the place of `{...}` in the route's path, decoded, in order. */
  readonly values: readonly string[]
  readonly query: URLSearchParams
  /** The body calls itself JSON. */
  readonly isJson: boolean
  /** Of PUT and POST; empty for GET. */
  readonly body: Uint8Array
}

export interface Answer {
  readonly status: number
  /** Content-Type; '' for none. */
  readonly type: string
  readonly text: string
}

export interface Route {
  /** `/prometheus/metrics/{agents}/{metrics}/txt` */
  readonly path: string
  /** What there is, a clause. */
  readonly about: string
  /** Answered whatever others take: it is short and costs nothing. */
  readonly always?: boolean
  /** GET alone where left out. */
  readonly methods?: readonly Method[]
  /** Told with 405: what permits another method. A sentence. */
  readonly otherMethods?: string
  /** @throws HttpError, or InputError, which is a 400 */
  answer(asked: Asked): Answer | Promise<Answer>
}

/** A request that is refused: the message is the text of the answer. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

export const TEXT_TYPE = 'text/plain; charset=utf-8'
const JSON_TYPE = 'application/json; charset=utf-8'

export const textAnswer = (text: string, status = 200): Answer => ({ status, type: TEXT_TYPE, text })
export const prometheusAnswer = (text: string): Answer => ({ status: 200, type: PROMETHEUS_CONTENT_TYPE, text })
/** What JSON can't say (NaN, infinities) is null. */
export const jsonAnswer = (value: unknown, status = 200): Answer => ({
  status,
  type: JSON_TYPE,
  text: `${JSON.stringify(value)}\n`,
})
export const nothingAnswer: Answer = Object.freeze({ status: 204, type: '', text: '' })

/** The words of an error that a person can mend; undefined for a mistake of ours. */
export function refusalOf(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error
  if (error instanceof InputError) return new HttpError(400, [error.message, ...error.nextSteps].join('\n'))
  return undefined
}

interface Place {
  readonly route: Route
  /** Undefined: any text. */
  readonly segments: readonly (string | undefined)[]
}

/** Which route a path is. */
export class Router {
  readonly #places: readonly Place[]

  constructor(routes: readonly Route[]) {
    this.#places = routes.map((route) => ({
      route,
      segments: segmentsOf(route.path).map((segment) => (segment.startsWith('{') ? undefined : segment)),
    }))
  }

  /**
   * @param path without query, as it came
   * @throws HttpError 404, 400 for what is no path
   */
  find(path: string): { readonly route: Route; readonly values: readonly string[] } {
    const segments = segmentsOf(path).map(decoded)
    for (const { route, segments: wanted } of this.#places) {
      if (wanted.length !== segments.length || !wanted.every((one, i) => one === undefined || one === segments[i])) {
        continue
      }
      return { route, values: segments.filter((_, i) => wanted[i] === undefined) }
    }
    throw new HttpError(404, `There is nothing at ${path.slice(0, MOST_SHOWN)}. / lists what there is.`)
  }
}

const MOST_SHOWN = 200

function segmentsOf(path: string): string[] {
  return path.replace(/^\/|\/$/g, '').split('/')
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new HttpError(
      400,
      `${segment.slice(0, MOST_SHOWN)} is wrongly encoded: % stands before two hexadecimal digits.`,
    )
  }
}
