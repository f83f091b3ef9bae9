// Owns NetBox's records: cables, interfaces and devices of the REST API (before 3.3 and since) and of GraphQL. See topo-import.ts for
// the folder; which pages are asked for is in live-netbox.ts. Start at NetboxRecords.

import { InputError } from '../errors.ts'
import { didYouMean } from '../parse/nearest.ts'
import { isManagementPort } from '../topo/management-port.ts'
import { naturalOrder } from '../topo/natural-order.ts'
import { isObject, type JsonObject, type JsonText, objectOf, objectsOf, textOf } from './json-text.ts'
import { usableAddress } from './lldp-records.ts'
import { PageCounts } from './netbox-pages.ts'
import { type End, formatPlace, type NodeFacts, Reading, Weight } from './reading.ts'
import { classOfName, classOfRole } from './roles.ts'

type Json = JsonText['value']

/** Which devices are wanted; names or slugs, any case; an empty list wants all. */
export interface NetboxFilter {
  readonly site: readonly string[]
  readonly role: readonly string[]
  readonly tag: readonly string[]
}

/** What a device has of a filter's members. */
type Labels = ReadonlyMap<keyof NetboxFilter, readonly string[]>

const interfaceType = 'dcim.interface'

/** The records of all pages, in any order: cables may come before the devices that tell their roles. */
export class NetboxRecords {
  readonly reading: Reading
  readonly #filter: NetboxFilter
  readonly #labels = new Map<string, Labels>()
  readonly #unusable = new Map<string, number>()
  readonly #pages = new PageCounts()
  #interfaces = 0
  #cables = 0
  /** Records of other kinds. */
  #others = 0

  constructor(source: string, filter: NetboxFilter) {
    this.reading = new Reading('netbox', source, 'records')
    this.#filter = filter
  }

  /** No page had a record. */
  get isEmpty(): boolean {
    return this.#interfaces + this.#cables + this.#others + this.reading.nodes.size === 0
  }

  /**
   * Takes a page, a bare array, a GraphQL answer, or an object of several of those.
   * @param asked which question the page answers, where it was asked now
   * @throws InputError for an error that NetBox answered with, and for what holds no record
   */
  add(json: JsonText, asked?: string): void {
    const { value } = json
    this.reading.source = json.what
    if (isObject(value) && typeof value.detail === 'string') {
      throw new InputError(`${json.what}: NetBox answered "${value.detail}", needed a page of records.`)
    }
    const errors = isObject(value) ? objectsOf(value.errors) : []
    if (errors[0] !== undefined) {
      throw new InputError(`${json.what}: GraphQL says "${textOf(errors[0], 'message') ?? 'an error'}".`)
    }
    if (!this.#addList(json, value, 0, asked)) {
      throw new InputError(
        `${json.what}: there are no records of NetBox, needed pages of api/dcim/interfaces/, api/dcim/cables/ or api/dcim/devices/.`,
      )
    }
  }

