import { type Collection, createCollection, type SyncConfig } from '@tanstack/db'

export interface Todo {
  id: string
  title: string
  note: string
  rank: number
}

type Sync = Parameters<SyncConfig<Todo, string>['sync']>[0]

/** A real collection whose sync is written by the test. */
export interface SyncedTodos {
  readonly todos: Collection<Todo, string>
  /** One sync commit. */
  readonly commit: (write: (sync: Sync) => void) => void
  /** One sync commit that brings these rows to these states. */
  readonly put: (...rows: Todo[]) => void
  readonly remove: (...ids: string[]) => void
  /** Ends the handler of the oldest optimistic write; with an error it is rolled back. */
  readonly settle: (error?: Error) => void
}

/** A todo whose every column follows from its id, but for those given. */
export function todo(id: string, columns: Partial<Todo> = {}): Todo {
  return { id, title: `title ${id}`, note: '', rank: 0, ...columns }
}

/** A real collection that is loading until the test says otherwise; each `finish` and `fail` ends the newest start. */
export function openSlowTodos(ids: readonly string[]) {
  let sync: Sync | undefined
  const todos = createCollection<Todo, string>({
    getKey: (row) => row.id,
    sync: {
      sync: (params) => {
        sync = params
      },
    },
  })
  return {
    todos,
    /** A part of the first read, after which it is still loading. */
    write: (...rows: Todo[]): void => {
      sync?.begin()
      for (const value of rows) sync?.write({ type: 'insert', value })
      void sync?.commit()
    },
    finish: (): void => {
      sync?.begin()
      for (const [rank, id] of ids.entries())
        sync?.write({ type: 'insert', value: todo(id, { rank }) })
      void sync?.commit()
      sync?.markReady()
    },
    fail: (error: Error) => sync?.markError(error),
  }
}

export function openTodos(
  ids: readonly string[],
  { byRank = false, ...options }: { byRank?: boolean; id?: string } = {},
): SyncedTodos {
  let sync: Sync | undefined
  const handlers: { resolve: () => void; reject: (error: Error) => void }[] = []
  const hold = (): Promise<void> =>
    new Promise((resolve, reject) => handlers.push({ resolve, reject }))

  const commit = (write: (sync: Sync) => void): void => {
    if (sync === undefined) throw new Error('the collection has not started')
    sync.begin()
    write(sync)
    void sync.commit()
  }
  const todos = createCollection<Todo, string>({
    getKey: (row) => row.id,
    ...options,
    ...(byRank ? { compare: (a: Todo, b: Todo) => a.rank - b.rank } : {}),
    onInsert: hold,
    onUpdate: hold,
    onDelete: hold,
    sync: {
      rowUpdateMode: 'full',
      sync(params) {
        sync = params
        commit(() => {
          for (const [rank, id] of ids.entries()) {
            params.write({ type: 'insert', value: todo(id, { rank }) })
          }
        })
        params.markReady()
      },
    },
  })
  return {
    todos,
    commit,
    put(...rows) {
      commit(({ write }) => {
        for (const value of rows) {
          write({ type: todos.has(value.id) ? 'update' : 'insert', value })
        }
      })
    },
    remove(...ids) {
      commit(({ write }) => {
        for (const key of ids) write({ type: 'delete', key })
      })
    },
    settle(error) {
      const handler = handlers.shift()
      if (error === undefined) handler?.resolve()
      else handler?.reject(error)
    },
  }
}
