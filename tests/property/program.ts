/** A program as data: what an app, other writers, the server and bad luck do to one database, one step after the other. */
import * as fc from 'fast-check'
import type { Shape } from './demands.ts'
import { tableNames, type TableName } from './tables.ts'

const wholeNames = ['lists', 'todos', 'todosAgain', 'drafts', 'places'] as const
/** Collections of todos that hold what is asked for: at once given up, given up some time later, or never. */
export const onDemandNames = ['someTodos', 'keptTodos', 'progressiveTodos'] as const
export const collectionNames = [...wholeNames, ...onDemandNames] as const
export type OnDemandName = (typeof onDemandNames)[number]
export type CollectionName = (typeof collectionNames)[number]

/** One change of one row by the app. `put` updates the row, or inserts it if there is none. */
export interface Mutation {
  readonly on: CollectionName
  readonly op: 'put' | 'insert' | 'update' | 'delete'
  readonly row: number
  /** A constraint of SQLite refuses the value, and with it the whole transaction. */
  readonly refused: boolean
}

/** One change of one row by others: plain SQL, or the server. */
export interface OutsideChange {
  readonly table: TableName
  readonly op: 'put' | 'update' | 'delete'
  readonly row: number
}

/** Where a transaction of the app's own fails. */
export type Failure = 'nowhere' | 'in mutate' | 'before the write' | 'after the write'

export type Step =
  | { readonly kind: 'write'; readonly mutation: Mutation }
  | {
      readonly kind: 'write-many'
      readonly on: CollectionName
      readonly op: 'insert' | 'update' | 'delete'
      readonly rows: readonly number[]
    }
  | { readonly kind: 'transact'; readonly mutations: readonly Mutation[]; readonly throws: boolean }
  | {
      readonly kind: 'transactor'
      readonly mutations: readonly Mutation[]
      readonly fails: Failure
    }
  /** An optimistic action of the app's that ends some steps later. */
  | {
      readonly kind: 'action'
      readonly mutations: readonly Mutation[]
      readonly ends: 'writes nothing' | 'fails' | 'writes'
      readonly steps: number
    }
  /** A list and a todo that are only ever changed together. */
  | {
      readonly kind: 'pair'
      readonly row: number
      readonly by: 'transact' | 'sql' | 'server'
      readonly op: 'put' | 'delete'
    }
  /** `many`: together with a hundred rows that come and go. */
  | { readonly kind: 'sql'; readonly changes: readonly OutsideChange[]; readonly many: boolean }
  | { readonly kind: 'sql-rollback'; readonly changes: readonly OutsideChange[] }
  | { readonly kind: 'restart'; readonly on: CollectionName; readonly ticks: number }
  | { readonly kind: 'subscriber-throws'; readonly on: CollectionName }
  | { readonly kind: 'subscriber-writes'; readonly on: CollectionName; readonly mutation: Mutation }
  | { readonly kind: 'connect' }
  | { readonly kind: 'disconnect' }
  | { readonly kind: 'download'; readonly changes: readonly OutsideChange[] }
  | { readonly kind: 'bad-checksum' }
  | { readonly kind: 'cut-line' }
  | { readonly kind: 'refused-upload' }
  | { readonly kind: 'server-restart'; readonly ticks: number }
  | { readonly kind: 'reconnect' }
  /** A table is taken from the schema and put back. */
  | { readonly kind: 'schema-change'; readonly table: TableName; readonly ticks: number }
  | { readonly kind: 'clear'; readonly soft: boolean; readonly clearLocal: boolean }
  /** A query is opened over a collection that holds what is asked for, and one is closed: itself after some turns. */
  | {
      readonly kind: 'open'
      readonly on: OnDemandName
      readonly shape: Shape
      readonly closes: 'never' | 'the one before' | 'itself'
      readonly ticks: number
    }
  | { readonly kind: 'close'; readonly which: number }
  | {
      readonly kind: 'page'
      readonly which: number
      readonly offset: number
      readonly limit: number
    }
  /** The next hook of a demand fails. */
  | { readonly kind: 'hook-fails'; readonly ticks: number }
  /** The next answer to a statement about records or rows is lost. */
  | { readonly kind: 'lost-answer'; readonly skip: number; readonly isDone: boolean }
  | { readonly kind: 'pause'; readonly ticks: number }
  | { readonly kind: 'settle' }

export type StepKind = Step['kind']
export type StepOf<Kind extends StepKind> = Extract<Step, { kind: Kind }>

/** Rows 0 to 2 are there from the start. */
const row = fc.nat(5)
const on = fc.constantFrom(...collectionNames)

const mutation: fc.Arbitrary<Mutation> = fc.record({
  on,
  op: fc.constantFrom('put', 'put', 'put', 'delete', 'insert', 'update'),
  row,
  refused: fc.nat(11).map((number) => number === 11),
})
const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 })

const changesOf = (...tables: readonly TableName[]): fc.Arbitrary<OutsideChange[]> =>
  fc.array(
    fc.record({
      table: fc.constantFrom(...tables),
      op: fc.constantFrom('put', 'put', 'update', 'delete'),
      row,
    }),
    { minLength: 1, maxLength: 4 },
  )
const sqlChanges = changesOf(...tableNames)
const ticks = fc.nat(4)

