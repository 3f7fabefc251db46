/** A program as data: what an app, other writers, the server and bad luck do to one database, one step after the other. */
import * as fc from 'fast-check'
import { tableNames, type TableName } from './tables.ts'

export const collectionNames = ['lists', 'todos', 'todosAgain', 'drafts', 'places'] as const
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
  | { readonly kind: 'sql'; readonly changes: readonly OutsideChange[] }
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
  sql: { weight: 6, step: fc.record({ changes: sqlChanges }) },
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
