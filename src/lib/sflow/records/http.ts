// Owns the records of sflow_http.txt: requests, proxies, counters; and the request record it replaced.
// Must not know how records are decoded. Start at http_request.

import { httpMethods, httpVersions } from '../../names/sflow.ts'
import { f, i32, string, u32, u64 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'
import { socketIpv4Fields, socketIpv6Fields } from './host.ts'

const document = 'sflow_http.txt'

export const extended_proxy_socket_ipv4 = record({
  name: 'extended_proxy_socket_ipv4',
  tag: [0, 2102],
  source: `${document}, "extended_proxy_socket_ipv4"`,
  notes: 'The connection to the server behind a proxy.',
  fields: socketIpv4Fields,
})
export type ExtendedProxySocketIpv4 = Of<typeof extended_proxy_socket_ipv4>

export const extended_proxy_socket_ipv6 = record({
  name: 'extended_proxy_socket_ipv6',
  tag: [0, 2103],
  source: `${document}, "extended_proxy_socket_ipv6"`,
  notes: 'The connection to the server behind a proxy.',
  fields: socketIpv6Fields,
})
export type ExtendedProxySocketIpv6 = Of<typeof extended_proxy_socket_ipv6>

/** The withdrawn request record. Two layouts are in use and can't be told apart, so its body stays bytes (C7). */
export const http_request_2201 = record({
  name: 'http_request',
  tag: [0, 2201],
  source: 'sFlow discussion list, first HTTP proposal',
  notes: 'Two layouts are known, which nothing on the wire tells apart (C7): kept as bytes.',
  deprecated: true,
  opaque: true,
  fields: [],
})

export const http_request = record({
  name: 'http_request',
  tag: [0, 2206],
  source: `${document}, "http_request"`,
  fields: [
    f('method', u32, 'method', { names: httpMethods }),
    f('protocol', u32, 'HTTP version: major * 1000 + minor', { names: httpVersions }),
    f('uri', string, 'URI as it came from the client'),
    f('host', string, 'Host header'),
    f('referer', string, 'Referer header'),
    f('useragent', string, 'User-Agent header'),
    f('xff', string, 'X-Forwarded-For header'),
    f('authuser', string, 'identity of the user (RFC 1413)'),
    f('mime-type', string, 'Content-Type of the response'),
    f('req_bytes', u64, 'length of the request', 'bytes'),
    f('resp_bytes', u64, 'length of the response', 'bytes'),
    f('uS', u32, 'duration', 'µs'),
    f('status', i32, 'HTTP status code'),
  ],
})
export type HttpRequest = Of<typeof http_request>

export const extended_proxy_request = record({
  name: 'extended_proxy_request',
  tag: [0, 2207],
  source: `${document}, "extended_proxy_request"`,
  notes: 'Layout from sflow-parser only.',
  fields: [f('uri', string, 'URI that the proxy sent'), f('host', string, 'Host header that the proxy sent')],
})
export type ExtendedProxyRequest = Of<typeof extended_proxy_request>

export const http_counters = record({
  name: 'http_counters',
  tag: [0, 2201],
  source: `${document}, "http_counters"`,
  fields: [
    f('method_option_count', u32, 'OPTIONS requests', 'requests'),
    f('method_get_count', u32, 'GET requests', 'requests'),
    f('method_head_count', u32, 'HEAD requests', 'requests'),
    f('method_post_count', u32, 'POST requests', 'requests'),
    f('method_put_count', u32, 'PUT requests', 'requests'),
    f('method_delete_count', u32, 'DELETE requests', 'requests'),
    f('method_trace_count', u32, 'TRACE requests', 'requests'),
    f('method_connect_count', u32, 'CONNECT requests', 'requests'),
    f('method_other_count', u32, 'requests with another method', 'requests'),
    f('status_1XX_count', u32, 'responses with status 1xx', 'responses'),
    f('status_2XX_count', u32, 'responses with status 2xx', 'responses'),
    f('status_3XX_count', u32, 'responses with status 3xx', 'responses'),
    f('status_4XX_count', u32, 'responses with status 4xx', 'responses'),
    f('status_5XX_count', u32, 'responses with status 5xx', 'responses'),
    f('status_other_count', u32, 'responses with another status', 'responses'),
  ],
})
export type HttpCounters = Of<typeof http_counters>

/** Flow records of this file, for the registry. */
export const flow = [
  extended_proxy_socket_ipv4,
  extended_proxy_socket_ipv6,
  http_request_2201,
  http_request,
  extended_proxy_request,
] as const

/** Counter records of this file, for the registry. */
export const counters = [http_counters] as const
