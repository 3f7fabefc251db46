/**
 * How a transaction of the queue becomes requests. However large it is, no request is: what is too much for one goes in
 * parts, and the backend writes them together when the last is there.
 */
import type { CrudTransaction } from '@powersync/web'
import { type Api, ApiError, type UploadOperation } from './api.ts'

/** Well below what servers take: nginx, for one, takes 1 MB unless told otherwise. */
const partBytes = 256 * 1024
const partOperations = 1_000

/** The transaction stays in the queue: nobody has judged it, it only cannot get through. */
class UploadHeldError extends Error {
  override readonly name = 'UploadHeldError'
}

/**
 * Sends a transaction, all or nothing, under a key by which the backend knows a second try.
 *
 * @throws {UploadHeldError} when one operation is too large by itself for what is in between.
 */
export async function sendTransaction(
  api: Api,
  client: string,
  transaction: CrudTransaction,
): Promise<void> {
  const operations = transaction.crud.map(({ op, table, id, opData }) => ({
    op,
    table,
    id,
    data: opData,
  }))
  const key = { client, transaction: transactionId(transaction) }
  for (let maxBytes = partBytes; ; maxBytes /= 4) {
    const parts = splitOperations(operations, maxBytes)
    if (await sendParts(api, key, parts)) return
  }
}

/** Whether all of them got through. If not, smaller ones may. */
async function sendParts(
  api: Api,
  key: { client: string; transaction: number },
  parts: readonly UploadOperation[][],
): Promise<boolean> {
  for (const [part, operations] of parts.entries()) {
    try {
      const isLast = part === parts.length - 1
      await api.upload({ key: { ...key, part, isLast }, operations })
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 413)) throw error
      if (operations.length > 1) return false
      const message = 'A change is too large to be sent. It is kept on this device.'
      throw new UploadHeldError(message, { cause: error })
    }
  }
  return true
}

/** A number that the device's database gives only once. The SDK may leave out that of the transaction. */
export function transactionId({ transactionId: id, crud }: CrudTransaction): number {
  return id ?? crud[0]?.clientId ?? 0
}

function splitOperations(
  operations: readonly UploadOperation[],
  maxBytes: number,
): UploadOperation[][] {
  const encoder = new TextEncoder()
  const parts: UploadOperation[][] = []
  let part: UploadOperation[] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const operation of operations) {
    const size = encoder.encode(JSON.stringify(operation)).length
    if (bytes + size > maxBytes || part.length === partOperations) {
      part = []
      bytes = 0
      parts.push(part)
    }
    part.push(operation)
    bytes += size
  }
  return parts
}