const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.record({ by: fc.constant('list' as const), row }),
  fc.record({ by: fc.constant('lists' as const), rows: fc.uniqueArray(row, { maxLength: 4 }) }),
  fc.record({ by: fc.constant('digit' as const), digit: fc.nat(9) }),
  fc.record({
    by: fc.constantFrom('above' as const, 'below' as const),
    number: fc.constantFrom(0, 5, 10, 20, 40, 80),
  }),
  fc.record({
    by: fc.constantFrom('first' as const, 'last' as const),
    limit: fc.integer({ min: 1, max: 4 }),
    above: fc.constantFrom(undefined, undefined, 5, 20),
  }),
  fc.record({
    by: fc.constant('join' as const),
    side: fc.constantFrom('left' as const, 'inner' as const),
  }),
)

type Kinds = { readonly [Kind in StepKind]: { weight: number; step: fc.Arbitrary<object> } }

const nothing = fc.constant({})

/** Every kind, how often it comes, and what it is made of. */
const kinds: Kinds = {
  write: { weight: 10, step: fc.record({ mutation }) },
  'write-many': {
    weight: 3,
    step: fc.record({
      on,
      op: fc.constantFrom('insert', 'update', 'delete'),
      rows: fc.uniqueArray(row, { minLength: 1, maxLength: 4 }),
    }),
  },
  transact: {
    weight: 5,
    step: fc.record({ mutations, throws: fc.nat(7).map((number) => number === 7) }),
  },
  transactor: {
    weight: 4,
    step: fc.record({
      mutations,
      fails: fc.constantFrom<Failure>(
        'nowhere',
        'nowhere',
        'in mutate',
        'before the write',
        'after the write',
      ),
    }),
  },
  action: {
    weight: 4,
    step: fc.record({
      mutations,
      ends: fc.constantFrom('writes nothing', 'fails', 'writes'),
      steps: fc.nat(5),
    }),
  },
  pair: {
    weight: 5,
    step: fc.record({
      row: fc.nat(1),
      by: fc.constantFrom('transact', 'sql', 'server'),
      op: fc.constantFrom('put', 'put', 'put', 'delete'),
    }),
  },
  sql: {
    weight: 6,
    step: fc.record({ changes: sqlChanges, many: fc.nat(3).map((number) => number === 3) }),
  },
  'sql-rollback': { weight: 3, step: fc.record({ changes: sqlChanges }) },
  restart: { weight: 3, step: fc.record({ on, ticks }) },
  'subscriber-throws': { weight: 3, step: fc.record({ on }) },
  'subscriber-writes': { weight: 3, step: fc.record({ on, mutation }) },
  connect: { weight: 4, step: nothing },
  disconnect: { weight: 2, step: nothing },
  download: {
    weight: 6,
    step: fc.record({ changes: changesOf('lists', 'todos', 'places') }),
  },
  'bad-checksum': { weight: 2, step: nothing },
  'cut-line': { weight: 2, step: nothing },
  'refused-upload': { weight: 2, step: nothing },
  'server-restart': { weight: 2, step: fc.record({ ticks }) },
  reconnect: { weight: 2, step: nothing },
  'schema-change': {
    weight: 2,
    step: fc.record({ table: fc.constantFrom(...tableNames), ticks }),
  },
  clear: { weight: 2, step: fc.record({ soft: fc.boolean(), clearLocal: fc.boolean() }) },
  open: {
    weight: 12,
    step: fc.record({
      on: fc.constantFrom('someTodos', 'someTodos', 'keptTodos', 'progressiveTodos'),
      shape,
      closes: fc.constantFrom('never', 'never', 'the one before', 'itself'),
      ticks,
    }),
  },
  close: { weight: 5, step: fc.record({ which: fc.nat(5) }) },
  page: {
    weight: 4,
    step: fc.record({ which: fc.nat(5), offset: fc.nat(3), limit: fc.integer({ min: 1, max: 4 }) }),
  },
  'hook-fails': { weight: 3, step: fc.record({ ticks }) },
  'lost-answer': { weight: 2, step: fc.record({ skip: fc.nat(4), isDone: fc.boolean() }) },
  pause: { weight: 6, step: fc.record({ ticks }) },
  settle: { weight: 2, step: nothing },
}

export const stepKinds = Object.keys(kinds) as readonly StepKind[]

const step = fc.oneof(
  ...stepKinds.map((kind) => ({
    weight: kinds[kind].weight,
    arbitrary: kinds[kind].step.map((rest) => ({ kind, ...rest }) as Step),
  })),
)

/** Programs of 20 to 30 steps; they shrink to as few as still fail. */
class Programs extends fc.Arbitrary<Step[]> {
  readonly #whole = fc.array(step, { minLength: 20, maxLength: 30, size: 'max' })
  readonly #part = fc.array(step, { maxLength: 30, size: 'max' })

  generate(random: fc.Random, biasFactor: number | undefined): fc.Value<Step[]> {
    return this.#whole.generate(random, biasFactor)
  }

  canShrinkWithoutContext(value: unknown): value is Step[] {
    return this.#part.canShrinkWithoutContext(value)
  }

  shrink(value: Step[], context: unknown): fc.Stream<fc.Value<Step[]>> {
    return this.#part.shrink(value, context)
  }
}

export const programs: fc.Arbitrary<Step[]> = new Programs()

/** One line a step. */
export function print(program: readonly Step[]): string {
  return program.map((each) => `  ${JSON.stringify(each)},`).join('\n')
}
