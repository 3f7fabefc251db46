/**
 * Who uses this page and where it keeps its rows, all from the address: `?user=2`, `?vfs=IDBBatchAtomicVFS`.
 */
import { WASQLiteVFS } from '@powersync/web'

export type Framework = 'vue' | 'solid' | 'svelte'

export interface Session {
  readonly framework: Framework
  readonly user: '1' | '2'
  readonly vfs: WASQLiteVFS
  /** The name of the local database, and of everything else that one user keeps in one framework's page. */
  readonly name: string
}

export function readSession(framework: Framework): Session {
  const query = new URLSearchParams(location.search)
  const user = query.get('user') === '2' ? '2' : '1'
  const name = databaseName(framework, user)
  return { framework, user, vfs: chooseVfs(query.get('vfs')), name }
}

export function databaseName(framework: Framework, user: Session['user']): string {
  return `trips-${framework}-${user}`
}

/** OPFS is three times as fast as IndexedDB at the 135k places, and lets several tabs take turns. */
function chooseVfs(wanted: string | null): WASQLiteVFS {
  if (wanted !== null) {
    if (isVfs(wanted)) return wanted
    throw new Error(`?vfs=${wanted} is none of ${Object.values(WASQLiteVFS).join(', ')}`)
  }
  const hasOpfs = typeof navigator.storage?.getDirectory === 'function'
  return hasOpfs ? WASQLiteVFS.OPFSCoopSyncVFS : WASQLiteVFS.IDBBatchAtomicVFS
}

function isVfs(name: string): name is WASQLiteVFS {
  return Object.values<string>(WASQLiteVFS).includes(name)
}
