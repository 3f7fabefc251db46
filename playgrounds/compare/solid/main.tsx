import { version } from '@rowsignal/solid/package.json'
import { type Component, createSignal } from 'solid-js'
import { render } from 'solid-js/web'
import { version as officialVersion } from '../../node_modules/@tanstack/solid-db/package.json'
import { startComparison } from '../page.ts'
import type { Side } from '../side.ts'
import { type ListProps, OfficialList, RowsignalList } from './lists.tsx'

const mountWith =
  (List: Component<ListProps>): Side['mount'] =>
  (target, places) => {
    const [text, setText] = createSignal('')
    const unmount = render(() => <List places={places} text={text()} />, target)
    return { setText, unmount }
  }

void startComparison({
  framework: 'Solid',
  official: {
    name: '@tanstack/solid-db',
    version: officialVersion,
    mount: mountWith(OfficialList),
  },
  ours: { name: '@rowsignal/solid', version, mount: mountWith(RowsignalList) },
})
