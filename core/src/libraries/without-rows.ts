/**
 * Collections of a database that holds no rows, as PowerSync's web SDK opens one on a server: `loading` for good, so that
 * a page is rendered as the browser will show it first. They read nothing, subscribe to nothing and need no clean-up;
 * what a live query over them would compute is nothing either.
 */
import type { CollectionConfig } from '@tanstack/db'
import type { AnyCollection, AnyRow } from './tanstack.ts'

type Config = CollectionConfig<AnyRow, string>

const noSync: Config['sync'] = {
  sync({ collection }) {
    // TanStack DB's own waits for `ready`, so a server that awaits it would never answer.
    Object.assign(collection, { preload: async () => collection.startSyncImmediate() })
  },
}

/** What makes of a collection's options those of one without rows. Started when it is made, at no cost. */
export const withoutRows = {
  sync: noSync,
  syncMode: 'eager',
  startSync: true,
  gcTime: 0,
} satisfies Partial<Config>

/** Whether a collection was made `withoutRows`. */
export function isWithoutRows(collection: AnyCollection): boolean {
  return collection.config.sync === noSync
}
