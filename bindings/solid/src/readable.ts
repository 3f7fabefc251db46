import type { Readable } from '@rowsignal/core'
import { createValue } from '@rowsignal/core/host'
import type { Accessor } from 'solid-js'
import { access, host, type MaybeAccessor } from './host.ts'

/**
 * Any readable as an accessor.
 *
 * Follows the readable while its owner lives; an accessor may switch to another one, and the value is then the new
 * one's at once. On a server the value is read and nothing is subscribed to.
 *
 * @example
 * const all = useReadable(rows(collection))
 * return <p>{all().length}</p>
 */
export function useReadable<T>(source: MaybeAccessor<Readable<T>>): Accessor<T> {
  return createValue(host, () => access(source))
}
