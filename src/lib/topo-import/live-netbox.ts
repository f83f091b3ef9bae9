// Owns asking a NetBox: which pages, in which order, until when. What the records mean is in netbox.ts. See topo-import.ts for
// the folder.

import { EnvironmentError, formatCount, InputError } from '../errors.ts'
import type { HttpClient } from '../http/client.ts'
import { reason } from '../http/failures.ts'
import { showUrl } from '../http/url.ts'
import { isObject, type JsonObject, objectsOf, readJson, textOf } from './json-text.ts'
import type { LiveReport } from './live.ts'
import type { NetboxFilter, NetboxRecords } from './netbox.ts'

/** NetBox's own upper bound is 1,000; the server's memory is spared. */
const PAGE = 500
/** Sites that a message names. */
const MOST_CHOICES = 20
/** Where NetBox lists what a filter may be. */
const filterPaths = [
  ['site', 'dcim/sites/'],
  ['role', 'dcim/device-roles/'],
  ['tag', 'extras/tags/'],
] as const
/** 1,000,000 interfaces. */
const MOST_PAGES = 2000

/**
 * Asks for devices (roles, addresses, sites) and for cabled interfaces, whose far ends NetBox tells with patch panels passed.
 * @param base the address of the web interface; its path is kept (`https://tools.example.net/netbox`)
 * @param token `nbt_...` is sent as Bearer (4.5), any other as Token
 * @throws InputError for a token or filter that is refused; EnvironmentError
 * @see https://netboxlabs.com/docs/netbox/integrations/rest-api/; topology.md 6.4
 */
export async function fetchNetbox(
  base: URL,
  token: string,
  filter: NetboxFilter,
  records: NetboxRecords,
  client: HttpClient,
  report: LiveReport,
): Promise<void> {
  const authorization = token.includes(' ') ? token : `${token.startsWith('nbt_') ? 'Bearer' : 'Token'} ${token}`
  const sites = filter.site.map((site) => ['site', site] as const)
  const ofDevices = [
    ...sites,
    ...filter.role.map((role) => ['role', role] as const),
    ...filter.tag.map((tag) => ['tag', tag] as const),
  ]
  const pages = new Pages(base, { authorization }, filter, records, client, report)
  const devices = await pages.read('devices', ofDevices)
  if (devices === 0 && ofDevices.length > 0) {
    const asked = ofDevices.map(([name, value]) => `--${name} ${value}`).join(' ')
    throw new InputError(`${showUrl(base)}: there is no device of ${asked}.`, await pages.choices(filter))
  }
  await pages.read('interfaces', [['cabled', 'true'], ...sites])
}

class Pages {
  readonly #base: URL
  readonly #headers: Readonly<Record<string, string>>
  readonly #filter: NetboxFilter
  readonly #records: NetboxRecords
  readonly #client: HttpClient
  readonly #report: LiveReport

  constructor(
    base: URL,
    headers: Readonly<Record<string, string>>,
    filter: NetboxFilter,
    records: NetboxRecords,
    client: HttpClient,
    report: LiveReport,
  ) {
    this.#base = base
    this.#headers = headers
    this.#filter = filter
    this.#records = records
    this.#client = client
    this.#report = report
  }

  /** @returns how many records there were */
  async read(what: 'devices' | 'interfaces', query: readonly (readonly [string, string])[]): Promise<number> {
    let url = this.#url(what)
    for (const [name, value] of [...query, ['limit', String(PAGE)] as const]) url.searchParams.append(name, value)
    const seen = new Set<string>()
    let read = 0
    while (seen.size < MOST_PAGES) {
      seen.add(url.search)
      const page = await this.#page(url, what)
      const results = Array.isArray(page.results) ? page.results.length : 0
      read += results
      const count = Number(textOf(page, 'count') ?? 0)
      this.#report.progress(showUrl(this.#base), read, count, `${formatCount(read)} of ${formatCount(count)} ${what}`)
      const next = textOf(page, 'next')
      if (next === undefined) return read
      url = this.#next(what, next)
      if (seen.has(url.search)) throw this.#loop(what, `page ${seen.size} leads back to one that was read`)
      if (results === 0) throw this.#loop(what, `page ${seen.size} is empty and leads to another`)
    }
    throw this.#loop(what, `there are more than ${formatCount(MOST_PAGES)} pages`)
  }

  /** What a filter may be, a sentence for each that was given; nothing where the server does not say. */
  async choices(filter: NetboxFilter): Promise<string[]> {
    const sentences: string[] = []
    for (const [name, path] of filterPaths) {
      if (filter[name].length === 0) continue
      const url = this.#api(path)
      url.searchParams.set('limit', String(MOST_CHOICES))
      try {
        const { status, text } = await this.#client.send({ method: 'GET', url, headers: this.#headers })
        const { value } = status === 200 ? readJson(text, showUrl(url), false) : { value: null }
        const slugs = (isObject(value) ? objectsOf(value.results) : []).flatMap((one) => textOf(one, 'slug') ?? [])
        if (slugs.length > 0)
          sentences.push(`--${name} may be ${slugs.join(', ')}${slugs.length === MOST_CHOICES ? ' ...' : ''}.`)
      } catch (error) {
        // It is a help beside a failure, which is told all the same.
        if (!(error instanceof InputError || error instanceof EnvironmentError)) throw error
      }
    }
    return sentences
  }

  #url(what: string): URL {
    return this.#api(`dcim/${what}/`)
  }

  #api(path: string): URL {
    const url = new URL(this.#base)
    // A person may give the address of the API, too.
    url.pathname = `${url.pathname.replace(/\/(api\/?)?$/, '')}/api/${path}`
    url.search = ''
    return url
  }

  /** Of `next` the query alone: behind a proxy NetBox names itself by a host that can't be reached, and the token stays here. */
  #next(what: string, next: string): URL {
    const url = this.#url(what)
    if (!URL.canParse(next, url.href)) throw this.#loop(what, `"next" is no URL: ${next.slice(0, 80)}`)
    url.search = new URL(next, url).search
    return url
  }

  async #page(url: URL, what: string): Promise<JsonObject> {
    const { status, text } = await this.#client.send({ method: 'GET', url, headers: this.#headers })
    const where = showUrl(url)
    if (status === 401 || status === 403) {
      throw new InputError(`${where}: it answered ${status}: ${reason(text)}`, [
        'Check SONDE_NETBOX_TOKEN and what it may read.',
      ])
    }
    if (status === 404) {
      throw new InputError(`${where}: there is no API (404).`, [
        'Give the address of NetBox’s web interface, such as https://netbox.example.net.',
      ])
    }
    if (status === 400)
      throw new InputError(`${where}: it refused the question: ${reason(text)}`, await this.choices(this.#filter))
    if (status !== 200) throw new EnvironmentError(`${where}: it answered ${status}: ${reason(text)}`)
    const json = readJson(text, where, false)
    if (!isObject(json.value))
      throw new InputError(`${where}: the answer is no page, needed {"count", "next", "results"}.`)
    this.#records.add(json, what)
    return json.value
  }

  #loop(what: string, problem: string): EnvironmentError {
    return new EnvironmentError(
      `${showUrl(this.#url(what))}: ${problem}. Its pages do not end, so the import was stopped.`,
    )
  }
}
