import { createPowerSyncCollection } from '@rowsignal/core'
import * as db from '@tanstack/db'
import { type Place, schema } from './schema.ts'
import { byQueries, type Subject } from './subject.ts'

export const ours: Subject = {
  open(database) {
    const places = createPowerSyncCollection({
      database,
      table: schema.props.places,
      syncMode: 'on-demand',
      autoIndex: 'eager', // or TanStack DB pages without a cursor
      defaultIndexType: db.BasicIndex,
    })
    return byQueries(db, places as unknown as db.Collection<Place, string>)
  },
}
