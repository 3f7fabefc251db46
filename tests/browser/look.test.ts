import { expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { look, viewports } from './look.ts'
import {
  frameworks,
  openPlanner,
  type Planner,
  plannerIn,
  sharePlaygrounds,
  switchFaultOn,
} from './planner.ts'

const playgrounds = sharePlaygrounds(0)

test.each(frameworks)('%s is readable and reachable in every state', async (framework) => {
  const planner = await openPlanner(playgrounds.url, framework)
  await planner.text('No trips yet.').waitFor()
  await look(planner.page, `${framework}-empty`)

  await planTrips(planner)
  await eventually(async () =>
    expect(await playgrounds.query(`select place from stops where note <> ''`)).toEqual([
      { place: 'Hakone' },
    ]),
  )
  await planner.status.getByText('Nothing to upload').waitFor()
  await look(planner.page, `${framework}-filled`)

  await planner.onStop('Kyoto', 'Edit')
  await planner.button('Edit trip').click()
  await planner.textbox('Note').fill('Temples')
  await playgrounds.query(`update stops set note = 'Gardens' where place = 'Kyoto'`)
  await planner.text('Somebody else made the note “Gardens”.').waitFor()
  await look(planner.page, `${framework}-editing`)
  await planner.button('Cancel').first().click()
  await planner.button('Cancel').click()

  await switchFaultOn(planner.page, 'Refuse next upload')
  await planner.addTrip('Atlantis, by way of the Bermuda Triangle')
  await planner.alert.waitFor()
  await planner.toggle('Offline').check()
  await planner.addTrip('Iceland')
  await planner.addStop('Fukuoka')
  await planner.status.getByText('2 writes wait for upload').waitFor()
  await look(planner.page, `${framework}-offline-refused`)
})

test.each(frameworks)(
  '%s says that it is starting, and loading, while another tab has its database',
  async (framework) => {
    const browser = await openBrowser()
    const query = { vfs: 'AccessHandlePoolVFS' } // the one that serves a single tab
    await openPlanner(playgrounds.url, framework, { browser, query })
    const page = await browser.newPage()
    // Without IndexedDB there is nothing of the last visit to be shown meanwhile.
    await page.addInitScript(() =>
      Object.defineProperty(globalThis, 'indexedDB', { value: undefined }),
    )
    await page.goto(`${playgrounds.url}/${framework}/?vfs=${query.vfs}`)
    const planner = plannerIn(page)
    await planner.text('Reading the trips on this device').waitFor()
    await planner.status.getByText('Starting …').waitFor()
    await look(page, `${framework}-loading`)
    await planner.toggle('Offline').check()
    await planner.status.getByText('Offline').waitFor()
  },
)

test.each(frameworks)(
  '%s shows what it showed last while another tab has its database',
  async (framework) => {
    const browser = await openBrowser()
    const query = { vfs: 'AccessHandlePoolVFS' }
    await planTrips(await openPlanner(playgrounds.url, framework, { browser, query }))
    const page = await browser.newPage()
    const planner = plannerIn(page)
    // It is kept a moment after it is shown.
    await eventually(async () => {
      await page.goto(`${playgrounds.url}/${framework}/?vfs=${query.vfs}`)
      await planner.status.getByText('Starting …').waitFor()
      expect(await planner.tripNames()).toHaveLength(3)
      expect(await planner.text('Apr 2, 2027').count()).toBe(1)
    })
    await look(page, `${framework}-last-visit`)
  },
)

test('everything of a planner stands at the same place in the three frameworks', async () => {
  const planners = await Promise.all(
    frameworks.map((framework) => openPlanner(playgrounds.url, framework)),
  )
  const expectSamePlaces = async (state: string): Promise<void> => {
    for (const viewport of viewports) {
      for (const { page } of planners) await page.setViewportSize(viewport)
      // What a planner says of its sync may take a line more until it is in step.
      await eventually(async () => {
        const [vue, ...others] = await Promise.all(
          planners.map(({ page }) => page.evaluate(placesOf)),
        )
        expect(Object.keys(vue ?? {}).length, state).toBeGreaterThan(5)
        for (const other of others) expect(other, `${state} at ${viewport.width}`).toEqual(vue)
      })
    }
  }
  for (const { text } of planners) await text('No trips yet.').waitFor()
  await expectSamePlaces('empty')

  await planTrips(planners[0]!)
  for (const planner of planners) {
    await eventually(async () => expect(await planner.tripNames()).toHaveLength(3))
    await planner.open('Japan in spring')
    await eventually(async () => expect(await planner.stopNames()).toHaveLength(5))
    await planner.status.getByText('Nothing to upload').waitFor()
  }
  await expectSamePlaces('with trips and stops')
})

/** Runs in the page: where the headings, fields and buttons are. */
function placesOf(): Record<string, { x: number; y: number }> {
  const elements = document.querySelectorAll<HTMLElement>('h2, input, button')
  const entries = [...elements].map((element, index) => {
    const { x, y } = element.getBoundingClientRect()
    return [`${index} ${element.tagName} ${element.textContent}`, { x, y }] as const
  })
  return Object.fromEntries(entries)
}

async function planTrips(planner: Planner): Promise<void> {
  for (const name of ['Japan in spring', 'Lofoten by bike', 'A weekend in Lisbon']) {
    await planner.addTrip(name)
  }
  await planner.open('Japan in spring')
  for (const name of ['Tokyo', 'Hakone', 'Kyoto', 'Naoshima', 'Hiroshima']) {
    await planner.addStop(name)
  }
  await planner.button('Edit trip').click()
  await planner.field('Starts on').fill('2027-04-02')
  await planner.button('Save').click()
  await planner.checkbox('Tokyo').check()
  await planner.onStop('Hakone', 'Edit')
  await planner.field('Day').fill('3')
  await planner.textbox('Note').fill('Hot springs, and Mount Fuji if the weather holds')
  await planner.button('Save').click()
}
