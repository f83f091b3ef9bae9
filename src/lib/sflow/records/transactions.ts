// Owns the transaction records of the host performance proposal on the discussion list.
// Must not know how records are decoded. Start at transaction.

import { serviceDirections, transactionStatuses } from '../../names/sflow.ts'
import { f, opaque, string, u32, u64 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'sFlow discussion list, message 0282 ("Host performance statistics")'
const notes = 'Layout from sflow-parser only.'

export const transaction = record({
  name: 'transaction',
  tag: [0, 2000],
  source: document,
  notes,
  fields: [
    f('direction', u32, 'role of the reporting host', { names: serviceDirections }),
    f('wait', u32, 'time that the request was queued', 'µs'),
    f('duration', u32, 'time that the request was processed', 'µs'),
    f('status', u32, 'outcome', { names: transactionStatuses }),
    f('bytes_received', u64, 'bytes received', 'bytes'),
    f('bytes_send', u64, 'bytes sent', 'bytes'),
  ],
})
export type Transaction = Of<typeof transaction>

export const extended_nfs_storage_transaction = record({
  name: 'extended_nfs_storage_transaction',
  tag: [0, 2001],
  source: document,
  notes,
  fields: [f('path', opaque, 'path, UTF-8'), f('operation', u32, 'NFSv4 operation'), f('status', u32, 'nfsstat4')],
})
export type ExtendedNfsStorageTransaction = Of<typeof extended_nfs_storage_transaction>

export const extended_scsi_storage_transaction = record({
  name: 'extended_scsi_storage_transaction',
  tag: [0, 2002],
  source: document,
  notes,
  fields: [
    f('lun', u32, 'logical unit number'),
    f('operation', u32, 'SCSI operation; 0xffffffff unknown'),
    f('status', u32, 'SCSI status'),
  ],
})
export type ExtendedScsiStorageTransaction = Of<typeof extended_scsi_storage_transaction>

export const extended_http_transaction = record({
  name: 'extended_http_transaction',
  tag: [0, 2003],
  source: document,
  notes,
  fields: [
    f('url', string, 'URL'),
    f('host', string, 'Host header'),
    f('referer', string, 'Referer header'),
    f('useragent', string, 'User-Agent header'),
    f('user', string, 'user'),
    f('status', u32, 'HTTP status code'),
  ],
})
export type ExtendedHttpTransaction = Of<typeof extended_http_transaction>

/** Flow records of this file, for the registry. */
export const flow = [
  transaction,
  extended_nfs_storage_transaction,
  extended_scsi_storage_transaction,
  extended_http_transaction,
] as const
