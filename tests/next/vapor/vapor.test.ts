/** The conformance bodies in Vapor components, which Vue 3.6 compiles without a virtual DOM. */
import { createVaporApp, nextTick, shallowRef, type VaporComponent, version } from 'vue36'
import { expect, test } from 'vitest'
import type { Driver, Mounted } from '../../bindings/contract.ts'
import { testLiveQueries } from '../../bindings/live-query-suite.ts'
import { testOutliving } from '../../bindings/outliving-suite.ts'
import { testOutbox } from '../../bindings/outbox-suite.ts'
import { testReadables } from '../../bindings/readable-suite.ts'
import { testRows } from '../../bindings/rows-suite.ts'
import { testSeeds } from '../../bindings/seeds-suite.ts'
import { testBinding } from '../../bindings/suite.ts'
import Form from './Form.vue'
import List from './List.vue'
import Memo from './Memo.vue'
import Official from './Official.vue'
import One from './One.vue'
import OutboxProvider from './OutboxProvider.vue'
import Pair from './Pair.vue'
import Provider from './Provider.vue'
import Query from './Query.vue'
import Row from './Row.vue'
import States from './States.vue'
import Value from './Value.vue'

test('this run is on Vue 3.6', () => {
  expect(version).toMatch(/^3\.6\./)
})

/** The types of `.vue` files are of Vue 3.5. */
function mount(component: unknown, props: object): Mounted {
  const element = document.createElement('div')
  document.body.append(element) // Vapor delegates events to the document
  // What a template gives: a source for each prop.
  const sources = Object.entries(props).map(([name, value]) => [name, () => value])
  const app = createVaporApp(component as VaporComponent, Object.fromEntries(sources))
  const errors: unknown[] = []
  app.config.errorHandler = (error) => errors.push(error)
  app.mount(element)
  if (errors.length > 0) throw errors[0]
  return {
    element,
    unmount() {
      app.unmount()
      element.remove()
    },
  }
}

/** `key` is not a prop in Vue. */
const keyed = ({ key: id, ...props }: { readonly key: unknown }) => ({ id, ...props })

const driver: Driver = {
  box: (value) => shallowRef(value),
  together: (change) => change(),
  flush: () => nextTick(),
  mountList: (props) => mount(List, props),
  mountItem: (props) => mount(Row, props),
  mountMemo: (props) => mount(Memo, props),
  mountPair: (props) => mount(Pair, props),
  mountRow: (props) => mount(One, keyed(props)),
  mountForm: (props) => mount(Form, keyed(props)),
  mountStatus: (props) => mount(Provider, props),
  mountOutbox: (props) => mount(OutboxProvider, keyed(props)),
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
