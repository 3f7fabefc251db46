/** `@tanstack/powersync-db-collection` 0.1.69's on-demand mode with the @tanstack/db that it pins. */
import * as db from '@tanstack/db'
import { powerSyncCollectionOptions } from '@tanstack/powersync-db-collection'
import { schema } from '../on-demand/schema.ts'
import { byQueries, type Subject } from '../on-demand/subject.ts'
import { shimLogger } from './subject.ts'

export const upstream: Subject = {
  open(database) {
    shimLogger(database.logger)
    const options = {
      database: database as never,
      table: schema.props.places as never,
      syncMode: 'on-demand' as const,
      autoIndex: 'eager' as const,
      defaultIndexType: db.BasicIndex,
    }
    const places = db.createCollection(powerSyncCollectionOptions(options))
    return byQueries(db as never, places as never)
  },
}
