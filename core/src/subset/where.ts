/**
 * A predicate of @tanstack/db in SQL. Its logic has three values, and a predicate takes the rows of which it is true:
 * `not` is never said of a whole condition, but each is asked for the rows of which it is true or of which it is false. So
 * NULL means not taken everywhere, and what SQLite can't tell is either taken (a superset) or left (a subset) without a
 * look at what stands around it.
 */
import type { Predicate } from './evaluate.ts'
import { constantOf, type Expression, hasRef } from './expressions.ts'
import { likeOf } from './like.ts'
import { bind, every, everything, nothing, raw, some, sql, type Sql } from './sql-text.ts'
import { constantValue, isBindable, type SqlValue, valueOf } from './values.ts'
import type { SqlColumns } from '../codec/row-options.ts'

/** What a predicate is in SQL. */
export interface WhereSql {
  /** Takes no fewer rows. */
  readonly superset: Sql
  /** Takes no more rows. The very same as the superset if the predicate is exact. */
  readonly subset: Sql
}

/** More are not said: SQLite (3.53) plans 1,000 alternatives in 0.1 s, and 5,000 in 3. */
const maxParameters = 1000
/** Conditions deeper than this are not said: a parser of SQLite has had room for 100 brackets. */
const maxDepth = 25

/** The rows that all of the predicates take. */
export function whereOf(predicates: readonly Predicate[], columns: SqlColumns): WhereSql {
  const taken = new Conditions(columns, everything)
  const superset = every(predicates.map(({ where }) => taken.of(where, true, 0)))
  if (superset.parameters.length > maxParameters) return { superset: everything, subset: nothing }
  if (predicates.some(({ isWider }) => isWider)) return { superset, subset: nothing }
  if (!taken.hasDoubts) return { superset, subset: superset }
  const left = new Conditions(columns, nothing)
  return { superset, subset: every(predicates.map(({ where }) => left.of(where, true, 0))) }
}

const reversed: Readonly<Record<string, string>> = { gt: 'lt', gte: 'lte', lt: 'gt', lte: 'gte' }
const signs: Readonly<Record<string, readonly [isTrue: string, isFalse: string]>> = {
  eq: ['=', '<>'],
  gt: ['>', '<='],
  gte: ['>=', '<'],
  lt: ['<', '>='],
  lte: ['<=', '>'],
}

class Conditions {
  hasDoubts = false
  readonly #columns: SqlColumns
  readonly #doubtful: Sql

  /** @param doubtful What becomes of rows of which SQLite can't tell. */
  constructor(columns: SqlColumns, doubtful: Sql) {
    this.#columns = columns
    this.#doubtful = doubtful
  }

  /** The rows of which an expression is `wanted`. */
  of(expression: Expression, wanted: boolean, depth: number): Sql {
    if (depth > maxDepth) return this.#doubt()
    if (!hasRef(expression)) return this.#constant(expression, wanted)
    if (expression.type === 'ref') {
      const value = valueOf(expression, this.#columns)
      return value?.kind === 'boolean' ? this.#tell(truth(value, wanted), [value]) : this.#doubt()
    }
    if (expression.type !== 'func') return this.#doubt()
    const { name, args } = expression
    switch (name) {
      case 'and':
      case 'or': {
        const conditions = args.map((arg) => this.of(arg, wanted, depth + 1))
        return (name === 'and') === wanted ? every(conditions) : some(conditions)
      }
      case 'not':
        return this.of(args[0]!, !wanted, depth + 1)
      case 'in':
        return this.#in(args, wanted)
      case 'like':
      case 'ilike':
        return this.#like(args, wanted, name === 'ilike')
      case 'isNull':
        return this.#isNull(args[0]!, wanted)
      case 'isUndefined':
        return this.#isUndefined(args[0]!, wanted)
      default:
        return Object.hasOwn(signs, name) ? this.#comparison(name, args, wanted) : this.#doubt()
    }
  }

  #doubt(): Sql {
    this.hasDoubts = true
    return this.#doubtful
  }

  /** `condition` is NULL where one of the values is; those that are there after all are in doubt. */
  #tell(condition: Sql, values: readonly SqlValue[]): Sql {
    const presences = values.flatMap(({ presence }) => presence ?? [])
    if (presences.length === 0) return condition
    if (this.#doubt() === nothing) return condition
    return sql`ifnull(${condition}, ${every(presences.map((presence) => sql`${presence} IS NOT NULL`))})`
  }

