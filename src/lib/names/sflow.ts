// Owns the small enumerations of the sFlow specifications: number to name, nothing else.
// Must not know records or decoding; drop reasons and interface types have files of their own.
// Start at headerProtocols.

import { nameTable } from '../wire/name-table.ts'

const version5 = 'sflow_version_5.txt'

/** What the first byte of a sampled header belongs to. */
export const headerProtocols = nameTable('header_protocol', `${version5}, sflow_80211.txt; 18 from host-sflow`, {
  1: 'ETHERNET-ISO88023',
  2: 'ISO88024-TOKENBUS',
  3: 'ISO88025-TOKENRING',
  4: 'FDDI',
  5: 'FRAME-RELAY',
  6: 'X25',
  7: 'PPP',
  8: 'SMDS',
  9: 'AAL5',
  10: 'AAL5-IP',
  11: 'IPv4',
  12: 'IPv6',
  13: 'MPLS',
  14: 'POS',
  15: 'IEEE80211MAC',
  16: 'IEEE80211-AMPDU',
  17: 'IEEE80211-AMSDU-SUBFRAME',
  18: 'INFINIBAND',
})

/** Index spaces of a data source. */
export const dataSourceTypes = nameTable('data source type', `${version5}, "sFlowDataSource"; 3 from sflow_host.txt`, {
  0: 'ifIndex',
  1: 'smonVlanDataSource',
  2: 'entPhysicalEntry',
  3: 'logicalEntity',
})

/** The top two bits of an interface. */
export const interfaceFormats = nameTable('interface format', `${version5}, "interface"`, {
  0: 'ifIndex',
  1: 'discard',
  2: 'multiple',
})

/** Kinds of segment of an AS path. */
export const asPathSegmentTypes = nameTable('as_path_segment_type', `${version5}, RFC 4271 section 4.3`, {
  1: 'AS_SET',
  2: 'AS_SEQUENCE',
})

export const urlDirections = nameTable('url_direction', `${version5}, "Extended URL Data"`, {
  1: 'src',
  2: 'dst',
})

/** MIBenum of the commoner character sets. */
export const charsets = nameTable('character set', 'IANA Character Sets, MIBenum', {
  0: 'unknown',
  3: 'US-ASCII',
  4: 'ISO-8859-1',
  5: 'ISO-8859-2',
  6: 'ISO-8859-3',
  7: 'ISO-8859-4',
  8: 'ISO-8859-5',
  9: 'ISO-8859-6',
  10: 'ISO-8859-7',
  11: 'ISO-8859-8',
  12: 'ISO-8859-9',
  13: 'ISO-8859-10',
  17: 'Shift_JIS',
  18: 'EUC-JP',
  38: 'EUC-KR',
  106: 'UTF-8',
  109: 'ISO-8859-13',
  110: 'ISO-8859-14',
  111: 'ISO-8859-15',
  112: 'ISO-8859-16',
  113: 'GBK',
  114: 'GB18030',
  1012: 'UTF-7',
  1013: 'UTF-16BE',
  1014: 'UTF-16LE',
  1015: 'UTF-16',
  1017: 'UTF-32',
  1018: 'UTF-32BE',
  1019: 'UTF-32LE',
  2025: 'GB2312',
  2026: 'Big5',
  2084: 'KOI8-R',
  2088: 'KOI8-U',
  2250: 'windows-1250',
  2251: 'windows-1251',
  2252: 'windows-1252',
})

export const ifDirections = nameTable('ifDirection', `${version5}, "Generic Interface Counters" (MAU MIB)`, {
  0: 'unknown',
  1: 'full-duplex',
  2: 'half-duplex',
  3: 'in',
  4: 'out',
})

/** The two bits of ifStatus: bit 0 ifAdminStatus, bit 1 ifOperStatus. */
export const ifStatuses = nameTable('ifStatus', `${version5}, "Generic Interface Counters"`, {
  0: 'admin down, oper down',
  1: 'admin up, oper down',
  2: 'admin down, oper up',
  3: 'admin up, oper up',
})

export const wlanVersions = nameTable('ieee80211_version', 'sflow_80211.txt', {
  1: 'a',
  2: 'b',
  3: 'g',
  4: 'n',
})

