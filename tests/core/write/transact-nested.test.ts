/** A `transact` inside of another, or of a transaction of the app's own, and one that is given an asynchronous function. */
import { isRowsignalError, PowerSyncTransactor, rows, transact, upsert } from '@rowsignal/core'
import { createOptimisticAction, createTransaction } from '@tanstack/db'
import { expect, onTestFinished, test } from 'vitest'
import { joinOf, openBoth as openRows } from '../../support/both.ts'
import { eventually } from '../../support/eventually.ts'
import { unhandled } from '../../support/unhandled.ts'

async function openBoth() {
  const both = await openRows()
  const { database, lists, todos } = both
  await database.execute('DELETE FROM ps_crud')
  const queued = async (): Promise<string[][]> => {
    const entries = await database.getAll<{ tx_id: number; data: string }>(
      'SELECT tx_id, data FROM ps_crud ORDER BY id',
    )
    const transactions = new Map<number, string[]>()
    for (const { tx_id: transaction, data } of entries) {
      const { op, id } = JSON.parse(data) as { op: string; id: string }
      transactions.set(transaction, [...(transactions.get(transaction) ?? []), `${op} ${id}`])
    }
    return [...transactions.values()]
  }
  const rename = (name: string) => lists.update('l', (draft) => void (draft.name = name))
  const retitle = (title: string) => todos.update('a', (draft) => void (draft.title = title))
  const shown = () => [lists.get('l')?.name, todos.get('a')?.title, todos.size]
  return { ...both, queued, rename, retitle, shown }
}

const fail = (): never => {
  throw new Error('changed my mind')
}

test('a transact inside of a transact is a part of it: one change, one SQLite transaction', async () => {
  const both = await openBoth()
  const { states } = await joinOf(both)
  const { todos, rename, retitle, queued } = both
  const told: number[] = []
  onTestFinished(rows(todos).listen((all) => void told.push(all.length)))
  let inner: unknown
  const outer = transact(() => {
    rename('v1')
    inner = transact(() => {
      retitle('v1')
      transact(() => void todos.insert({ id: 'c', title: 'v1' }))
    })
    upsert(todos, [
      { id: 'd', title: 'v1' },
      { id: 'b', title: 'v1' },
    ])
  })
  expect(inner).toBe(outer)
  await outer.isPersisted.promise
  expect(await queued()).toEqual([['PATCH l', 'PATCH a', 'PUT c', 'PUT d', 'PATCH b']])
  expect(states).toEqual(['v1/v1'])
  expect(told.at(0)).toBe(4)
})

test('an outer transact that throws takes the inner ones with it', async () => {
  const both = await openBoth()
  const { states } = await joinOf(both)
  const { rename, retitle, queued, shown, todos } = both
  expect(() =>
    transact(() => {
      transact(() => void retitle('v1'))
      rename('v1')
      upsert(todos, { id: 'c' })
      fail()
    }),
  ).toThrow('changed my mind')
  expect(shown()).toEqual(['v0', 'v0', 2])
  expect(states).toEqual([])
  expect(await queued()).toEqual([])
})

test('an inner transact that throws takes the outer one with it, unless that catches', async () => {
  const { rename, retitle, queued, shown } = await openBoth()
  expect(() =>
    transact(() => {
      rename('v1')
      transact(() => {
        retitle('v1')
        fail()
      })
    }),
  ).toThrow('changed my mind')
  expect(shown()).toEqual(['v0', 'v0', 2])
  expect(await queued()).toEqual([])
})

