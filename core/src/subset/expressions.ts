/** Expressions of @tanstack/db as `loadSubset` hands them over, and what its own evaluator says of them. */
import { compileSingleRowExpression } from '@tanstack/db'
import type { IR } from '@tanstack/db'

export type Expression = IR.BasicExpression

/** The names that lead from the row to the value; without the alias that 0.15 may put before them. */
export function pathOf(ref: IR.PropRef): readonly string[] {
  const { sourceAlias } = ref as { readonly sourceAlias?: string }
  return sourceAlias !== undefined && ref.path[0] === sourceAlias ? ref.path.slice(1) : ref.path
}

/** Whether its value depends on the row. */
export function hasRef(expression: Expression): boolean {
  if (expression.type === 'func') return expression.args.some(hasRef)
  return expression.type === 'ref'
}

/** The value of an expression without refs. `undefined` where @tanstack/db would throw, too. */
export function constantOf(expression: Expression): unknown {
  return expression.type === 'val' ? expression.value : compileSingleRowExpression(expression)({})
}
