/**
 * PowerSync's way to the backend. A refused upload is taken out of the queue, or it would block all that come after it,
 * and kept in `refusals`, so that nothing is dropped in silence. Every other failure leaves it in the queue.
 */
import type {
  CommonPowerSyncDatabase,
  CrudEntry,
  CrudTransaction,
  PowerSyncBackendConnector,
} from '@powersync/web'
import { type Api, ApiError } from './api.ts'
import { sendTransaction, transactionId } from './upload-parts.ts'

export function createConnector(api: Api, onRefused: () => void): PowerSyncBackendConnector {
  return {
    fetchCredentials: () => api.signIn(),
    async uploadData(database) {
      const transaction = await database.getNextCrudTransaction()
      if (transaction === null) return
      try {
        await sendTransaction(api, await database.getClientId(), transaction)
      } catch (error) {
        if (!(error instanceof ApiError && error.isRefusal)) throw error // PowerSync tries again
        await keepRefusal(database, transaction, error)
        onRefused()
      }
      await transaction.complete()
    },
  }
}

/** Its id comes from the queue, so a refusal that is met again after a crash is not listed twice. */
async function keepRefusal(
  database: CommonPowerSyncDatabase,
  transaction: CrudTransaction,
  { message }: ApiError,
): Promise<void> {
  const id = String(transactionId(transaction))
  await database.execute(
    'INSERT OR REPLACE INTO refusals (id, subject, reason, refused_at) VALUES (?, ?, ?, ?)',
    [id, describe(transaction.crud), message, new Date().toISOString()],
  )
}

const verbs = { PUT: 'Adding', PATCH: 'Changing', DELETE: 'Deleting' }
const nouns: Record<string, string> = { trips: 'a trip', stops: 'a stop' }

function describe(crud: readonly CrudEntry[]): string {
  const [first, ...rest] = crud
  if (first === undefined) return 'An empty upload'
  const name: unknown = first.opData?.name ?? first.opData?.place
  const what = `${verbs[first.op]} ${nouns[first.table] ?? first.table}`
  const named = typeof name === 'string' ? `${what} (${name})` : what
  return rest.length > 0 ? `${named} and ${rest.length} more` : named
}