test('of an inner transact whose error is caught nothing stays, and all of the rest', async () => {
  const both = await openBoth()
  const { states } = await joinOf(both)
  const { todos, rename, retitle, queued, shown } = both
  const outer = transact(() => {
    rename('v1')
    todos.insert([{ id: 'c' }, { id: 'd', title: 'kept' }])
    retitle('v1')
    const inner = () =>
      transact(() => {
        rename('v2')
        retitle('v2')
        todos.delete(['b', 'c'])
        todos.update('d', (draft) => void (draft.title = 'dropped'))
        todos.insert({ id: 'e' })
        fail()
      })
    expect(inner).toThrow('changed my mind')
    expect(shown()).toEqual(['v1', 'v1', 4])
    expect(todos.get('d')?.title).toBe('kept')
    expect(() => upsert(todos, [{ id: 'f' }, { id: 'g', done: 1.5 }])).toThrow('path: done')
    expect(todos.has('f')).toBe(false)
    todos.insert({ id: 'h' })
  })
  await outer.isPersisted.promise
  expect(await queued()).toEqual([['PATCH l', 'PUT c', 'PUT d', 'PATCH a', 'PUT h']])
  expect([...todos.keys()]).toEqual(['a', 'b', 'c', 'd', 'h'])
  expect(todos.get('d')?.title).toBe('kept')
  expect(states).toEqual(['v1/v1'])
})

test('what a subscriber writes in answer to an inner transact goes with it', async () => {
  const { lists, todos, rename, retitle, queued } = await openBoth()
  lists.subscribeChanges(([change]) => {
    if (change?.value.name === 'v1') retitle('answer')
  })
  const outer = transact(() => {
    todos.insert({ id: 'c' })
    const inner = () =>
      transact(() => {
        rename('v1')
        fail()
      })
    expect(inner).toThrow('changed my mind')
  })
  expect(todos.get('a')?.title).toBe('v0')
  await outer.isPersisted.promise
  expect(await queued()).toEqual([['PUT c']])
})

test('a rejected outer transact takes the inner one back', async () => {
  const both = await openBoth()
  const { database, rename, retitle, queued, shown } = both
  await database.execute(
    "CREATE TEMP TRIGGER refused BEFORE UPDATE ON ps_data__lists BEGIN SELECT RAISE(ABORT, 'refused'); END",
  )
  let inner: ReturnType<typeof transact> | undefined
  transact(() => {
    inner = transact(() => void retitle('v1'))
    rename('v1')
  })
  await expect(inner?.isPersisted.promise).rejects.toThrow('refused')
  expect(shown()).toEqual(['v0', 'v0', 2])
  expect(await queued()).toEqual([])
})

test.each(['createTransaction', 'createOptimisticAction'])(
  'inside of a %s a transact and an upsert are parts of it',
  async (kind) => {
    const { database, lists, todos, rename, retitle, queued, shown } = await openBoth()
    const told: unknown[] = []
    onTestFinished(rows(lists).listen(([list]) => void told.push(list?.name)))
    const transactor = new PowerSyncTransactor({ database })
    const returned: unknown[] = []
    const mutate = () => {
      rename('v1')
      returned.push(
        transact(() => void retitle('v1')),
        upsert(todos, { id: 'c' }),
      )
      expect(() =>
        transact(() => {
          rename('v2')
          fail()
        }),
      ).toThrow('changed my mind')
    }
    let answer: (() => void) | undefined
    const asked = new Promise<void>((resolve) => (answer = resolve))
    const mutationFn = async (parameters: { transaction: never }) => {
      await asked
      await transactor.applyTransaction(parameters.transaction)
    }
    const start = () => {
      if (kind === 'createOptimisticAction') {
        return createOptimisticAction<void>({
          onMutate: mutate,
          mutationFn: (_, parameters) => mutationFn(parameters as never),
        })()
      }
      const transaction = createTransaction({ mutationFn: mutationFn as never })
      transaction.mutate(mutate)
      return transaction
    }
    const transaction = start()
    expect(returned).toEqual([transaction, transaction])
    expect(shown()).toEqual(['v1', 'v1', 3])
    expect(new Set(told)).toEqual(new Set(['v1']))
    expect(await queued()).toEqual([])
    answer?.()
    await transaction.isPersisted.promise
    expect(await queued()).toEqual([['PATCH l', 'PATCH a', 'PUT c']])
    expect(shown()).toEqual(['v1', 'v1', 3])
  },
)

