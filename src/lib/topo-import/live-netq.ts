// Owns asking NetQ: login, then the LLDP records page by page. What they mean is in netq.ts. See topo-import.ts for the folder.

import { EnvironmentError, formatCount, InputError } from '../errors.ts'
import type { HttpClient } from '../http/client.ts'
import { reason } from '../http/failures.ts'
import { showUrl } from '../http/url.ts'
import type { Credentials } from './credentials.ts'
import { isObject, JsonText, readJson, textOf } from './json-text.ts'
import type { LiveReport } from './live.ts'
import { readNetqJson } from './netq.ts'
import type { Reading } from './reading.ts'

type Json = JsonText['value']

const PAGE = 1000
const MOST_PAGES = 1000
/** As many cables as a reading takes. */
const MOST_RECORDS = 250_000

/**
 * Logs in, unless a token is given, and reads object/lldp. Newer releases put /api in front, which is found out.
 * @throws InputError for credentials that are missing or refused; EnvironmentError
 * @see NetQ OpenAPI netq-231.json; topology.md 6.2
 */
export async function fetchNetq(
  base: URL,
  credentials: Credentials,
  client: HttpClient,
  report: LiveReport,
): Promise<Reading> {
  const token = credentials.get('SONDE_NETQ_TOKEN')
  const netq = new Netq(base, client)
  const authorization =
    token ?? (await netq.login(credentials.need(['SONDE_NETQ_USER', 'SONDE_NETQ_PASSWORD'], showUrl(base))))
  const records: Json[] = []
  let first: string | undefined
  let stuck = false
  for (let page = 0; ; page++) {
    if (page === MOST_PAGES || records.length > MOST_RECORDS)
      throw new EnvironmentError(
        `${showUrl(base)}: its pages do not end, after ${formatCount(page)} with ${formatCount(records.length)} LLDP records.`,
      )
    // A server may give fewer than asked for, so that only an empty page is the end.
    const list = await netq.page(authorization, records.length)
    const begin = JSON.stringify(list[0])
    if (list.length === 0) break
    // It does not know `offset`, and gives the same again: all, unless it stopped at what was asked for.
    if (begin === first) {
      stuck = records.length === PAGE
      break
    }
    first = begin
    for (const record of list) records.push(record)
    report.progress(showUrl(base), records.length, undefined, `${formatCount(records.length)} LLDP records`)
    // More than asked for: it does not know `count` either, so these are all.
    if (list.length > PAGE) break
  }
  const reading = readNetqJson(new JsonText(showUrl(base), records, new Map()))
  if (stuck) {
    reading.warn(
      'incomplete',
      undefined,
      `gives the same ${formatCount(PAGE)} LLDP records whatever offset it is asked for, there may be more (netq show lldp json on the server's command line has all)`,
    )
  }
  return reading
}

class Netq {
  readonly #base: URL
  readonly #client: HttpClient
  /** Where the API is, once it is known. */
  #prefix: string | undefined

  constructor(base: URL, client: HttpClient) {
    this.#base = base
    this.#client = client
    if (/\/api\/?$/.test(base.pathname)) this.#prefix = ''
  }

  async login([username, password]: readonly string[]): Promise<string> {
    const body = JSON.stringify({ username, password })
    const { url, status, text } = await this.#send('POST', 'auth/v1/login', {}, body)
    if (status === 401 || status === 403) {
      throw new InputError(`${showUrl(url)}: the login was refused (${status}).`, [
        'Check SONDE_NETQ_USER and SONDE_NETQ_PASSWORD.',
      ])
    }
    const { value } = status === 200 ? readJson(text, showUrl(url), false) : { value: null }
    const token = isObject(value) ? textOf(value, 'access_token') : undefined
    if (token === undefined)
      throw new EnvironmentError(
        `${showUrl(url)}: it answered ${status} without access_token: ${reason(status === 200 ? '' : text)}`,
      )
    return token
  }

  async page(authorization: string, offset: number): Promise<readonly Json[]> {
    const path = `telemetry/v1/object/lldp?count=${PAGE}&offset=${offset}`
    const { url, status, text } = await this.#send('GET', path, { authorization })
    if (status === 401 || status === 403) {
      throw new InputError(`${showUrl(url)}: it answered ${status}: ${reason(text)}`, [
        'Check SONDE_NETQ_TOKEN; it is good for a while only.',
      ])
    }
    if (status !== 200) throw new EnvironmentError(`${showUrl(url)}: it answered ${status}: ${reason(text)}`)
    const { value } = readJson(text, showUrl(url), false)
    if (Array.isArray(value)) return value as readonly Json[]
    throw new EnvironmentError(`${showUrl(url)}: the answer is no array of LLDP records.`)
  }

  /** With /api in front or without: where the first question is not answered by 404. */
  async #send(method: 'GET' | 'POST', path: string, headers: Readonly<Record<string, string>>, body?: string) {
    for (const prefix of this.#prefix === undefined ? ['', '/api'] : [this.#prefix]) {
      const url = new URL(this.#base)
      const [pathname, search] = `${url.pathname.replace(/\/$/, '')}${prefix}/netq/${path}`.split('?')
      url.pathname = pathname!
      url.search = search ?? ''
      const answer = await this.#client.send({ method, url, headers, ...(body === undefined ? {} : { body }) })
      if (answer.status === 404) continue
      this.#prefix = prefix
      return { url, ...answer }
    }
    throw new InputError(`${showUrl(this.#base)}: there is no NetQ API (404), looked for at /netq and /api/netq.`, [
      'Give the address of the NetQ server, such as https://netq.example.net.',
    ])
  }
}