  #constant(expression: Expression, wanted: boolean): Sql {
    try {
      const value = constantOf(expression)
      // Within `and` any other value is as good as true.
      if (typeof value !== 'boolean' && (value ?? null) !== null) return this.#doubt()
      return value === wanted ? everything : nothing
    } catch {
      return this.#doubt()
    }
  }

  #comparison(name: string, args: readonly Expression[], wanted: boolean): Sql {
    const [left, right] = args
    if (left === undefined || right === undefined) return this.#doubt()
    if (!hasRef(left)) return this.#comparison(reversed[name] ?? name, [right, left], wanted)
    const value = valueOf(left, this.#columns)
    if (value === undefined) return this.#isUnknown(right) ? nothing : this.#doubt()
    const other = valueOf(right, this.#columns)
    if (other === undefined) return this.#isUnknown(right) ? nothing : this.#doubt()
    if (name === 'eq' && value.kind !== other.kind) {
      return wanted ? nothing : every([isThere(value), isThere(other)])
    }
    if (name !== 'eq' && !isOrdered(value, other, right)) {
      if (value.kind !== 'text' || other.kind !== 'text' || hasRef(right)) return this.#doubt()
      return this.#order(value, constantOf(right) as string, name.startsWith('lt') === wanted)
    }
    if (name === 'eq' && value.isFalse !== undefined && !hasRef(right)) {
      return this.#tell(truth(value, (constantOf(right) === true) === wanted), [])
    }
    const sign = raw(signs[name]![wanted ? 0 : 1])
    return this.#tell(sql`${value.sql} ${sign} ${other.sql}`, [value, other])
  }

  /**
   * The texts before or after one that has units of surrogates or above, as prefix + U+FFFF. In doubt are only those that
   * begin as it does up to there and go on with such a unit, which is `ED A0` or greater in bytes.
   */
  #order(value: SqlValue, text: string, isBefore: boolean): Sql {
    const start = bind(text.slice(0, text.search(high)))
    const takesDoubtful = this.#doubt() === everything
    const end = isBefore === takesDoubtful ? "x'FF'" : "x'EDA080'"
    const sign = raw(isBefore ? '<' : '>=')
    return this.#tell(sql`${value.sql} ${sign} CAST(${start} || ${raw(end)} AS TEXT)`, [value])
  }

  /** A comparison with it is never true nor false. */
  #isUnknown(expression: Expression): boolean {
    try {
      return !hasRef(expression) && (constantOf(expression) ?? null) === null
    } catch {
      return false
    }
  }

  #in([item, list]: readonly Expression[], wanted: boolean): Sql {
    if (item === undefined || list?.type !== 'val' || !hasRef(item)) return this.#doubt()
    const value = valueOf(item, this.#columns)
    if (value === undefined) return this.#doubt()
    if (!Array.isArray(list.value)) return wanted ? nothing : isThere(value)
    const members = memberTexts(list.value, value.kind)
    if (members === undefined) return this.#doubt()
    if (members.length === 0) return wanted ? nothing : isThere(value)
    const listed = sql`(SELECT value FROM json_each(${bind(`[${members.join()}]`)}))`
    const operator = raw(wanted ? 'IN' : 'NOT IN')
    return this.#tell(sql`${value.sql} ${operator} ${listed}`, [value])
  }

  #like([text, pattern]: readonly Expression[], wanted: boolean, ignoresCase: boolean): Sql {
    if (text === undefined || pattern === undefined || hasRef(pattern)) return this.#doubt()
    if (this.#isUnknown(pattern)) return nothing
    const value = valueOf(text, this.#columns)
    if (value === undefined) return this.#doubt()
    const constant = this.#patternOf(pattern)
    if (constant === undefined) return this.#doubt()
    if (value.kind !== 'text' || constant === 'no text') return wanted ? nothing : isThere(value)
    const like = likeOf(value.sql, constant.text, ignoresCase)
    if (like === undefined) return this.#doubt()
    const condition = wanted ? like.matches : sql`NOT (${like.matches})`
    const presence = value.presence ?? (like.isExact ? undefined : value.sql)
    if (presence === undefined)
      return wanted ? every([like.range ?? everything, condition]) : condition
    const told = this.#tell(condition, [{ ...value, presence }])
    // A text that SQLite can't tell is in no range.
    const range = wanted && value.presence === undefined ? like.range : undefined
    return every([range ?? everything, told])
  }

  #patternOf(pattern: Expression): { text: string } | 'no text' | undefined {
    try {
      const text = constantOf(pattern)
      if (typeof text !== 'string') return 'no text'
      return isBindable(text) ? { text } : undefined
    } catch {
      return undefined
    }
  }

  #isNull(arg: Expression, wanted: boolean): Sql {
    const value = arg.type === 'ref' ? valueOf(arg, this.#columns) : undefined
    if (value === undefined) return this.#doubt()
    return wanted ? sql`${value.presence ?? value.sql} IS NULL` : isThere(value)
  }

  /** A row has null for what its table has and no value for. */
  #isUndefined(arg: Expression, wanted: boolean): Sql {
    const value = arg.type === 'ref' ? valueOf(arg, this.#columns) : undefined
    if (value === undefined) return this.#doubt()
    return wanted ? nothing : everything
  }
}

function truth(value: SqlValue, wanted: boolean): Sql {
  return wanted ? value.sql : (value.isFalse ?? sql`NOT ${value.sql}`)
}

function isThere({ sql: value, presence }: SqlValue): Sql {
  return sql`${presence ?? value} IS NOT NULL`
}

/** The units that UTF-16 orders otherwise than code points are ordered. */
const high = /[\uD800-\uFFFF]/

/**
 * Whether SQLite orders two values as JavaScript does. Texts it orders by code points and JavaScript by UTF-16 units: that
 * is the same against a text without the units of surrogates and above.
 */
function isOrdered(value: SqlValue, other: SqlValue, right: Expression): boolean {
  if (value.kind !== 'text' && other.kind !== 'text') return true
  if (value.kind !== other.kind || hasRef(right)) return false
  return !high.test(constantOf(right) as string)
}

/** The members that a value of this kind can equal, as JSON. Undefined: SQLite can't be told one of them. */
function memberTexts(list: readonly unknown[], kind: SqlValue['kind']): string[] | undefined {
  const members: string[] = []
  for (const member of list) {
    if (kindOf(member) !== kind) continue
    if (constantValue(member) === undefined) return undefined
    if (typeof member === 'string') members.push(JSON.stringify(member))
    else if (typeof member === 'boolean') members.push(member ? '1' : '0')
    else members.push(String(member instanceof Date ? member.getTime() : member))
  }
  return members
}

function kindOf(member: unknown): SqlValue['kind'] | undefined {
  if (typeof member === 'string') return 'text'
  if (typeof member === 'number' || member instanceof Date) return 'number'
  if (typeof member === 'boolean' || typeof member === 'bigint') return typeof member as 'boolean'
  return undefined
}