/** Cipher suite selectors (OUI, then suite type) of the 802.11 OUI. */
export const cipherSuites = nameTable('cipher_suite', 'IEEE 802.11, cipher suite selectors', {
  1027072: 'group',
  1027073: 'WEP-40',
  1027074: 'TKIP',
  1027076: 'CCMP',
  1027077: 'WEP-104',
})

export const aclDirections = nameTable('acl direction', 'sflow_drops.txt, "extended_acl"', {
  0: 'unknown',
  1: 'ingress',
  2: 'egress',
})

export const serviceDirections = nameTable('service_direction', 'sFlow discussion list, host performance proposal', {
  1: 'client',
  2: 'server',
})

export const transactionStatuses = nameTable('status_value', 'sFlow discussion list, host performance proposal', {
  0: 'succeeded',
  1: 'generic_failure',
  2: 'out_of_memory',
  3: 'timeout',
  4: 'not_permitted',
})

export const httpMethods = nameTable('http_method', 'sflow_http.txt', {
  0: 'OTHER',
  1: 'OPTIONS',
  2: 'GET',
  3: 'HEAD',
  4: 'POST',
  5: 'PUT',
  6: 'DELETE',
  7: 'TRACE',
  8: 'CONNECT',
})

/** HTTP versions, major * 1000 + minor. */
export const httpVersions = nameTable('http protocol', 'sflow_http.txt', {
  1000: 'HTTP/1.0',
  1001: 'HTTP/1.1',
  2000: 'HTTP/2',
  3000: 'HTTP/3',
})

export const appStatuses = nameTable('status', 'sflow_application.txt', {
  0: 'SUCCESS',
  1: 'OTHER',
  2: 'TIMEOUT',
  3: 'INTERNAL_ERROR',
  4: 'BAD_REQUEST',
  5: 'FORBIDDEN',
  6: 'TOO_LARGE',
  7: 'NOT_IMPLEMENTED',
  8: 'NOT_FOUND',
  9: 'UNAVAILABLE',
  10: 'UNAUTHORIZED',
})

export const memcacheProtocols = nameTable('memcache_protocol', 'sflow_memcache.txt', {
  0: 'OTHER',
  1: 'ASCII',
  2: 'BINARY',
})

export const memcacheCommands = nameTable('memcache_cmd', 'sflow_memcache.txt', {
  0: 'OTHER',
  1: 'SET',
  2: 'ADD',
  3: 'REPLACE',
  4: 'APPEND',
  5: 'PREPEND',
  6: 'CAS',
  7: 'GET',
  8: 'GETS',
  9: 'INCR',
  10: 'DECR',
  11: 'DELETE',
  12: 'STATS',
  13: 'FLUSH',
  14: 'VERSION',
  15: 'QUIT',
  16: 'TOUCH',
})

export const memcacheStatuses = nameTable('memcache_status', 'sflow_memcache.txt', {
  0: 'UNKNOWN',
  1: 'OK',
  2: 'ERROR',
  3: 'CLIENT_ERROR',
  4: 'SERVER_ERROR',
  5: 'STORED',
  6: 'NOT_STORED',
  7: 'EXISTS',
  8: 'NOT_FOUND',
  9: 'DELETED',
})

export const packetDirections = nameTable('packet_direction', 'sFlow discussion list, "TCP performance structure"', {
  0: 'unknown',
  1: 'received',
  2: 'sent',
})

export const machineTypes = nameTable('machine_type', 'sflow_host.txt', {
  0: 'unknown',
  1: 'other',
  2: 'x86',
  3: 'x86_64',
  4: 'ia64',
  5: 'sparc',
  6: 'alpha',
  7: 'powerpc',
  8: 'm68k',
  9: 'mips',
  10: 'arm',
  11: 'hppa',
  12: 's390',
})

export const osNames = nameTable('os_name', 'sflow_host.txt', {
  0: 'unknown',
  1: 'other',
  2: 'linux',
  3: 'windows',
  4: 'darwin',
  5: 'hpux',
  6: 'aix',
  7: 'dragonfly',
  8: 'freebsd',
  9: 'netbsd',
  10: 'openbsd',
  11: 'osf',
  12: 'solaris',
})

/** States of a virtual machine. */
export const domainStates = nameTable('virDomainState', 'sflow_host.txt (libvirt)', {
  0: 'nostate',
  1: 'running',
  2: 'blocked',
  3: 'paused',
  4: 'shutdown',
  5: 'shutoff',
  6: 'crashed',
})
