/** What a subset says outright, for whoever brings its rows: the parameters of a sync stream, of a request. */
import type { IR, LoadSubsetOptions } from '@tanstack/db'

/**
 * The values that all rows of what a query asks for have, as its `where` says: `eq(place.country, 'DE')` gives
 * `{ country: 'DE' }`, `inArray(place.country, ['DE', 'FR'])` gives `{ country: ['DE', 'FR'] }`.
 *
 * Conditions under an `or` or a `not`, ranges and functions are left out: they do not give one value for all rows.
 *
 * @example
 * stream: (subset) => ({ name: 'places', params: subsetParameters(subset) })
 */
export function subsetParameters({ where }: LoadSubsetOptions): Record<string, unknown> {
  const parameters: Record<string, unknown> = {}
  for (const condition of where === undefined ? [] : conjuncts(where)) {
    if (condition.type !== 'func' || (condition.name !== 'eq' && condition.name !== 'in')) continue
    const [column, value] = condition.args
    if (column?.type !== 'ref' || value?.type !== 'val') continue
    parameters[column.path.join('.')] ??= value.value
  }
  return parameters
}

/** The conditions that must all hold. */
export function conjuncts(where: IR.BasicExpression): readonly IR.BasicExpression[] {
  return where.type === 'func' && where.name === 'and' ? where.args.flatMap(conjuncts) : [where]
}
