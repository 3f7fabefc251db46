/** What a demand says of a decoded row, by @tanstack/db's own evaluator. */
import { compileSingleRowExpression, IR, toBooleanPredicate } from '@tanstack/db'
import { type Expression, pathOf } from './expressions.ts'
import { isVirtual } from '../libraries/tanstack.ts'
import type { AnyRow } from '../libraries/tanstack.ts'

/**
 * Whether a predicate takes a row. Where it throws the row is taken: the query throws, too, and shows it.
 */
export function matcherOf(where: Expression): (row: AnyRow) => boolean {
  try {
    const evaluate = compileSingleRowExpression(where)
    return (row) => {
      try {
        return toBooleanPredicate(evaluate(row) as boolean | null)
      } catch {
        return true
      }
    }
  } catch {
    return () => true
  }
}

export interface Predicate {
  readonly where: Expression
  /** Whether it takes more rows than the one that it was made of. */
  readonly isWider: boolean
}

/**
 * A predicate without the properties that only TanStack DB's rows have: `$key` is the id, and of conditions on others
 * nothing is known.
 */
export function ofColumns(where: Expression): Predicate {
  let isWider = false
  const widen = (expression: Expression, wanted: boolean): Expression => {
    if (expression.type === 'func' && ['and', 'or', 'not'].includes(expression.name)) {
      const inner = expression.name === 'not' ? !wanted : wanted
      const args = expression.args.map((arg) => widen(arg, inner))
      return args.every((arg, index) => arg === expression.args[index])
        ? expression
        : new IR.Func(expression.name, args)
    }
    const known = withKey(expression)
    if (known !== undefined) return known
    isWider = true
    return new IR.Value(wanted)
  }
  const wider = widen(where, true)
  return { where: wider, isWider }
}

/** With `$key` as the id; undefined if it asks for another property of that kind. */
export function withKey(expression: Expression): Expression | undefined {
  if (expression.type === 'ref') {
    const [name = '', ...rest] = pathOf(expression)
    if (name === '$key') return new IR.PropRef(['id', ...rest])
    return isVirtual(name) ? undefined : expression
  }
  if (expression.type === 'val') return expression
  const args: Expression[] = []
  for (const arg of expression.args) {
    const known = withKey(arg)
    if (known === undefined) return undefined
    args.push(known)
  }
  return args.every((arg, index) => arg === expression.args[index])
    ? expression
    : new IR.Func(expression.name, args)
}
