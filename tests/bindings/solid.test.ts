import {
  PowerSyncProvider,
  SeedProvider,
  useDraft,
  useLiveQuery,
  useOutbox,
  useReadable,
  useRefused,
  useRow,
  useRows,
  useRowState,
  useRowStates,
  useSyncStatus,
} from '@rowsignal/solid'
import type { Seeds } from '@rowsignal/core'
import { eq, type InitialQueryBuilder } from '@tanstack/db'
import { useLiveQuery as useOfficialLiveQuery } from '@tanstack/solid-db'
import {
  batch,
  createComponent,
  createEffect,
  createMemo,
  createRenderEffect,
  createRoot,
  createSignal,
  For,
  type JSX,
  mergeProps,
} from 'solid-js'
import { expect, test } from 'vitest'
import { openTodos, todo, type Todo } from '../support/synced-collection.ts'
import type { Answer, Driver, Mounted } from './contract.ts'
import { testLiveQueries } from './live-query-suite.ts'
import { mountSolid as mount, solidNode as node } from './mount-solid.ts'
import { testOutliving } from './outliving-suite.ts'
import { testOutbox } from './outbox-suite.ts'
import { testReadables } from './readable-suite.ts'
import { testRows } from './rows-suite.ts'
import { testSeeds } from './seeds-suite.ts'
import { testBinding } from './suite.ts'

function Row(props: { row: Readonly<Todo>; log: (entry: string) => void }): JSX.Element {
  return node('li', () => {
    props.log(`row ${props.row.id}`)
    return props.row.title
  })
}

/** Mounts a component below what gives it seeds. */
function mountSeeded(seeds: readonly Seeds[] = [], component: () => JSX.Element): Mounted {
  return mount(() =>
    createComponent(SeedProvider, {
      seeds,
      get children() {
        return createComponent(component, {})
      },
    }),
  )
}

