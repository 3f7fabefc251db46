/**
 * Whether a predicate takes only rows that another one takes, too, so that its rows need not be read again. @tanstack/db
 * has `getLoadSubsetDemandKey`, which tells equal demands; of contained ones it knows nothing.
 *
 * Never a wrong yes, for no row whatever. A no means not known.
 */
import { compileSingleRowExpression, getLoadSubsetDemandKey } from '@tanstack/db'
import type { IR } from '@tanstack/db'
import { constantOf, type Expression, hasRef, pathOf } from './expressions.ts'

type Condition = IR.BasicExpression<boolean>

export function isWhereContained(
  inner: Condition | undefined,
  outer: Condition | undefined,
): boolean {
  if (outer === undefined || inner === outer) return true
  if (inner === undefined) return false
  try {
    return keyOf(inner) === keyOf(outer) || (isCondition(inner) && implies(inner, outer))
  } catch {
    return false // a function that @tanstack/db does not know, or a value that it can't name
  }
}

const keys = new WeakMap<object, string | undefined>()

function keyOf(expression: Expression): string | undefined {
  if (!keys.has(expression)) keys.set(expression, getLoadSubsetDemandKey({ where: expression }))
  return keys.get(expression)
}

const conditions = new Set([
  'and',
  'or',
  'not',
  'eq',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'like',
  'ilike',
  'isNull',
  'isUndefined',
])

/** Whether it is true, false or unknown: of any other value `and` and a whole predicate think differently. */
function isCondition(expression: Expression): expression is IR.Func {
  return expression.type === 'func' && conditions.has(expression.name)
}

function implies(inner: Expression, outer: Expression): boolean {
  if (!isCondition(inner) || !isCondition(outer)) return false
  if (outer.name === 'and') return outer.args.every((arg) => implies(inner, arg))
  if (inner.name === 'or') return inner.args.every((arg) => implies(arg, outer))
  if (outer.name === 'or' && outer.args.some((arg) => implies(inner, arg))) return true
  if (inner.name === 'and') return inner.args.some((arg) => implies(arg, outer))
  return keyOf(inner) === keyOf(outer) || oneColumnImplies(inner, outer)
}

/** What a condition says of one column: `[operator, path, constant]`. */
type OfColumn = readonly [name: string, path: string, constant: unknown]

const turned: Readonly<Record<string, string>> = {
  gt: 'lt',
  gte: 'lte',
  lt: 'gt',
  lte: 'gte',
  eq: 'eq',
}

function ofColumn({ name, args }: IR.Func): OfColumn | undefined {
  const [left, right] = args
  if (left === undefined || right === undefined) return undefined
  if (left.type === 'ref' && !hasRef(right)) {
    return [name, JSON.stringify(pathOf(left)), constantOf(right)]
  }
  const other = turned[name]
  if (other === undefined || right.type !== 'ref' || hasRef(left)) return undefined
  return [other, JSON.stringify(pathOf(right)), constantOf(left)]
}

function oneColumnImplies(inner: IR.Func, outer: IR.Func): boolean {
  const one = ofColumn(inner)
  const other = ofColumn(outer)
  if (one === undefined || other === undefined || one[1] !== other[1]) return false
  const [name, , constant] = one
  const [outerName, , outerConstant] = other
  if (name === 'eq') return eachTaken([constant], outer, other)
  if (name === 'in') return Array.isArray(constant) && eachTaken(constant, outer, other)
  if (name === 'like' || name === 'ilike') {
    const [prefix, outerPrefix] = [prefixOf(constant), prefixOf(outerConstant)]
    if (name !== outerName || prefix === undefined || outerPrefix === undefined) return false
    return name === 'like'
      ? prefix.startsWith(outerPrefix)
      : prefix.toLowerCase().startsWith(outerPrefix.toLowerCase())
  }
  if (outerName !== name && outerName !== `${name}e`) return false
  const [limit, outerLimit] = [boundOf(constant), boundOf(outerConstant)]
  if (limit === undefined || outerLimit === undefined || typeof limit !== typeof outerLimit)
    return false
  if (name.startsWith('gt')) return limit >= outerLimit
  return name.startsWith('lt') && limit <= outerLimit
}

/** Whether the outer condition takes a row with any of the values, and so all that equal one of them. */
function eachTaken(
  values: readonly unknown[],
  outer: IR.Func,
  [name, , constant]: OfColumn,
): boolean {
  const known = values.filter((value) => (value ?? null) !== null)
  const constants: unknown[] = Array.isArray(constant) ? constant : [constant]
  if (name === 'in') {
    const taken = new Set(constants.map(plainOf))
    return known.every((value) => plainOf(value) !== undefined && taken.has(plainOf(value)))
  }
  // A date equals its ms, but is no such thing to a text.
  const areNumbers = constants.every((item) => typeof plainOf(item) === 'number')
  const path = outer.args.find((arg) => arg.type === 'ref')!
  const takes = compileSingleRowExpression(outer)
  return known.every((value) => {
    const plain = plainOf(value)
    if (plain === undefined || (typeof plain === 'number' && !areNumbers)) return false
    return takes(rowWith(pathOf(path), value)) === true
  })
}

function rowWith(path: readonly string[], value: unknown): Record<string, unknown> {
  return path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Record<
    string,
    unknown
  >
}

/** What a value equals: a date its ms. Undefined for what is equal by more than that. */
function plainOf(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  const number = value instanceof Date ? value.getTime() : value
  return typeof number === 'number' && Number.isFinite(number) ? number + 0 : undefined
}

/** To a number every value is a number or none; to a text that is no number a number is none. */
function boundOf(value: unknown): string | number | undefined {
  const plain = plainOf(value)
  if (typeof plain === 'number') return plain
  return typeof plain === 'string' && Number.isNaN(Number(plain)) ? plain : undefined
}

function prefixOf(pattern: unknown): string | undefined {
  return typeof pattern === 'string' ? /^([^%_]*)%+$/.exec(pattern)?.[1] : undefined
}
