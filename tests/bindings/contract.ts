/**
 * What the suite asks of a framework: to mount these components, made with its binding and in its own manner, and to
 * say in `log` when one of their parts runs.
 */
import { column, type CommonPowerSyncDatabase, Schema, Table } from '@powersync/common'
import type {
  createPowerSyncCollection,
  LiveQueryView,
  QueryAnswer,
  Readable,
  RowCollection,
  RowStatus,
  RowsWindow,
  Seeds,
} from '@rowsignal/core'
import type { Collection, InitialQueryBuilder } from '@tanstack/db'
import type { Todo } from '../support/synced-collection.ts'

export type Todos = Collection<Todo, string>

export const schema = new Schema({
  lists: new Table({ title: column.text }),
  todos: new Table({ title: column.text, done: column.integer }),
})

export type StoredTodos = ReturnType<typeof createPowerSyncCollection<typeof schema.props.todos>>

/** A value that the framework tracks. */
export interface Box<T> {
  value: T
}

export interface Logged {
  readonly log: (entry: string) => void
}

export interface Seeded {
  /** Given to the component itself, or to one above it where the framework has it so. */
  readonly seeds?: readonly Seeds[]
}

export interface ListProps extends Logged, Seeded {
  readonly collection: Box<Todos | undefined>
  readonly window: Box<RowsWindow | undefined>
}

export interface MemoProps extends Logged {
  readonly collection: Todos
}

type Titled = RowCollection<{ title: string | null }, string>

export interface PairProps extends Logged {
  readonly left: Titled
  readonly right: Titled
}

export interface OfficialProps {
  readonly collection: StoredTodos
}

export interface FormProps extends Seeded {
  readonly collection: Todos
  readonly key: Box<string | undefined>
}

export interface RowProps extends FormProps, Logged {
  readonly expose: (row: () => RowStatus) => void
}

export interface ItemProps extends Logged {
  readonly row: Readonly<Todo>
}

export interface StatusProps {
  /** Given to a component above, or to nobody. */
  readonly provided: CommonPowerSyncDatabase | undefined
}

export interface OutboxProps extends StatusProps, Logged {
  readonly collection: StoredTodos
  readonly key: Box<string>
}

export interface StatesProps extends Logged {
  readonly collection: StoredTodos
  readonly keys: readonly string[]
}

/** What the tests ask for, whatever they ask with. */
export type Answer = Todos | null

/** Answers with a builder, a config, a collection, or nothing; the types of a config are in types.test-d.ts. */
export type Ask = (q: InitialQueryBuilder) => QueryAnswer | { query: unknown }

export interface QueryProps extends Logged, Seeded {
  /** Read by the query function: another one is another query. */
  readonly ask: Box<Ask>
  readonly expose: (query: () => QueryFields) => void
}

/** What `useLiveQuery` gives, out of the framework's shape. */
export type QueryFields = LiveQueryView<Answer>

export interface ValueProps extends Logged {
  readonly readable: Box<Readable<unknown>>
}

export interface Mounted {
  readonly element: HTMLElement
  readonly unmount: () => void
}

/** Titles of tests that a framework does not pass yet, as `vue: <title>`. A release has none. */
export const knownGaps: readonly string[] = []

export interface Driver {
  readonly box: <T>(value: T) => Box<T>
  /** Makes several changes that the framework takes as one. */
  readonly together: (change: () => void) => void
  /** Resolves when the framework has brought the page up to date. */
  readonly flush: () => Promise<void>
  /**
   * `useRows` in a `<p>` with status and size, and a `<ul>` with a component for each row. Logs `list` when the list
   * runs, `row <id>` for a row that shows its title.
   */
  readonly mountList: (props: ListProps) => Mounted
  /** The component for a row of `mountList` by itself: shows the title, logs `row <id>`. */
  readonly mountItem: (props: ItemProps) => Mounted
  /** An effect that logs a memo over all rows: how many have a rank. */
  readonly mountMemo: (props: MemoProps) => Mounted
  /** An effect that logs the titles of the first row of two `useRows`. */
  readonly mountPair: (props: PairProps) => Mounted
  /** `useRow`: shows the title, or `none`; logs it. */
  readonly mountRow: (props: RowProps) => Mounted
  /** `useDraft`: an `<input>` bound to the title, a `<p>` with `changed`, buttons `save` and `reset`. */
  readonly mountForm: (props: FormProps) => Mounted
  /** `useSyncStatus` of the provided database: shows `online` or `offline`. */
  readonly mountStatus: (props: StatusProps) => Mounted
  /**
   * `useOutbox`, `useRowState` and `useRefused` of the provided database: a `<p>` of how many operations wait, the state of the
   * row and how many writes are refused. Logs the state.
   */
  readonly mountOutbox: (props: OutboxProps) => Mounted
  /** `useRowStates`: an `<li>` for each key, of its state, and a `<p>` of the size; each row logs `<key> <state>`. */
  readonly mountStates: (props: StatesProps) => Mounted
  /**
   * `useLiveQuery` of the framework's TanStack adapter: a `<ul>` of the titles of what is not done, in their order.
   */
  readonly mountOfficial: (props: OfficialProps) => Mounted
  /**
   * `useLiveQuery` in a `<p>` with status and size, and its rows as in `mountList`. Also logs `query` when the query
   * function runs.
   */
  readonly mountQuery: (props: QueryProps) => Mounted
  /** `useReadable`: shows the value and logs it. */
  readonly mountValue: (props: ValueProps) => Mounted
}