  #addList(json: JsonText, value: Json | undefined, depth: number, asked?: string): boolean {
    if (Array.isArray(value)) {
      for (const record of objectsOf(value)) this.#addRecord(json, record)
      return true
    }
    if (!isObject(value) || depth > 3) return false
    if (value.results !== undefined) {
      this.#pages.add(value, this.reading.at(json.lineOf(value)), asked)
      return this.#addList(json, value.results, depth + 1)
    }
    let found = false
    for (const member of Object.values(value)) found = this.#addList(json, member, depth + 1) || found
    return found
  }

  #addRecord(json: JsonText, record: JsonObject): void {
    const line = json.lineOf(record)
    if ('a_terminations' in record || 'termination_a_type' in record || 'termination_a' in record)
      this.#cable(record, line)
    else if ('device' in record || 'virtual_machine' in record) this.#interface(record, line)
    else if ('device_type' in record || 'role' in record || 'device_role' in record) this.#device(record, line)
    else this.#others++
  }

  // devices

  #device(record: JsonObject, line: number | undefined): void {
    const name = textOf(record, 'name', 'display', 'display_name')
    if (name === undefined) return
    const facts = this.reading.node(name, line)
    const role = objectOf(record, 'role', 'device_role')
    const label = [role && textOf(role, 'slug'), role && textOf(role, 'name')].filter((x) => x !== undefined)
    if (label.length > 0) this.reading.hint(facts, classOfRole(label.join(' ')), Weight.role)
    const address = objectOf(record, 'primary_ip4', 'primary_ip', 'primary_ip6')
    facts.agent = usableAddress(address && textOf(address, 'address'))
    const site = objectOf(record, 'site')
    this.#labels.set(
      name,
      new Map([
        ['site', labelsOf(site)],
        ['role', labelsOf(role)],
        ['tag', tagsOf(record)],
      ]),
    )
  }

  // interfaces

  /**
   * An interface with its far end, patch panels passed: `connected_endpoints` since 3.3, `connected_endpoint` before,
   * `connected_interface` before 2.5.
   */
  #interface(record: JsonObject, line: number | undefined): void {
    this.#interfaces++
    this.reading.records++
    const near = endOf(record)
    if (near === undefined) {
      this.reading.leave('of no device')
      return
    }
    const facts = this.reading.node(near.node, line)
    this.#hintOf(objectOf(record, 'device'), facts)
    if (record.mgmt_only === true || (near.port !== undefined && isManagementPort(near.port))) {
      this.reading.leave('on management ports')
      return
    }
    const { far, type } = farOf(record)
    if (type !== undefined && type !== interfaceType) {
      this.reading.leave(`connected to a ${type.replace(/^\w+\./, '')}`)
      return
    }
    if (far.length === 0) this.reading.leave('not connected')
    for (const one of far) {
      const end = endOf(one)
      if (end !== undefined) this.#connect(near, end, objectOf(one, 'device'), line)
    }
  }

  // cables

  #cable(record: JsonObject, line: number | undefined): void {
    this.#cables++
    this.reading.records++
    const status = statusOf(record.status)
    if (status !== undefined && status !== 'connected') {
      this.reading.leave(status)
      return
    }
    const [a, b] = [terminationsOf(record, 'a'), terminationsOf(record, 'b')]
    const other = [...a, ...b].find(({ type }) => type !== interfaceType)
    if (other !== undefined || a.length === 0 || b.length === 0) {
      const type = other?.type ?? 'nothing'
      this.#unusable.set(type, (this.#unusable.get(type) ?? 0) + 1)
      this.reading.leave(`to a ${type.replace(/^\w+\./, '')}`)
      return
    }
    // A breakout cable: lane by lane where both sides have as many, else all with all.
    const pairs =
      a.length === b.length ? a.map((x, i) => [x, b[i]!] as const) : a.flatMap((x) => b.map((y) => [x, y] as const))
    if (a.length !== b.length) {
      this.reading.warn(
        'source',
        line,
        `cable ${textOf(record, 'id') ?? ''} has ${a.length} ends on one side and ${b.length} on the other, all are joined`,
      )
    }
    for (const [x, y] of pairs) {
      if (
        x.end.port !== undefined &&
        y.end.port !== undefined &&
        (isManagementPort(x.end.port) || isManagementPort(y.end.port))
      ) {
        this.reading.leave('on management ports')
        continue
      }
      this.#hintOf(x.device, this.reading.node(x.end.node, line))
      this.#connect(x.end, y.end, y.device, line)
    }
  }

  #connect(near: End, far: End, device: JsonObject | undefined, line: number | undefined): void {
    this.#hintOf(device, this.reading.node(far.node, line))
    this.reading.cable(near, far, line)
  }

  /** Where a nested device tells its role (a custom serializer, GraphQL). */
  #hintOf(device: JsonObject | undefined, facts: NodeFacts): void {
    const role = device && objectOf(device, 'role', 'device_role')
    const slug = role && textOf(role, 'slug', 'name')
    if (slug !== undefined) this.reading.hint(facts, classOfRole(slug), Weight.role)
  }

  /**
   * Call when all pages were added.
   * @throws InputError where nothing could become a cable, naming what is missing
   */
  finish(): Reading {
    const { reading } = this
    for (const { place, text } of this.#pages.short()) reading.warnings.push({ kind: 'incomplete', place, text })
    this.#select()
    if (reading.cables.length > 0) {
      const lost = [...this.#unusable].filter(([type]) => /port$/.test(type) && /front|rear/.test(type))
      if (lost.length > 0 && this.#interfaces === 0) {
        const count = lost.reduce((sum, [, n]) => sum + n, 0)
        reading.warn(
          'source',
          undefined,
          `${count} cables end at patch panels; pages of api/dcim/interfaces/ know what is behind them`,
        )
      }
      for (const [name, facts] of reading.nodes) reading.hint(facts, classOfName(name), Weight.name)
      return reading
    }
    throw this.#nothing()
  }

  #nothing(): InputError {
    const { source, leftOut } = this.reading
    const reasons = [...leftOut].map(([reason, n]) => `${n} ${reason}`).join(', ')
    if (this.#interfaces === 0 && this.#cables === 0) {
      const what = this.#others > 0 ? 'records of other kinds' : this.reading.nodes.size > 0 ? 'devices' : 'no records'
      return new InputError(`${source}: there are ${what} and neither cables nor interfaces.`, [
        'Save api/dcim/interfaces/?cabled=true beside it and give both.',
      ])
    }
    const found =
      this.#cables > 0 && this.#interfaces === 0
        ? `none of ${this.#cables} cables joins two interfaces`
        : `none of ${this.#interfaces} interfaces is connected to another${this.#cables > 0 ? ` and none of ${this.#cables} cables joins two` : ''}`
    return new InputError(
      `${source}: ${found}${reasons === '' ? '' : ` (${reasons})`}, needed cables between interfaces of type ${interfaceType}.`,
      [
        ...this.#pages.short().map(({ place, text }) => `${formatPlace(place)} ${text}.`),
        'Save api/dcim/interfaces/?cabled=true: it tells the far end, through patch panels too.',
      ],
    )
  }

  /** A site that no device has is misspelled, or not in these pages; what there is helps more than an empty result. */
  #refuseUnknown(what: keyof NetboxFilter, values: readonly string[]): void {
    const all = [...this.#labels.values()].map((labels) => labels.get(what) ?? [])
    // A site and a role have a slug and a name; tags are several.
    const seen = new Set(what === 'tag' ? all.flat() : all.flatMap((labels) => labels.slice(0, 1)))
    const known = new Set(all.flat())
    const unknown = values.filter((value) => !known.has(value.toLowerCase()))
    if (unknown.length < values.length) {
      for (const value of unknown) this.reading.warn('pattern', undefined, `no device has the ${what} ${value}`)
      return
    }
    const names = [...seen].sort(naturalOrder)
    const here =
      names.length === 0
        ? `None of the ${this.#labels.size} devices has a ${what}.`
        : `Known there: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ' ...' : ''}.`
    const meant = didYouMean(unknown[0]!, known)
    throw new InputError(
      `${this.reading.source}: no device has the ${what} ${unknown.join(', ')}.${meant === undefined ? '' : ` ${meant}`}`,
      [here],
    )
  }

  /** Applies --site, --role and --tag: both ends of a cable have to match. */
  #select(): void {
    const { reading } = this
    const wanted = Object.entries(this.#filter).filter(([, values]) => values.length > 0) as [
      keyof NetboxFilter,
      readonly string[],
    ][]
    if (wanted.length === 0) return
    if (this.#labels.size === 0) {
      throw new InputError(`${reading.source}: --${wanted[0]![0]} needs devices, and there are none.`, [
        'Save api/dcim/devices/ beside it and give both.',
      ])
    }
    for (const [what, values] of wanted) this.#refuseUnknown(what, values)
    const isWanted = (name: string): boolean =>
      wanted.every(([what, values]) => {
        const has = this.#labels.get(name)?.get(what) ?? []
        return values.some((value) => has.includes(value.toLowerCase()))
      })
    const kept = reading.cables.filter(({ a, b }) => isWanted(a.node) && isWanted(b.node))
    for (let i = kept.length; i < reading.cables.length; i++) reading.leave('of other devices')
    reading.cables.splice(0, reading.cables.length, ...kept)
    for (const [name, facts] of reading.nodes) {
      if (!isWanted(name)) reading.nodes.delete(name)
      else if (this.#filter.role.length > 0) reading.hint(facts, 'switch', Weight.role + 1)
    }
  }
}

function labelsOf(object: JsonObject | undefined): string[] {
  return [object && textOf(object, 'slug'), object && textOf(object, 'name')]
    .filter((label) => label !== undefined)
    .map((label) => label.toLowerCase())
}

/** Tags are objects since 2.9, text before. */
function tagsOf(record: JsonObject): string[] {
  const { tags } = record
  if (!Array.isArray(tags)) return []
  return tags.flatMap((tag: Json) =>
    typeof tag === 'string' ? [tag.toLowerCase()] : isObject(tag) ? labelsOf(tag) : [],
  )
}

/** `{"device": {"name"}, "name"}`; undefined where no device is named. */
function endOf(record: JsonObject): End | undefined {
  const device = objectOf(record, 'device')
  const node = device && textOf(device, 'name', 'display', 'display_name')
  return node === undefined ? undefined : { node, port: textOf(record, 'name', 'display') }
}

function farOf(record: JsonObject): { far: JsonObject[]; type: string | undefined } {
  if (Array.isArray(record.connected_endpoints)) {
    return { far: objectsOf(record.connected_endpoints), type: textOf(record, 'connected_endpoints_type') }
  }
  const one = objectOf(record, 'connected_endpoint', 'connected_interface')
  return { far: one === undefined ? [] : [one], type: textOf(record, 'connected_endpoint_type') }
}

/** `{"value": "connected"}` of REST, text of GraphQL (`STATUS_CONNECTED` since 4.3), true for connected before 2.8. */
function statusOf(status: Json | undefined): string | undefined {
  const value = isObject(status) ? status.value : status
  if (typeof value === 'boolean') return value ? 'connected' : 'planned'
  return typeof value === 'string' ? value.toLowerCase().replace(/^status_/, '') : undefined
}

interface Termination {
  readonly type: string
  readonly end: End
  readonly device: JsonObject | undefined
}

/** `a_terminations` since 3.3, one `termination_a` before. Through GraphQL, what is no interface comes as `{}`. */
function terminationsOf(record: JsonObject, side: 'a' | 'b'): Termination[] {
  const list = record[`${side}_terminations`]
  const nested = Array.isArray(list)
  const objects = nested
    ? objectsOf(list)
    : [objectOf(record, `termination_${side}`)].filter((one) => one !== undefined)
  return objects.map((one) => {
    const object = objectOf(one, 'object') ?? one
    const end = endOf(object)
    const told = nested ? textOf(one, 'object_type') : textOf(record, `termination_${side}_type`)
    const type = told ?? (end === undefined ? 'termination of another kind' : interfaceType)
    return {
      type: end === undefined && type === interfaceType ? 'interface of no device' : type,
      end: end ?? { node: '', port: undefined },
      device: objectOf(object, 'device'),
    }
  })
}
