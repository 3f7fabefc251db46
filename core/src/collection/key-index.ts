/**
 * Lets queries look rows up by id without a scan: an index that stores nothing and answers from the collection itself.
 *
 * TanStack DB has no index of the key: `eq(todo.id, id)` reads every row, also for `findOne` and for the side of a join
 * that is joined by id. An index of its own kinds would keep all keys a second time, sorted, and be slower to fill.
 */
import { BaseIndex } from '@tanstack/db'
import type { Collection, IndexConstructor } from '@tanstack/db'
import { RowsignalError } from '../errors.ts'
import type { AnyCollection } from '../libraries/tanstack.ts'

interface KeyIndexOptions {
  // TanStack DB makes a text of all options but functions, so this is no collection.
  readonly has: (key: unknown) => boolean
}

/** Adds the index; to be done at each start, since a clean-up of the collection takes its indexes away. */
export function indexKeys(collection: AnyCollection): void {
  const keyed: Collection<{ id: string }, string> = collection
  keyed.createIndex((row) => row.id, {
    name: 'key',
    indexType: KeyIndex,
    options: { has: (key) => keyed.has(key as string) } satisfies KeyIndexOptions,
  })
}

class KeyIndex extends BaseIndex<string> {
  override readonly supportedOperations: BaseIndex['supportedOperations'] = new Set(['eq', 'in'])
  readonly #has: KeyIndexOptions['has']

  constructor(...parameters: ConstructorParameters<IndexConstructor<string>>) {
    super(...parameters)
    this.#has = (parameters[3] as KeyIndexOptions).has
  }

  // Equality does not depend on how strings are sorted.
  override matchesCompareOptions(): boolean {
    return true
  }

  override matchesDirection(): boolean {
    return true
  }

  equalityLookup(value: unknown): Set<string> {
    return this.inArrayLookup([value])
  }

  override inArrayLookup(values: unknown[]): Set<string> {
    return new Set((values as string[]).filter((value) => this.#has(value)))
  }

  lookup(operation: string, value: unknown): Set<string> {
    return operation === 'in' ? this.inArrayLookup(value as unknown[]) : this.equalityLookup(value)
  }

  // There is nothing to keep up to date.
  override initialize(): void {}
  build(): void {}
  add(): void {}
  update(): void {}
  remove(): void {}
  clear(): void {}

  // Ordered reads ask `supports` first. Rows would be missing if one came all the same, so it is told.
  get keyCount(): never {
    throw unordered()
  }
  rangeQuery(): never {
    throw unordered()
  }
  take(): never {
    throw unordered()
  }
  takeFromStart(): never {
    throw unordered()
  }
  takeReversed(): never {
    throw unordered()
  }
  takeReversedFromEnd(): never {
    throw unordered()
  }
}

function unordered(): RowsignalError {
  return new RowsignalError(
    'unsupported-tanstack-db',
    'collection: this version of @tanstack/db asks the index of the keys for an order, which it does not have. ' +
      'Install a version in the range of the peer dependency.',
  )
}
