import type { RowsignalError } from '@rowsignal/core'
import { arrivedOf, askingOf, isSameWanted, type Wanted, whenChanged } from '@rowsignal/core/host'
import { type Accessor, createMemo, createResource, onCleanup, sharedConfig } from 'solid-js'
import { withProperties } from './host.ts'

/** What `suspend` gives: what it was given, as an accessor that suspends, with `latest` on it, which does so only at first. */
export type Suspending<View extends Accessor<unknown>> = View & {
  readonly latest: ReturnType<View>
}

/** What is asked for once; after a failure the next try is another one. */
interface Try {
  readonly wanted: Wanted
  error?: RowsignalError
}

/**
 * An accessor of the same rows that suspends: read before they are there it shows the fallback of the nearest
 * `<Suspense>`, and what kept them from coming is thrown to the nearest `<ErrorBoundary>`.
 *
 * For what `useRows`, `useLiveQuery`, `useRow`, `usePages` and `useLiveInfiniteQuery` give. It suspends once for what is
 * asked for: never for a change of a row, and again for a changed query, where a transition keeps the old page and
 * `latest` the old rows. An error that comes later is in `error`, as without it (`throwErrors`). After an error `retry()`,
 * and the `reset` of the boundary. A seed does not suspend, and nothing does on a server, nor where the browser takes over
 * its page.
 *
 * Shape: the accessor suspends; the fields are those that it was given, and do not.
 *
 * @example
 * const open = suspend(useLiveQuery((q) => q.from({ todo: todos })))
 * return <Suspense fallback="Loading…"><For each={open()}>{(todo) => <li>{todo.title}</li>}</For></Suspense>
 */
export function suspend<View extends Accessor<unknown> & { readonly isReady: boolean }>(
  view: View,
): Suspending<View> {
  const { wanted } = askingOf(view)
  const asked = createMemo<Try>((before) => {
    const now = wanted()
    now.rows?.status() // a failure ends with it
    return before !== undefined && isSameTry(before, now) ? before : { wanted: now }
  })
  let stop = (): void => {}
  onCleanup(() => stop())
  const load = (one: Try): true | Promise<true> => {
    stop()
    if (settle(one)) return true
    return new Promise((resolve, reject) => {
      stop = whenChanged(one.wanted, () => {
        try {
          if (!settle(one)) return
          resolve(true)
        } catch (error) {
          reject(error)
        }
        stop()
      })
    })
  }
  const [arrived] = createResource(asked, load, isTakenOver() ? asRendered : {})
  const read = (): unknown => {
    arrived()
    return view()
  }
  const latest = {
    get: (): unknown => {
      void arrived.latest
      return view()
    },
  }
  return Object.defineProperty(withProperties(read, view), 'latest', latest) as Suspending<View>
}

/** On a server, and where the browser takes its page over, which has to be the same there at first: nothing is waited for. */
const asRendered = { initialValue: true, ssrLoadFrom: 'initial' } as const

function isTakenOver(): boolean {
  return sharedConfig.context !== undefined
}

function isSameTry({ wanted, error }: Try, now: Wanted): boolean {
  return isSameWanted(wanted, now) && (error === undefined || arrivedOf(now)?.error === error)
}

/** Whether it has come; throws what it has failed with. */
function settle(one: Try): boolean {
  const arrived = arrivedOf(one.wanted)
  if (arrived?.error !== undefined) throw (one.error = arrived.error)
  return arrived !== undefined
}
