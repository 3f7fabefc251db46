import { askingOf } from '@rowsignal/core/host'
import { type Ref, watchPostEffect } from 'vue'

/**
 * Passes the errors of `useRows` and its like to the nearest `onErrorCaptured`, also one that comes when the rows are there
 * already. Without it an error is in `error`, and a hook that is awaited rejects by the first one alone.
 *
 * Called in `setup`, and for as long as that lives. An error that an `await` has thrown is not thrown twice. Nothing on a server.
 *
 * @returns What it was given.
 * @example
 * const { rows } = await throwErrors(useRows(todos))
 */
export function throwErrors<View extends { readonly error: Readonly<Ref<unknown>> }>(
  view: View,
): View {
  const asked = askingOf(view)
  watchPostEffect(() => {
    const error = view.error.value
    if (error !== undefined && asked.arrival?.tells !== true) throw error
  })
  return view
}
