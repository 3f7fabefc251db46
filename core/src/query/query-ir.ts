/** What a built query says, read from TanStack DB's own form of it: which collections it reads, which are alike, by what key. */
import { getStableQueryIRHash, IR, UnhashableQueryIRError } from '@tanstack/db'
import type { AnyCollection, AnyRow } from '../libraries/tanstack.ts'
import { findKeyField, type RowCollection } from '../rows/row-collection.ts'

/**
 * How the entry begins that a select has for a spread row, in the place where it is spread. Its value is a reference, or a
 * Proxy without end (@tanstack/db 0.9.2).
 */
const spread = '__SPREAD_SENTINEL__'

/** What is known of a built query. */
export interface DescribedQuery {
  /** The collections that it reads, in order, repeated where it repeats them. */
  readonly read: readonly AnyCollection[]
  /** What identifies it but for the functions in it, and these; undefined when it can't be compared. */
  readonly structure: { readonly hash: string; readonly functions: readonly unknown[] } | undefined
  /** `getKey`, where its rows keep the key of their source in one field. */
  readonly key: { getKey?: (row: AnyRow) => string }
}

export function describeQuery(query: IR.QueryIR): DescribedQuery {
  return { read: collectionsOf(query), structure: structureOf(query), key: keyOf(query) }
}

function structureOf(query: IR.QueryIR): DescribedQuery['structure'] {
  const { fnSelect, fnWhere = [], fnHaving = [], ...structural } = query
  try {
    const hash = getStableQueryIRHash(structural)
    return { hash, functions: [fnSelect, fnWhere.length, ...fnWhere, ...fnHaving] }
  } catch (error) {
    if (error instanceof UnhashableQueryIRError) return undefined
    throw error
  }
}

function collectionsOf(query: IR.QueryIR): AnyCollection[] {
  const joined = query.join?.map((clause) => clause.from) ?? []
  return [query.from, ...joined]
    .flatMap(collectionsOfFrom)
    .concat(collectionsOfSelect(query.select))
}

function collectionsOfFrom(from: IR.From): AnyCollection[] {
  if (from.type === 'collectionRef') return [from.collection]
  if (from.type === 'queryRef') return collectionsOf(from.query)
  if (from.type === 'unionFrom') return from.sources.flatMap(collectionsOfFrom)
  return from.type === 'unionAll' ? from.queries.flatMap(collectionsOf) : []
}

/** Subqueries stand in a select, at any depth. */
function collectionsOfSelect(value: unknown): AnyCollection[] {
  if (value instanceof IR.IncludesSubquery) return collectionsOf(value.query)
  if (value instanceof IR.PropRef || value instanceof IR.Value || value instanceof IR.Func)
    return []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) =>
    name.startsWith(spread) ? [] : collectionsOfSelect(part),
  )
}

/**
 * Without it the key of a result is known to @tanstack/db only by the identity of the row, and a keyed list
 * (`:key="todo.id"`) would depend on every row that it shows: live rows read the key field untracked.
 */
function keyOf(query: IR.QueryIR): DescribedQuery['key'] {
  const { from, select } = query
  const makesOtherKeys = query.join ?? query.groupBy ?? query.distinct ?? query.fnSelect
  if (from.type !== 'collectionRef' || makesOtherKeys !== undefined) return {}
  const field = findKeyField(from.collection as unknown as RowCollection<AnyRow, string>)
  if (field === undefined || field.startsWith('$')) return {}
  const column = select === undefined ? field : selectedAs(select, from.alias, field)
  return column === undefined ? {} : { getKey: (row) => row[column] as string }
}

/** The name that a select gives to a field of its source, and to nothing after it. */
function selectedAs(select: IR.Select, alias: string, field: string): string | undefined {
  let known: string | undefined
  for (const [name, value] of Object.entries(select)) {
    if (name.startsWith(spread)) {
      // It may have a column of any name.
      known = name.slice(0, name.lastIndexOf('__')) === spread + alias ? field : undefined
    } else if (isFieldOf(value, alias, field)) known ??= name
    else if (name === known) known = undefined
  }
  return known
}

function isFieldOf(value: unknown, alias: string, field: string): boolean {
  if (!(value instanceof IR.PropRef) || value.path.length !== 2) return false
  return value.path[0] === alias && value.path[1] === field
}
