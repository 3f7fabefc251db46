import type { RowStatus } from '@rowsignal/core'
import { askingOf } from '@rowsignal/core/host'
import { whileAlive } from './host.svelte.ts'

/**
 * Passes the errors of `useRows` and its like to the `failed` of the nearest `<svelte:boundary>`, also one that comes when the
 * rows are there already. Without it an error is in `error`, and a hook that is awaited rejects by the first one alone.
 *
 * Called while the component is made that shows the rows, and for as long as that lives. One that who awaits is told of
 * is not told twice.
 *
 * @returns What it was given.
 * @example
 * const all = throwErrors(useRows(todos))
 */
export function throwErrors<View extends { readonly error: RowStatus['error'] }>(view: View): View {
  const asked = askingOf(view)
  whileAlive(() => {
    const { error } = view
    if (error !== undefined && asked.arrival?.tells !== true) throw error
  })
  return view
}
