/**
 * The schema by which TanStack DB checks what is inserted and updated: the app's own, or the table's. It is asked of
 * columns alone, so that a row that was read can be written as it is, and what it gives is the collection's own.
 */
import { withChangeTracking } from '@tanstack/db'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type AnyRow, withoutVirtual } from './tanstack.ts'

/** The rest of the schema stays: it is `config.schema` of the collection, and of the app's type. */
export function writeSchema(schema: StandardSchemaV1): StandardSchemaV1 {
  const standard = schema['~standard']
  const validate = (row: unknown): ReturnType<typeof standard.validate> => {
    const result = standard.validate(withoutVirtual(row as AnyRow))
    if (!(result instanceof Promise)) {
      return result.issues === undefined ? { value: detached(result.value) } : result
    }
    result.catch(() => undefined) // TanStack DB refuses it, and would leave its rejection to nobody
    return result
  }
  return Object.create(schema, {
    '~standard': { value: { ...standard, validate }, enumerable: true },
  }) as StandardSchemaV1
}

/** Nested objects copied, since the caller may go on changing them; as TanStack DB does with what an update is given. */
function detached(row: unknown): unknown {
  return withChangeTracking<{ row?: unknown }>({}, (draft) => void (draft.row = row)).row
}
