// Owns what is said where a server can't be reached or trusted. See http.ts for the folder. Start at describeFailure.

import { EnvironmentError } from '../errors.ts'
import { showUrl } from './url.ts'

/** What may go better when it is tried again. */
export class Passing extends Error {
  /** The server asked for a pause of so many milliseconds; 0 where it did not. */
  readonly waitMs: number
  constructor(message: string, waitMs = 0, options?: ErrorOptions) {
    super(message, options)
    this.waitMs = waitMs
  }
}

/** The signal was aborted: somebody wants no more. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** Reasons that won't go away by trying again, in words. */
const certificateFaults: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it signed its certificate itself'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate comes from an authority that is not known here'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate comes from an authority that is not known here'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate comes from an authority that is not known here'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for other names'],
])

const passingErrors: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was reset'],
  ['EPIPE', 'the connection was reset'],
  ['ETIMEDOUT', 'the connection timed out'],
  ['EHOSTUNREACH', 'there is no route to it'],
  ['ENETUNREACH', 'there is no route to it'],
  ['EAI_AGAIN', 'its name can not be looked up now'],
])

/**
 * What a request ended with, in words.
 * @param caAdvice how a person adds a certification authority
 */
export function describeFailure(error: Error, url: URL, caAdvice: string): Error {
  const code = 'code' in error ? String(error.code) : ''
  const where = showUrl(url)
  if (error instanceof Passing || error instanceof Stopped) return error
  if (error instanceof EnvironmentError) return new EnvironmentError(`${where}: ${error.message}`, error.nextSteps)
  const passing = passingErrors.get(code)
  if (passing !== undefined) return new Passing(passing, 0, { cause: error })
  const certificate = certificateFaults.get(code)
  if (certificate !== undefined) {
    return new EnvironmentError(
      `${where}: ${certificate}, so it is not trusted.`,
      [code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? 'Use a name that the certificate has.' : caAdvice],
      { cause: error },
    )
  }
  if (code === 'ENOTFOUND')
    return new EnvironmentError(`${where}: there is no host of this name.`, [], { cause: error })
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return new EnvironmentError(
      `${where}: it speaks no TLS there (${code}).`,
      ['Check the port; http:// asks without TLS.'],
      { cause: error },
    )
  }
  return new EnvironmentError(`${where}: ${error.message}.`, [], { cause: error })
}

/** What an error's body says, short. */
export function reason(text: string): string {
  const short = text
    .slice(0, 4096)
    .replace(/<[^>]*>|\s+/g, ' ')
    .trim()
    .slice(0, 200)
  return short === '' ? '(nothing)' : short
}
