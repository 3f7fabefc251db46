import type { Readable } from '@rowsignal/core'
import { type Accessor, createMemo } from 'solid-js'
import { access, hold, host, type MaybeAccessor } from './host.ts'

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
  if (host.server) return () => access(source).get()
  const cell = host.cell()
  const readable = createMemo(() => {
    const next = access(source)
    hold(() => next.listen(() => host.trigger(cell)))
    return next
  })
  return () => {
    // Not a copy: right also in the middle of a batch.
    return host.track(cell, readable().get())
  }
}
