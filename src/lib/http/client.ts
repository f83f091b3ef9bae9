// Owns asking again: tries with growing pauses. See http.ts for the folder.

import { setTimeout as sleep } from 'node:timers/promises'
import { EnvironmentError } from '../errors.ts'
import { Passing, Stopped } from './failures.ts'
import { type HttpAnswer, HttpPool, type HttpRequest } from './http.ts'
import { showUrl } from './url.ts'

export interface HttpOptions {
  /** PEM file of further certification authorities. */
  readonly ca: string | undefined
  readonly timeoutMs: number
  readonly retries: number
  readonly signal: AbortSignal
  /** First pause; each is twice the one before, and up to half as long again. */
  readonly pauseMs?: number
  /** Told before a pause. */
  readonly onRetry?: (line: string) => void
}

/** Bytes of one answer; 1,000 interfaces of NetBox have 2 MB. */
const LARGEST_ANSWER = 64 << 20
/** A server that asks for a longer pause is not waited for. */
const LONGEST_PAUSE_MS = 30_000
const FIRST_PAUSE_MS = 500
/** Busy, or something between is: the same request may succeed later (RFC 9110 15.6, RFC 6585 section 4). */
const passingStatus = new Set([429, 502, 503, 504])

/** A client for a few servers; close it. */
export class HttpClient {
  readonly #options: HttpOptions
  readonly #pool: HttpPool

  /** @throws InputError where the CA file can't be read */
  constructor(options: HttpOptions) {
    this.#options = options
    this.#pool = new HttpPool({
      ca: options.ca,
      caAdvice: '--ca FILE adds the authority that signed it (PEM), or a certificate that signed itself.',
      timeoutMs: options.timeoutMs,
      largestAnswer: LARGEST_ANSWER,
    })
  }

  close(): void {
    this.#pool.close()
  }

  /**
   * Sends a request that may be sent again.
   * @returns the answer, also with a status of 400 and above that does not pass
   * @throws EnvironmentError where no answer can be had; Stopped
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { retries, signal, onRetry, pauseMs = FIRST_PAUSE_MS } = this.#options
    const where = showUrl(request.url)
    for (let tried = 0; ; tried++) {
      try {
        return refusePassing(await this.#pool.exchange(request, signal), where)
      } catch (error) {
        if (signal.aborted) throw new Stopped()
        if (!(error instanceof Passing)) throw error
        if (tried >= retries || error.waitMs > LONGEST_PAUSE_MS) {
          const tries = tried === 0 ? '' : ` (tried ${tried + 1} times)`
          throw new EnvironmentError(`${where}: ${error.message}${tries}.`, [], { cause: error })
        }
        const pause = Math.max(error.waitMs, pauseMs * 2 ** tried * (1 + Math.random() / 2))
        onRetry?.(`${where}: ${error.message}; again in ${(pause / 1000).toFixed(1)} s`)
        await sleep(pause, undefined, { signal }).catch(() => {
          throw new Stopped()
        })
      }
    }
  }
}

/** @throws Passing, EnvironmentError for a redirect */
function refusePassing(answer: HttpAnswer, where: string): HttpAnswer {
  const { status, reason, retryAfterMs, location } = answer
  if (passingStatus.has(status)) throw new Passing(`it answered ${status} ${reason}`.trim(), retryAfterMs)
  if (status >= 300 && status < 400) {
    throw new EnvironmentError(
      `${where}: it answered ${status}, a redirect to ${location ?? 'another address'}, which is not followed.`,
      ['Give the address that it leads to.'],
    )
  }
  return answer
}
