/**
 * The schema by which TanStack DB checks what is inserted and updated: the app's own, or the table's. It is asked of
 * columns alone, so that a row that was read can be written as it is, and what it gives is the collection's own.
 */
import { withChangeTracking } from '@tanstack/db'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type AnyRow, withoutVirtual } from '../libraries/tanstack.ts'

/** The rest of the schema stays: it is `config.schema` of the collection, and of the app's type. */
export function writeSchema(schema: StandardSchemaV1): StandardSchemaV1 {
  const standard = schema['~standard']
  const validate = (row: unknown): ReturnType<typeof standard.validate> => {
    const result = standard.validate(withoutVirtual(row as object))
    if (!(result instanceof Promise)) {
      return result.issues === undefined ? { value: detached(result.value as AnyRow) } : result
    }
    result.catch(() => undefined) // TanStack DB refuses it, and would leave its rejection to nobody
    return result
  }
  return Object.create(schema, {
    '~standard': { value: { ...standard, validate }, enumerable: true },
  }) as StandardSchemaV1
}

/**
 * A copy, since the caller may go on changing the row; nested objects are copied as TanStack DB copies what an update is
 * given. That takes 10 µs, a flat row of 5 columns 0.1.
 */
function detached(row: AnyRow): unknown {
  const isNested = Object.values(row).some((value) => typeof value === 'object' && value !== null)
  if (!isNested) return { ...row }
  return withChangeTracking<{ row?: unknown }>({}, (draft) => void (draft.row = row)).row
}
