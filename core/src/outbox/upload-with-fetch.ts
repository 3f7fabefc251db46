/** An `upload` that posts JSON, and takes HTTP's answers as what they mean. */
import type { CrudEntry } from '@powersync/common'
import type { Upload } from './connector.ts'
import { refuse, type RefusedOperation, retryLater, tooLarge } from './refuse.ts'

/** What differs from backend to backend. */
export interface UploadWithFetchOptions {
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Beside `authorization`, `content-type` and `idempotency-key`, and before them. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** What is sent, as JSON. Default: `{ transactions: [{ key, operations: [{ op, table, id, data, … }] }] }`. */
  readonly body?: ((upload: Upload) => unknown) | undefined
  /** How long an answer may take, in ms. Default: 60,000. */
  readonly timeoutMs?: number | undefined
}

/**
 * Makes an `upload` for `createConnector` that posts to `url`, with the token of `fetchCredentials` as bearer.
 *
 * | answer | what it means |
 * |---|---|
 * | 2xx | taken; but for those that a body `{ refused: [{ operation, reason, code }] }` names by their places in what was sent |
 * | 401, 403 | sent once more with fresh credentials; if it is 401 again tried later, if 403 refused |
 * | 408, 425, 429, 5xx, none, and what is no answer of a backend (3xx) | tried later, not before `Retry-After` |
 * | 413 | too large: several transactions are sent in less, a single one is kept |
 * | other 4xx | refused; `reason` or `message`, and `code`, of a JSON body are told |
 *
 * Every request has an `idempotency-key` and each transaction its `key`: a backend that stores the key with what it writes,
 * in one transaction of its own, writes nothing twice when an answer gets lost.
 */
export function uploadWithFetch(
  url: string | URL,
  options: UploadWithFetchOptions = {},
): (upload: Upload) => Promise<void> {
  return async (upload) => {
    let response = await post(url, upload, { ...options, refresh: false })
    if (response.status === 401 || response.status === 403)
      response = await post(url, upload, { ...options, refresh: true })
    const body = await bodyOf(response)
    judge(response, body, upload.operations)
  }
}

async function post(
  url: string | URL,
  upload: Upload,
  { refresh, ...options }: UploadWithFetchOptions & { readonly refresh: boolean },
): Promise<Response> {
  const { fetch = globalThis.fetch, headers, body = defaultBody, timeoutMs = 60_000 } = options
  const credentials = await upload.credentials({ refresh })
  return fetch(url, {
    method: 'POST',
    headers: {
      ...headers,
      ...(credentials === null ? {} : { authorization: `Bearer ${credentials.token}` }),
      'content-type': 'application/json',
      'idempotency-key': upload.key,
    },
    body: JSON.stringify(body(upload)),
    signal: AbortSignal.any([upload.signal, AbortSignal.timeout(timeoutMs)]),
  })
}

function defaultBody({ transactions }: Upload): unknown {
  return {
    transactions: transactions.map(({ key, operations }) => ({
      key,
      operations: operations.map(({ op, table, id, opData, previousValues, metadata }) => ({
        op,
        table,
        id,
        data: opData,
        previous: previousValues,
        metadata,
      })),
    })),
  }
}

/** What a backend may say beside the status. */
interface AnswerBody {
  readonly reason?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly refused?: unknown
}

async function bodyOf(response: Response): Promise<AnswerBody> {
  const text = await response.text()
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? body : {}
  } catch {
    return {} // of something in between, or empty: the status says enough
  }
}

/** Throws unless all was taken. */
function judge(response: Response, body: AnswerBody, operations: readonly CrudEntry[]): void {
  const { status } = response
  if (response.ok) {
    const ops = refusedIn(body, operations)
    if (ops.length > 0) throw refuse('The server refused it.', { ops })
    return
  }
  const said = `the server answered an upload with ${status}`
  if (status === 413) throw tooLarge(`${said}: it is too large.`)
  const isLater = [401, 408, 425, 429].includes(status) || status < 400 || status >= 500
  if (isLater) throw retryLater(said, { status, afterMs: retryAfterMs(response) })
  throw refuse(reasonOf(body) ?? `The server refused it (${status}).`, {
    status,
    code: codeOf(body),
  })
}

function refusedIn({ refused }: AnswerBody, operations: readonly CrudEntry[]): RefusedOperation[] {
  if (!Array.isArray(refused)) return []
  return (refused as (AnswerBody & { operation?: unknown })[]).map((one) => {
    const operation = operations[Number(one.operation)]
    // Else it would be taken for accepted.
    if (operation === undefined)
      throw retryLater(
        `the server refused operation ${String(one.operation)} of an upload that has no such operation`,
      )
    return { operation, reason: reasonOf(one), code: codeOf(one) }
  })
}

function reasonOf({ reason, message }: AnswerBody): string | undefined {
  return [reason, message].find((text) => typeof text === 'string')
}

function codeOf({ code }: AnswerBody): string | undefined {
  return typeof code === 'string' || typeof code === 'number' ? String(code) : undefined
}

/** `Retry-After` is seconds, or a date. */
function retryAfterMs({ headers }: Response): number | undefined {
  const value = headers.get('retry-after')
  if (value === null) return undefined
  const seconds = Number(value)
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
