/** A value of this page as a readable, whose maker says when it may have changed. */
import { createReadable, type Readable } from '@rowsignal/core'

export interface Changing<T> {
  readonly readable: Readable<T>
  readonly tellChanged: () => void
}

/** @param follow Called with the first listener, to hear of changes by others until `used` aborts. */
export function createChanging<T>(
  get: () => T,
  follow: (changed: () => void, used: AbortSignal) => void = () => undefined,
): Changing<T> {
  const changes = new EventTarget()
  const readable = createReadable({
    get,
    start(changed) {
      const stop = new AbortController()
      changes.addEventListener('change', changed, { signal: stop.signal })
      follow(changed, stop.signal)
      return () => stop.abort()
    },
  })
  return { readable, tellChanged: () => void changes.dispatchEvent(new Event('change')) }
}
