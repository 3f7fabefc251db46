/**
 * Which collection a view shows while another one is asked for: the old one until the new one has its rows, so that a
 * changed filter does not empty the page. The last one asked for wins, whatever becomes ready in between. Both are
 * followed.
 */
import type { RowsignalError } from '../errors.ts'
import type { Host } from '../readable/framework.ts'
import { keeper } from '../readable/keep.ts'
import { Asking } from './arrival.ts'
import { type LiveRows, liveRows } from './live-rows.ts'
import type { RowCollection, RowKey } from './row-collection.ts'
import { withSeeds } from './seeds.ts'

/** What a view is asked to show. */
export interface Asked<Row extends object, Key extends RowKey> {
  readonly collection?: RowCollection<Row, Key> | undefined
  /** Why there is no collection, when that is an error. */
  readonly error?: RowsignalError
}

/** What is asked for and what is shown meanwhile. Each is tracked. */
export interface Shown<Row extends object, Key extends RowKey> {
  readonly asked: () => Asked<Row, Key>
  readonly askedRows: () => LiveRows<Row, Key> | undefined
  readonly shownRows: () => LiveRows<Row, Key> | undefined
  readonly asking: Asking
}

/** Follows what `ask` asks for, and what is shown until that has its rows, for the component that is being made. */
export function followShown<Row extends object, Key extends RowKey>(
  host: Host<unknown>,
  ask: () => Asked<Row, Key>,
): Shown<Row, Key> {
  const seeds = host.seeds()
  const keepSame = keeper(isSame<Row, Key>)
  const asked = host.keep(() => keepSame(ask()))
  const askedFor = host.keep(() => {
    const { collection } = asked()
    return collection && liveRows(withSeeds(collection, seeds), host)
  })
  const asking: Asking = new Asking(host, () => ({ rows: askedRows(), error: asked().error }))
  const askedRows = host.follow(askedFor, asking) // before it is asked whether it has its rows: it may have them at once
  let last: LiveRows<Row, Key> | undefined
  // An object of its own for what is asked for: a value that is the same while a transition waits, Solid (1.9.19) does not
  // compute again in it.
  const shown = host.keep(() => {
    const next = askedFor()
    if (next === undefined || last === undefined || hasRows(next)) last = next
    return { rows: last }
  })
  const followedShown = host.follow(() => shown().rows)
  const shownRows = (): LiveRows<Row, Key> | undefined => {
    askedRows() // Vue follows what is read
    return followedShown()
  }
  return { asked, askedRows, shownRows, asking }
}

function isSame<Row extends object, Key extends RowKey>(
  before: Asked<Row, Key>,
  next: Asked<Row, Key>,
): boolean {
  return before.collection === next.collection && before.error === next.error
}

/** Whether a collection has what it will show for now; a cleaned-up one starts again when it is followed. */
function hasRows<Row extends object, Key extends RowKey>(rows: LiveRows<Row, Key>): boolean {
  const status = rows.status()
  return status === 'ready' || status === 'error' || rows.isSeed()
}
