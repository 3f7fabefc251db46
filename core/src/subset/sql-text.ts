/** Pieces of SQL that carry their parameters, so that these are in the order of their `?` however pieces are put together. */

export type Parameter = string | number | null

export interface Sql {
  readonly text: string
  readonly parameters: readonly Parameter[]
}

/** SQL of pieces. */
export function sql(texts: TemplateStringsArray, ...pieces: readonly Sql[]): Sql {
  return {
    text: texts.map((text, index) => text + (pieces[index]?.text ?? '')).join(''),
    parameters: pieces.flatMap((piece) => piece.parameters),
  }
}

/** Text without parameters. */
export function raw(text: string): Sql {
  return { text, parameters: [] }
}

export function bind(parameter: Parameter): Sql {
  return { text: '?', parameters: [parameter] }
}

export const everything: Sql = raw('1')
export const nothing: Sql = raw('0')

/** True where all are. */
export function every(conditions: readonly Sql[]): Sql {
  const kept = conditions.filter((condition) => condition !== everything)
  if (kept.includes(nothing)) return nothing
  return kept.length === 0 ? everything : balanced(kept, 'AND')
}

/** True where one is. */
export function some(conditions: readonly Sql[]): Sql {
  const kept = conditions.filter((condition) => condition !== nothing)
  if (kept.includes(everything)) return everything
  return kept.length === 0 ? nothing : balanced(kept, 'OR')
}

/** A chain of n operators is n levels deep to SQLite, which takes 1,000: this is as flat as can be. */
function balanced(conditions: readonly Sql[], operator: 'AND' | 'OR'): Sql {
  if (conditions.length === 1) return conditions[0]!
  const middle = Math.ceil(conditions.length / 2)
  const [left, right] = [conditions.slice(0, middle), conditions.slice(middle)]
  return sql`(${balanced(left, operator)} ${raw(operator)} ${balanced(right, operator)})`
}
