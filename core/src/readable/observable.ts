/**
 * Readables as observables, for RxJS and its like. An entry of its own, `@rowsignal/core/observable`: it declares
 * `Symbol.observable` for the whole program, which an app without RxJS has no use for.
 */
import type { Readable } from './readable.ts'

declare global {
  interface SymbolConstructor {
    /** As RxJS 7 and others declare it, so that their types take ours. The platform itself does not have it. */
    readonly observable: symbol
  }
}

/** The least that an observable library asks of a source. */
export interface ObservableLike<T> {
  subscribe(observer: { next?(value: T): void } | ((value: T) => void)): { unsubscribe(): void }
  readonly [Symbol.observable]: () => ObservableLike<T>
}

/**
 * A readable as an observable: emits the value now and on each change, never completes or errors.
 *
 * @example
 * import { toObservable } from '@rowsignal/core/observable'
 * import { from } from 'rxjs'
 * from(toObservable(rows(todos))).subscribe((todos) => render(todos))
 */
export function toObservable<T>(readable: Readable<T>): ObservableLike<T> {
  const observable = {
    subscribe(observer: Parameters<ObservableLike<T>['subscribe']>[0]) {
      const next = typeof observer === 'function' ? observer : observer.next?.bind(observer)
      return { unsubscribe: readable.subscribe((value) => next?.(value)) }
    },
  } as ObservableLike<T>
  // RxJS 7 looks for this well-known key; without the proposal's symbol it falls back to the string.
  const key = (Symbol as { observable?: symbol }).observable ?? '@@observable'
  return Object.assign(observable, { [key]: () => observable })
}
