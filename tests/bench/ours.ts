import { createPowerSyncCollection, transact } from '@rowsignal/core'
import { createLiveQueryCollection, eq } from '@tanstack/db'
import { schema } from './schema.ts'
import { type Subject, watchJoined, whenTrue } from './subject.ts'

export const ours: Subject = {
  name: 'ours',
  async open(database) {
    const places = createPowerSyncCollection({ database, table: schema.props.places })
    const countries = createPowerSyncCollection({ database, table: schema.props.countries })
    await Promise.all([places.preload(), countries.preload()])
    let join: ReturnType<typeof openJoin> | undefined
    let shownInJoin: ((note: string) => Promise<void>) | undefined

    const openJoin = () =>
      createLiveQueryCollection((q) =>
        q
          .from({ place: places })
          .innerJoin({ country: countries }, ({ place, country }) => eq(place.country, country.id))
          .select(({ place, country }) => ({
            id: place.id,
            note: place.note,
            country: country.note,
          })),
      )

    return {
      size: () => places.size,
      insert: async (row) => void (await places.insert(row).isPersisted.promise),
      async update(id, note) {
        const transaction = places.update(id, (draft) => {
          draft.note = note
        })
        await transaction.isPersisted.promise
      },
      insertMany: async (rows) =>
        void (await transact(() => places.insert(rows)).isPersisted.promise),
      async join(id) {
        join = openJoin()
        await join.preload()
        shownInJoin = watchJoined(join, id)
      },
      async outside(write, { ids, note }) {
        const last = ids.at(-1)!
        const shown =
          shownInJoin === undefined
            ? whenTrue(places, () => places.get(last)?.note === note)
            : shownInJoin(note)
        await write()
        await shown
      },
      async close() {
        await join?.cleanup()
        await Promise.all([places.cleanup(), countries.cleanup()])
      },
    }
  },
  start(database) {
    const places = createPowerSyncCollection({ database, table: schema.props.places })
    const ready = places.preload()
    return {
      insert: async (row) => void (await places.insert(row).isPersisted.promise),
      shown: () => whenTrue(places, () => places.size > 0),
      ready: () => ready,
    }
  },
}
