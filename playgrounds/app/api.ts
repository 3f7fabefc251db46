/**
 * The backend as the planner uses it: a token, uploads, and the faults that the switches ask for.
 */
import type { CrudEntry, PowerSyncCredentials } from '@powersync/web'

/** An answer other than success; `code` is the backend's word for it. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }

  /** The backend has judged the content and will not take it, however often it is sent. */
  get isRefusal(): boolean {
    return this.status >= 400 && this.status < 500 && ![401, 408, 429].includes(this.status)
  }
}

export interface FaultState {
  readonly delayMs: number
  readonly refuseNext: boolean
}

export interface Api {
  /** A fresh token, which later calls of the other methods use, and where to sync with it. */
  signIn(): Promise<PowerSyncCredentials>
  upload(entries: readonly CrudEntry[]): Promise<void>
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
    async upload(entries) {
      const operations = entries.map(({ op, table, id, opData }) => ({
        op,
        table,
        id,
        data: opData,
      }))
      await send('/api/upload', { operations })
    },
    faults: async (change) => (await send('/api/faults', change)) as FaultState,
  }
}

async function request(path: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(path, init)
  if (response.ok) return response.json()
  const { code, message } = (await response.json().catch(() => ({}))) as Partial<ApiError>
  throw new ApiError(response.status, code ?? 'unknown', message ?? response.statusText)
}
