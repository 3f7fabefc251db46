import type { StandardSchemaV1 } from '@standard-schema/spec'

/** What a schema says of a value now. One that throws or answers later has refused it: nothing waits for that. */
export function validate<Output>(
  schema: StandardSchemaV1<unknown, Output>,
  value: unknown,
): StandardSchemaV1.Result<Output> {
  try {
    const result = schema['~standard'].validate(value)
    if (!(result instanceof Promise)) return result
    result.catch(() => undefined) // zod 4.6 tries what has thrown once more, asynchronously
  } catch {
    // What was thrown may hold the value, as that of JSON.parse does.
  }
  return {
    issues: [{ message: 'the schema threw, or is asynchronous, which no row can wait for' }],
  }
}
