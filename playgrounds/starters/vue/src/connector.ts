import type { PowerSyncBackendConnector } from '@powersync/web'
import { createConnector, type Upload, uploadWithFetch } from '@rowsignal/core'

interface TokenAnswer {
  readonly token: string
  /** The address of the PowerSync Service. A backend that syncs by itself, as that of the playgrounds, names none. */
  readonly endpoint?: string
  readonly expiresAt: string
}

/** The way to the backend at `server`, for one user. */
export function connectorFor(
  user: string,
  server: string = location.origin,
): PowerSyncBackendConnector {
  return createConnector({
    async fetchCredentials() {
      const response = await fetch(`${server}/api/token?user=${encodeURIComponent(user)}`, {
        method: 'POST',
      })
      if (response.status === 401) return null // nobody is signed in: no sync
      if (!response.ok) throw new Error(`The token was answered with ${response.status}`) // asked for again later
      const { token, endpoint = server, expiresAt } = (await response.json()) as TokenAnswer
      return { token, endpoint, expiresAt: new Date(expiresAt) }
    },
    upload: uploadWithFetch(`${server}/api/upload`, { body: uploadBody }),
  })
}

/** One transaction, in the words of the backend. By its key the backend writes it once, however often it is sent. */
function uploadBody({ key, operations }: Upload): object {
  const slash = key.lastIndexOf('/')
  return {
    key: {
      client: key.slice(0, slash),
      transaction: Number.parseInt(key.slice(slash + 1), 10),
      part: 0,
      isLast: true,
    },
    operations: operations.map(({ op, table, id, opData }) => ({ op, table, id, data: opData })),
  }
}
