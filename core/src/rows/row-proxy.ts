/**
 * What a live row looks like: a Proxy that passes for the plain row wherever it is read, listed or printed, and refuses
 * every way to write to it. What a read tracks is the business of its maker.
 */
import type { RowKey } from './row-collection.ts'
import { RowsignalError } from '../errors.ts'

/** Node's inspection asks the target of a Proxy for it, so a slot has to have it, and calls it with the Proxy as `this`. */
export const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom')
const peek = Symbol('rowsignal.peek')

/** How the Proxies of one collection read. */
interface RowReads<Slot> {
  readonly keyField: string | undefined
  readonly proxySymbol: symbol | undefined
  column(slot: Slot, column: string): unknown
  /** All columns, which makes every change of the row count. */
  whole(slot: Slot): object | undefined
  untracked(slot: Slot): object | undefined
}

/** One handler per collection; the slot is the target, so that a row costs no closure. */
export function rowHandler<S extends { readonly key: RowKey }>(
  reads: RowReads<S>,
): ProxyHandler<S> {
  return {
    get(slot, property) {
      if (property === reads.keyField || property === '$key') return slot.key
      if (property === peek) return () => reads.untracked(slot)
      if (typeof property === 'symbol') return undefined
      // Vue asks these of everything that it is given: a row must pass through `ref` and `reactive` as it is.
      if (property.startsWith('__v_')) return property === '__v_skip' ? true : undefined
      const value = reads.column(slot, property)
      if (value !== undefined) return value
      if (property === 'toJSON') return () => ({ ...reads.whole(slot) })
      return columnOf(Object.prototype, property)
    },
    has(slot, property) {
      if (typeof property === 'symbol') return property === reads.proxySymbol
      return property in (reads.whole(slot) ?? {})
    },
    ownKeys: (slot) => Reflect.ownKeys(reads.whole(slot) ?? {}),
    getOwnPropertyDescriptor(slot, property) {
      // What `markRaw` of Vue would define is there.
      if (property === '__v_skip') return { value: true, configurable: true }
      const row = reads.whole(slot)
      if (row === undefined || !Object.hasOwn(row, property)) return undefined
      return { value: Reflect.get(row, property), enumerable: true, configurable: true }
    },
    set: refuseWrite,
    deleteProperty: refuseWrite,
    defineProperty: refuseWrite,
    setPrototypeOf: refuseWrite,
    preventExtensions: refuseFreeze,
  }
}

function refuseWrite(): never {
  throw new RowsignalError(
    'row-read-only',
    'live-row: rows are read-only. Use collection.update(key, (draft) => { … }), or useDraft in a form.',
  )
}

function refuseFreeze(): never {
  throw new RowsignalError(
    'row-read-only',
    'live-row: a live row is read-only as it is, and shows what changes, so it can’t be frozen or sealed. Freeze a copy: `snapshot(row)`.',
  )
}

export function columnOf(row: object | undefined, column: string): unknown {
  return row === undefined ? undefined : Reflect.get(row, column)
}

/**
 * A plain copy of a live row as it is now, read untracked: for `structuredClone`, `postMessage` and logs.
 *
 * Shape: a new object each time, nested values are the collection's own. Any other object is copied the same way.
 */
export function snapshot<Row extends object>(row: Row): Row {
  const read = Reflect.get(row, peek) as (() => Row | undefined) | undefined
  return { ...(read === undefined ? row : read()) } as Row
}
