/** What a subset says outright, for whoever brings its rows: the parameters of a sync stream, of a request. */
import type { IR, LoadSubsetOptions } from '@tanstack/db'

/**
 * The values that rows of a subset must have, as far as its `where` says so by itself: `eq(place.country, 'DE')` gives
 * `{ country: 'DE' }`, `inArray(place.country, ['DE', 'FR'])` gives `{ country: ['DE', 'FR'] }`.
 *
 * Only what holds for each row: conditions under an `or` or a `not`, ranges and functions are left out.
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
