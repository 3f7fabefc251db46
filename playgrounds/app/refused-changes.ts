/** What the server has refused, as the traveller made it: all of one transaction is one change. */
import {
  createReadable,
  type Readable,
  type RefusedWrite,
  type RefusedWrites,
} from '@rowsignal/core'

export interface RefusedChange {
  readonly id: string
  readonly subject: string
  readonly reason: string
  readonly retry: () => void
  readonly discard: () => void
}

export function refusedChanges(writes: RefusedWrites): Readable<readonly RefusedChange[]> {
  let list: readonly RefusedWrite[] = []
  let changes: readonly RefusedChange[] = []
  return createReadable({
    get() {
      const next = writes.get()
      if (next !== list) changes = changesOf(next, writes)
      list = next
      return changes
    },
    start: (changed) => writes.listen(changed),
  })
}

function changesOf(list: readonly RefusedWrite[], writes: RefusedWrites): RefusedChange[] {
  const groups = new Map<unknown, [RefusedWrite, ...RefusedWrite[]]>()
  for (const write of list) {
    const key = write.transaction ?? write.id
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [write])
    else group.push(write)
  }
  return [...groups.values()].map((group) => {
    const ids = group.map(({ id }) => id)
    return {
      id: group[0].id,
      subject: describe(group),
      reason: group[0].reason,
      retry: () => void writes.retry(ids).catch(reportError),
      discard: () => void writes.discard(ids).catch(reportError),
    }
  })
}

const verbs = { PUT: 'Adding', PATCH: 'Changing', DELETE: 'Deleting' }
const nouns: Record<string, string> = { trips: 'a trip', stops: 'a stop' }

function describe([first, ...rest]: readonly [RefusedWrite, ...RefusedWrite[]]): string {
  const { operation, table, data, before } = first
  const name = data?.['name'] ?? data?.['place'] ?? before?.['name'] ?? before?.['place']
  const what = `${verbs[operation]} ${nouns[table] ?? table}`
  const named = typeof name === 'string' ? `${what} (${name})` : what
  return rest.length > 0 ? `${named} and ${rest.length} more` : named
}
