/**
 * `NODE_ENV=production pnpm --dir tests exec tsx bench/pages.ts`: `usePages` beside `useLiveInfiniteQuery` of vue-db, on 10,000
 * places in the order of their names, pages of 50. As in a page an effect reads the list and hands each row to one of its own,
 * which reads the name. Ms by the clock, medians; the subjects in turn, each round with a collection of its own.
 */
import { usePages } from '@rowsignal/vue'
import {
  BasicIndex,
  createCollection,
  type InitialQueryBuilder,
  type SyncConfig,
} from '@tanstack/db'
import { useLiveInfiniteQuery } from '@tanstack/vue-db'
import {
  type EffectScope,
  effectScope,
  nextTick,
  type ShallowRef,
  shallowRef,
  watchEffect,
} from 'vue'
import { places } from './cities.ts'
import type { Place } from './schema.ts'
import { median } from './session.ts'

const [rounds, changes, pageRows] = [5, 30, 50]
const rows = places(10_000)
const measured = new Map<string, number[]>()

interface Shown {
  readonly list: () => readonly Readonly<Place>[]
  readonly more: () => unknown
}

type Places = ReturnType<typeof open>['all']

const byName = (all: Places) => (q: InitialQueryBuilder) =>
  q.from({ place: all }).orderBy(({ place }) => place.name)

const subjects = {
  ours(all: Places): Shown {
    const { rows, fetchMore } = usePages(byName(all), { pageRows })
    return { list: () => rows.value, more: fetchMore }
  },
  'vue-db'(all: Places): Shown {
    const { data, fetchNextPage } = useLiveInfiniteQuery(byName(all), { pageSize: pageRows })
    return { list: () => data.value, more: fetchNextPage }
  },
}

for (let round = 0; round < rounds; round++) {
  for (const [name, show] of Object.entries(subjects)) {
    const scope = effectScope()
    await run(name, show, scope)
    scope.stop()
  }
}
for (const [name, values] of measured) console.log(name, median(values).toFixed(2))
process.exit(0)

async function run(name: string, show: (all: Places) => Shown, scope: EffectScope): Promise<void> {
  const { all, put } = open()
  const items = new Map<string, ShallowRef<Readonly<Place>>>()
  const names = new Map<string, string | null>()
  const addItem = (row: Readonly<Place>): void => {
    const item = shallowRef(row)
    items.set(row.id, item)
    scope.run(() => watchEffect(() => void names.set(item.value.id, item.value.name)))
  }
  const { more } = scope.run(() => {
    const shown = show(all)
    watchEffect(() => {
      for (const row of shown.list()) {
        const item = items.get(row.id)
        if (item === undefined) addItem(row)
        else item.value = row
      }
    })
    return shown
  })!
  const until = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) await nextTick()
  }
  const time = async (
    step: string,
    start: () => unknown,
    isThere: () => boolean,
  ): Promise<void> => {
    const began = performance.now()
    start()
    await until(isThere)
    const key = `${step}, ${name}`
    measured.set(key, [...(measured.get(key) ?? []), performance.now() - began])
  }
  const addPage = (step: string): Promise<void> => {
    const count = names.size + pageRows
    return time(step, more, () => names.size === count)
  }
  const changeRows = async (step: string): Promise<void> => {
    const [first] = [...rows].sort((a, b) => (a.name < b.name ? -1 : 1))
    for (let change = 0; change < changes; change++) {
      // In its place: no name comes before it.
      const changed = { ...first!, name: `${' '.repeat(changes - change)}${first!.name}` }
      await time(
        step,
        () => put(changed),
        () => names.get(changed.id) === changed.name,
      )
    }
  }
  await until(() => names.size === pageRows)
  await changeRows('one row of 1 page')
  await addPage('next page at page 1')
  while (names.size < 50 * pageRows) await addPage('in between')
  await changeRows('one row of 50 pages')
  await addPage('next page at page 50')
}

/** The places in a collection whose sync is driven by hand. */
function open() {
  let sync: Parameters<SyncConfig<Place, string>['sync']>[0] | undefined
  const all = createCollection<Place, string>({
    getKey: ({ id }) => id,
    autoIndex: 'eager',
    defaultIndexType: BasicIndex,
    sync: {
      rowUpdateMode: 'full',
      sync(params) {
        sync = params
        params.begin()
        for (const value of rows) params.write({ type: 'insert', value })
        void params.commit()
        params.markReady()
      },
    },
  })
  const put = (value: Place): void => {
    sync?.begin()
    sync?.write({ type: 'update', value })
    void sync?.commit()
  }
  return { all, put }
}
