/**
 * The entry `@rowsignal/core/observable`.
 *
 * @module @rowsignal/core/observable
 */
export { type ObservableLike, toObservable } from './readable/observable.ts'
