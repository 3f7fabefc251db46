import { expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { frameworks, openPlanner, sharePlaygrounds, switchFaultOn } from './planner.ts'

const playgrounds = sharePlaygrounds(0)

test.each(frameworks)(
  '%s: what was done offline is there after a reload and arrives when online',
  async (framework) => {
    const planner = await openPlanner(playgrounds.url, framework)
    await planner.toggle('Offline').check()
    await planner.status.getByText('Offline').waitFor()

    await planner.addTrip('Japan')
    await planner.open('Japan')
    await planner.addStop('Tokyo')
    await planner.checkbox('Tokyo').check()
    await planner.status.getByText('3 writes wait for upload').waitFor()

    await planner.page.reload()
    await planner.status.getByText('3 writes wait for upload').waitFor()
    await eventually(async () => expect(await planner.stopNames()).toEqual(['Tokyo']))
    await expect(planner.toggle('Offline').isChecked()).resolves.toBe(true)
    const rows = await playgrounds.query('select * from trips')
    expect(rows).toEqual([])

    await planner.toggle('Offline').uncheck()
    await planner.status.getByText('Connected').waitFor()
    await planner.status.getByText('Nothing to upload').waitFor()
    const stops = await playgrounds.query(
      'select trips.name, place, done from stops join trips on trips.id = trip_id',
    )
    expect(stops).toEqual([{ name: 'Japan', place: 'Tokyo', done: true }])
  },
)

test.each(frameworks)(
  '%s: a refused upload is told until it is dismissed, and taken back',
  async (framework) => {
    const planner = await openPlanner(playgrounds.url, framework)
    await planner.addTrip('Japan')
    await playgrounds.arrived({ trips: 1, stops: 0 })

    await switchFaultOn(planner.page, 'Refuse next upload')
    await planner.addTrip('Atlantis')
    await planner.alert.getByText('Adding a trip (Atlantis) was refused.').waitFor()
    await eventually(async () => expect(await planner.tripNames()).toEqual(['Japan']))
    await eventually(async () =>
      expect(await planner.toggle('Refuse next upload').isChecked()).toBe(false),
    )

    await planner.addTrip('Norway') // the refused one does not block those behind it
    await eventually(async () =>
      expect(await playgrounds.query('select name from trips order by created_at')).toEqual([
        { name: 'Japan' },
        { name: 'Norway' },
      ]),
    )

    await planner.page.reload()
    await planner.alert.waitFor()
    await planner.button('Discard').click()
    await eventually(async () => expect(await planner.alert.count()).toBe(0))
  },
)

test('a slow server delays nothing on the screen', async () => {
  const planner = await openPlanner(playgrounds.url, 'vue')
  await switchFaultOn(planner.page, 'Slow server')
  await planner.addTrip('Japan')
  await eventually(async () => expect(await planner.tripNames()).toEqual(['Japan']))
  await planner.status.getByText('1 write waits for upload').waitFor()
  const rows = await playgrounds.query('select * from trips')
  expect(rows).toEqual([])
  await planner.status.getByText('Nothing to upload').waitFor()
})

test.each(frameworks)(
  '%s: two tabs show the same rows and the same switch, also offline',
  async (framework) => {
    const browser = await openBrowser()
    const first = await openPlanner(playgrounds.url, framework, { browser })
    const second = await openPlanner(playgrounds.url, framework, { browser })

    await first.page.bringToFront() // Chromium lets a tab in the background wait a second for each frame
    await first.toggle('Offline').check()
    await eventually(async () => expect(await second.toggle('Offline').isChecked()).toBe(true))
    await first.addTrip('Japan')
    await eventually(async () => expect(await second.tripNames()).toEqual(['Japan']))
    await second.page.bringToFront()
    await second.open('Japan')
    await second.addStop('Tokyo')
    await first.page.bringToFront()
    await first.open('Japan')
    await eventually(async () => expect(await first.stopNames()).toEqual(['Tokyo']))
    await first.checkbox('Tokyo').check()
    await eventually(async () => expect(await second.checkbox('Tokyo').isChecked()).toBe(true))

    await second.page.bringToFront()
    await second.toggle('Offline').uncheck()
    await first.status.getByText('Connected').waitFor()
    await first.status.getByText('Nothing to upload').waitFor()
  },
)
