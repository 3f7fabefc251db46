import { type Component, flushSync, mount as mountComponent, tick, unmount } from 'svelte'
import type { Driver, Mounted } from './contract.ts'
import { testBinding } from './suite.ts'
import { createBox } from './svelte/box.svelte.ts'
import Form from './svelte/Form.svelte'
import List from './svelte/List.svelte'
import Memo from './svelte/Memo.svelte'
import Official from './svelte/Official.svelte'
import One from './svelte/One.svelte'
import Pair from './svelte/Pair.svelte'
import Provider from './svelte/Provider.svelte'
import Value from './svelte/Value.svelte'

function mount(component: Component<never>, props: object): Mounted {
  const target = document.createElement('div')
  document.body.append(target) // Svelte delegates events to the document
  const instance = mountComponent(component as Component<object>, { target, props })
  flushSync()
  return {
    element: target,
    unmount() {
      void unmount(instance)
      target.remove()
    },
  }
}

const driver: Driver = {
  box: createBox,
  flush: () => tick(),
  mountList: (props) => mount(List, props),
  mountMemo: (props) => mount(Memo, props),
  mountPair: (props) => mount(Pair, props),
  mountRow: (props) => mount(One, props),
  mountForm: (props) => mount(Form, props),
  mountStatus: (props) => mount(Provider, props),
  mountOfficial: (props) => mount(Official, props),
  mountValue: (props) => mount(Value, props),
}

testBinding(driver)
