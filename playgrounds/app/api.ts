/**
 * The backend as the planner uses it: a token, uploads, and the faults that the switches ask for.
 */
import type { CrudEntry, PowerSyncCredentials } from '@powersync/web'

/** An answer other than success. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /**
   * The backend has judged the content and will not take it, however often it is sent: it names the operation. An answer
   * that names none, of the backend or of a proxy in between, says nothing about what was sent.
   */
  readonly isRefusal: boolean

  constructor(status: number, message: string, operation?: number) {
    super(message)
    this.status = status
    this.isRefusal = status >= 400 && status < 500 && operation !== undefined
  }
}

export interface UploadOperation {
  readonly op: CrudEntry['op']
  readonly table: string
  readonly id: string
  readonly data: CrudEntry['opData']
}

/** A transaction, or a part of one: the backend writes nothing before the last part, and then all of it once. */
export interface UploadPart {
  readonly key: {
    readonly client: string
    readonly transaction: number
    readonly part: number
    readonly isLast: boolean
  }
  readonly operations: readonly UploadOperation[]
}

interface Refusal {
  readonly message: string
  readonly operation: number
}

export interface FaultState {
  readonly delayMs: number
  readonly refuseNext: boolean
}

export interface Api {
  /** A fresh token, which later calls of the other methods use, and where to sync with it. */
  signIn(): Promise<PowerSyncCredentials>
  upload(part: UploadPart): Promise<void>
  faults(change?: Partial<FaultState>): Promise<FaultState>
}

export function createApi(user: string): Api {
  let token: string | undefined

  const signIn = async (): Promise<PowerSyncCredentials> => {
    const answer = await request(`/api/token?user=${user}`, { method: 'POST' })
    // An answer without an endpoint comes from a backend that syncs itself.
    const credentials = answer as { token: string; endpoint?: string }
    token = credentials.token
    return { token, endpoint: credentials.endpoint ?? location.origin }
  }

  const send = async (path: string, body?: object): Promise<unknown> => {
    const bearer = token ?? (await signIn()).token
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
    const post = { method: 'POST', body: JSON.stringify(body) }
    try {
      return await request(path, { headers, ...(body !== undefined && post) })
    } catch (error) {
      token = undefined // it may have run out; the next call asks for another
      throw error
    }
  }

  return {
    signIn,
    async upload(part) {
      await send('/api/upload', part)
    },
    faults: async (change) => (await send('/api/faults', change)) as FaultState,
  }
}

async function request(path: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(path, init)
  if (response.ok) return response.json()
  // What is not JSON comes from something in between.
  const answer = (await response.json().catch(() => ({}))) as Partial<Refusal>
  throw new ApiError(response.status, answer.message ?? response.statusText, answer.operation)
}
