import { tick } from 'svelte'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { openTodos, todo } from '../support/synced-collection.ts'
import type { Driver } from './contract.ts'
import { testLiveQueries } from './live-query-suite.ts'
import { mountSvelte as mount } from './mount-svelte.ts'
import { testOutliving } from './outliving-suite.ts'
import { testOutbox } from './outbox-suite.ts'
import { testReadables } from './readable-suite.ts'
import { testRows } from './rows-suite.ts'
import { testSeeds } from './seeds-suite.ts'
import { testBinding } from './suite.ts'
import { createBox } from './svelte/box.svelte.ts'
import { createOutside, createQueries } from './svelte/outside.svelte.ts'
import Form from './svelte/Form.svelte'
import List from './svelte/List.svelte'
import Memo from './svelte/Memo.svelte'
import Official from './svelte/Official.svelte'
import One from './svelte/One.svelte'
import OutboxProvider from './svelte/OutboxProvider.svelte'
import Pair from './svelte/Pair.svelte'
import Provider from './svelte/Provider.svelte'
import Query from './svelte/Query.svelte'
import Row from './svelte/Row.svelte'
import States from './svelte/States.svelte'
import Value from './svelte/Value.svelte'

const driver: Driver = {
  box: createBox,
  together: (change) => change(),
  flush: () => tick(),
  mountList: (props) => mount(List, props),
  mountItem: (props) => mount(Row, props),
  mountMemo: (props) => mount(Memo, props),
  mountPair: (props) => mount(Pair, props),
  mountRow: (props) => mount(One, props),
  mountForm: (props) => mount(Form, props),
  mountStatus: (props) => mount(Provider, props),
  mountOutbox: (props) => mount(OutboxProvider, props),
  mountStates: (props) => mount(States, props),
  mountOfficial: (props) => mount(Official, props),
  mountQuery: (props) => mount(Query, props),
  mountValue: (props) => mount(Value, props),
}

testBinding(driver)
testReadables(driver)
testOutbox(driver)
testRows(driver)
testLiveQueries(driver)
testOutliving(driver)
testSeeds(driver)

test('rows made outside a component are right unread, followed while read, and then let go', async () => {
  const { todos, put } = openTodos(['a'])
  todos.startSyncImmediate()
  const log: string[] = []
  const { read, follow } = createOutside(todos, (entry) => void log.push(entry))
  put(todo('a', { title: 'unread' }))
  expect(read()).toEqual(['unread', 'unread'])
  expect(todos.subscriberCount).toBe(0)
  const stop = follow()
  await tick()
  put(todo('a', { title: 'read' }), todo('b'))
  await tick()
  expect(log).toEqual(['unread unread 1', 'read read 2'])
  stop()
  await eventually(() => expect(todos.subscriberCount).toBe(0))
  put(todo('a', { title: 'again' }))
  expect(read()).toEqual(['again', 'again'])
})

test('useLiveQuery takes an object, and dependencies that it does not need', async () => {
  const { todos, put } = openTodos(['a', 'b'])
  const log: string[] = []
  const dependency = createBox(0)
  const stop = createQueries(todos, dependency, (entry) => void log.push(entry))()
  await tick()
  put(todo('a', { title: 'changed' }))
  await tick()
  dependency.value = 1
  await tick()
  stop()
  expect(log).toEqual(['query', '2 title a', '2 changed', 'query'])
})