test.each(['a collection', 'a live query'])(
  'a transact of a subscriber of %s, in answer to a change of SQLite, is a transaction of its own',
  async (source) => {
    const both = await openBoth()
    const { database, lists, todos, queued } = both
    const { join } = await joinOf(both)
    const answers: ReturnType<typeof transact>[] = []
    let asked = false
    const answerOnce = () => {
      if (asked) return
      asked = true
      const answer = transact(() => {
        todos.insert({ id: 'answer' })
        transact(() => void lists.insert({ id: 'list' }))
      })
      answers.push(answer, upsert(lists, { id: 'other' }))
    }
    if (source === 'a collection') todos.subscribeChanges(answerOnce)
    else join.subscribeChanges(answerOnce)
    await database.execute("UPDATE todos SET title = 'v1' WHERE id = 'a'")
    await eventually(() => expect(answers.length).toBe(2))
    await Promise.all(answers.map(({ isPersisted }) => isPersisted.promise))
    expect(await queued()).toEqual([['PATCH a'], ['PUT answer', 'PUT list'], ['PUT other']])
  },
)

test('a transact in answer to one that is taken back is kept', async () => {
  const { lists, todos, rename, queued } = await openBoth()
  const answers: ReturnType<typeof transact>[] = []
  lists.subscribeChanges(([change]) => {
    if (change?.value.name !== 'v0' || answers.length > 0) return
    answers.push(transact(() => void todos.insert({ id: 'kept' })))
  })
  expect(() =>
    transact(() => {
      rename('v1')
      fail()
    }),
  ).toThrow('changed my mind')
  await answers[0]?.isPersisted.promise
  expect(await queued()).toEqual([['PUT kept']])
})

type Both = Awaited<ReturnType<typeof openBoth>>

const asynchronous: [kind: string, make: (both: Both) => () => unknown][] = [
  [
    'an async function',
    ({ todos }) =>
      async () => {
        todos.insert({ id: 'c' })
        await Promise.resolve()
        todos.insert({ id: 'd' })
        fail()
      },
  ],
  [
    'a function that returns a promise',
    ({ todos }) =>
      () => {
        todos.insert({ id: 'c' })
        return Promise.reject(new Error('later'))
      },
  ],
  [
    'a function that returns what an insert returns as a promise',
    ({ todos }) =>
      () =>
        todos.insert({ id: 'c' }).isPersisted.promise,
  ],
  [
    'a function that returns another thenable',
    ({ todos }) =>
      () => {
        todos.insert({ id: 'c' })
        // oxlint-disable-next-line unicorn/no-thenable
        return { then: () => fail() }
      },
  ],
]

test.each(asynchronous)('%s is refused at the call, and nothing is written', async (_, make) => {
  const both = await openBoth()
  const { states } = await joinOf(both)
  const { lists, rename, queued, shown } = both
  const mutate = make(both)
  const code = (run: () => unknown): string | undefined => {
    try {
      run()
    } catch (error) {
      return isRowsignalError(error) ? error.code : String(error)
    }
    return undefined
  }
  const reasons = await unhandled(async () => {
    expect(code(() => transact(mutate))).toBe('transact-asynchronous')
    expect(shown()).toEqual(['v0', 'v0', 2])
    const outer = transact(() => {
      rename('v1')
      expect(code(() => transact(mutate))).toBe('transact-asynchronous')
    })
    await outer.isPersisted.promise
    await lists.insert({ id: 'after' }).isPersisted.promise
  })
  expect(reasons).toEqual([])
  expect(shown()).toEqual(['v1', 'v0', 2])
  expect(await queued()).toEqual([['PATCH l'], ['PUT after']])
  expect(states).toEqual(['v0/v1'])
})
