import type { RowStatus } from '@rowsignal/core'
import { createComputed } from 'solid-js'

/**
 * Passes the errors of `useRows` and its like to the nearest `<ErrorBoundary>`, also one that comes when the rows are there
 * already. Without it an error is in `error`, and what `suspend` gives throws the first one alone.
 *
 * Called while the component is made that shows the rows, and for as long as that lives.
 *
 * @returns What it was given.
 * @example
 * const all = throwErrors(useRows(todos))
 */
export function throwErrors<View extends { readonly error: RowStatus['error'] }>(view: View): View {
  createComputed(() => {
    if (view.error !== undefined) throw view.error
  })
  return view
}