const driver: Driver = {
  box(value) {
    const [read, write] = createSignal(value)
    return {
      get value() {
        return read()
      },
      set value(next) {
        write(() => next)
      },
    }
  },
  together: (change) => batch(change),
  flush: () => Promise.resolve(),

  mountList: ({ collection, window, log, seeds }) =>
    mountSeeded(seeds, () => {
      const rows = useRows(
        () => collection.value,
        () => window.value,
      )
      const list = () =>
        For({
          get each() {
            log('list')
            return rows()
          },
          children: (row) => createComponent(Row, { row, log }),
        })
      return [node('p', () => `${rows.status} ${rows.size}`), node('ul', list)]
    }),

  mountItem: (props) => mount(() => Row(props)),

  mountMemo: ({ collection, log }) =>
    mount(() => {
      const rows = useRows(collection)
      const ranked = createMemo(() => rows().filter((row) => row.rank > 0).length)
      createEffect(() => log(`${ranked()} ranked`))
      return undefined
    }),

  mountPair: ({ left, right, log }) =>
    mount(() => {
      const lefts = useRows(left)
      const rights = useRows(right)
      createEffect(() => log(`${lefts()[0]?.title} + ${rights()[0]?.title}`))
      return undefined
    }),

  mountRow: ({ collection, key, log, expose, seeds }) =>
    mountSeeded(seeds, () => {
      const row = useRow(collection, () => key.value)
      expose(() => row)
      return node('p', () => {
        log(row()?.title ?? 'none')
        return row()?.title ?? 'none'
      })
    }),

  mountForm: ({ collection, key, seeds }) =>
    mountSeeded(seeds, () => {
      const { draft, setDraft, changed, canSave, save, reset } = useDraft(
        collection,
        () => key.value,
      )
      const input = node('input')
      createRenderEffect(() => (input.value = draft.title ?? ''))
      input.addEventListener('input', () => setDraft('title', input.value))
      const button = (name: string, run: () => unknown) => {
        const element = node('button')
        element.name = name
        element.addEventListener('click', run)
        return element
      }
      const saveButton = button('save', save)
      createRenderEffect(() => (saveButton.disabled = !canSave()))
      return [
        input,
        node('p', () => (changed() ? 'changed' : 'same')),
        saveButton,
        button('reset', reset),
      ]
    }),

  mountStatus: ({ provided }) => {
    const Status = () => {
      const status = useSyncStatus()
      return node('p', () => (status().connected ? 'online' : 'offline'))
    }
    return mount(() => {
      if (provided === undefined) return createComponent(Status, {})
      return createComponent(PowerSyncProvider, {
        database: provided,
        get children() {
          return createComponent(Status, {})
        },
      })
    })
  },

  mountOutbox: ({ provided, collection, key, log }) => {
    const Outbox = () => {
      const [box, writes] = [useOutbox(), useRefused()]
      const state = useRowState(collection, () => key.value)
      const shown = createMemo(() => {
        log(state())
        return state()
      })
      return node('p', () => `${box().operations} ${shown()} ${writes().length}`)
    }
    return mount(() =>
      createComponent(PowerSyncProvider, {
        database: provided!,
        get children() {
          return createComponent(Outbox, {})
        },
      }),
    )
  },

  mountStates: ({ collection, keys, log }) =>
    mount(() => {
      const states = useRowStates(collection)
      const items = keys.map((id) =>
        node('li', () => {
          log(`${id} ${states.get(id)}`)
          return states.get(id)
        }),
      )
      return [...items, node('p', () => `${states.size}`)]
    }),

  mountOfficial: ({ collection }) =>
    mount(() => {
      const todos = useOfficialLiveQuery((query) =>
        query
          .from({ todo: collection })
          .where(({ todo }) => eq(todo.done, 0))
          .orderBy(({ todo }) => todo.title),
      )
      return node('ul', () =>
        For({
          get each() {
            return todos()
          },
          children: (todo) => node('li', () => todo.title),
        }),
      )
    }),

  mountQuery: ({ ask, log, expose, seeds }) =>
    mountSeeded(seeds, () => {
      const query = useLiveQuery((q) => {
        log('query')
        return ask.value(q) as Answer
      })
      expose(() => query)
      const list = () =>
        For({
          get each() {
            log('list')
            return query.rows
          },
          children: (row) => createComponent(Row, { row, log }),
        })
      return [node('p', () => `${query.status} ${query.size}`), node('ul', list)]
    }),

  mountValue: ({ readable, log }) =>
    mount(() => {
      const value = useReadable(() => readable.value)
      return node('p', () => {
        const now = value()
        const text = Array.isArray(now) ? `${now.length} rows` : String(now)
        log(text)
        return text
      })
    }),
}

testBinding(driver)
testReadables(driver)
testOutbox(driver)
testRows(driver)
testLiveQueries(driver)
testOutliving(driver)
testSeeds(driver)

test('a spread row stays live', () => {
  const { todos, put } = openTodos(['a'])
  const titles: unknown[] = []
  const dispose = createRoot((dispose) => {
    const rows = useRows(todos)
    const props = mergeProps({ other: true }, rows()[0]) // what <Row other {...row} /> compiles to
    createRenderEffect(() => titles.push(props.title))
    return dispose
  })
  put(todo('a', { title: 'changed' }))
  dispose()
  expect(titles).toEqual(['title a', 'changed'])
  expect(todos.subscriberCount).toBe(0)
})

test('useLiveQuery is an accessor of live rows, or of the one of findOne', () => {
  const { todos, put } = openTodos(['a', 'b'])
  const titles: unknown[] = []
  const dispose = createRoot((dispose) => {
    const all = useLiveQuery(() => ({ query: (q: InitialQueryBuilder) => q.from({ todo: todos }) }))
    const first = useLiveQuery((q) => q.from({ todo: todos }).findOne())
    const plain = useLiveQuery(() => todos)
    const nothing = useLiveQuery(() => undefined)
    createRenderEffect(() => titles.push(first()?.title))
    expect([all().length, plain().length, nothing()]).toEqual([2, 2, []])
    expect(all()).toBe(all.rows)
    return dispose
  })
  put(todo('a', { title: 'changed' }))
  dispose()
  expect(titles).toEqual(['title a', 'changed'])
})
