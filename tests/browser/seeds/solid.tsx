import { SeedProvider, useLiveQuery, useRow, useRows } from '@rowsignal/solid'
import { For } from 'solid-js'
import { render } from 'solid-js/web'
import { type Mount, type Shown, topTwo } from './shown.ts'

function List({ todos, limit }: Shown) {
  const all = useRows(() => todos, limit === undefined ? undefined : { limit })
  const first = useRow(() => todos, 'row 1')
  const top = useLiveQuery(() => topTwo(todos))
  const titles = () =>
    top()
      .map(({ title }) => title)
      .join()
  return (
    <>
      <b>{`${all.isSeed ? 'seed' : all.status} ${all.size}: `}</b>
      <ul>
        <For each={all()}>{(row) => <li>{`${row.title} `}</li>}</For>
      </ul>
      <i>{`first ${first()?.title ?? 'none'}, `}</i>
      <i>{`top ${titles()}`}</i>
    </>
  )
}

export const mount: Mount = (shown, root) => {
  const page = () => (
    <SeedProvider seeds={shown.seeds}>
      <List {...shown} />
    </SeedProvider>
  )
  render(page, root)
}
