/**
 * How a transaction of the queue becomes requests. However large it is, no request is: what is too much for one goes in
 * parts, and the backend writes them together when the last is there.
 */
import type { PowerSyncBackendConnector } from '@powersync/web'
import { createConnector, refuse, tooLarge, type Upload } from '@rowsignal/core'
import { type Api, ApiError, type UploadOperation } from './api.ts'

/** Well below what servers take: nginx, for one, takes 1 MB unless told otherwise. */
const partBytes = 256 * 1024
const partOperations = 1_000

/** PowerSync's way to the backend. */
export function connectorOf(api: Api): PowerSyncBackendConnector {
  return createConnector({
    fetchCredentials: () => api.signIn(),
    upload: uploadBy(api),
    backOff: { firstMs: 500, maxMs: 10_000 },
  })
}

/** Sends a transaction, all or nothing. */
function uploadBy(api: Api): (upload: Upload) => Promise<void> {
  return async (upload) => {
    try {
      await sendTransaction(api, upload)
    } catch (error) {
      if (!(error instanceof ApiError && error.isRefusal)) throw error // it stays in the queue
      throw refuse(error.message, { status: error.status })
    }
  }
}

async function sendTransaction(
  api: Api,
  { key, operations: entries }: Pick<Upload, 'key' | 'operations'>,
): Promise<void> {
  const operations = entries.map(({ op, table, id, opData }) => ({ op, table, id, data: opData }))
  for (let maxBytes = partBytes; ; maxBytes /= 4) {
    const parts = splitOperations(operations, maxBytes)
    if (await sendParts(api, numbersOf(key), parts)) return
  }
}

/** The backend wants a number that grows, and the key ends with one. */
function numbersOf(key: string): { client: string; transaction: number } {
  const slash = key.lastIndexOf('/')
  return {
    client: key.slice(0, slash),
    transaction: Number.parseInt(key.slice(slash + 1), 10),
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
      throw tooLarge('a change is too large to be sent', { cause: error })
    }
  }
  return true
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
