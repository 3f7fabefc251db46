import { test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { look } from './look.ts'
import {
  eventually,
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
  await eventually(() => playgrounds.query(`select place from stops where note <> ''`)).toEqual([
    { place: 'Hakone' },
  ])
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

test('a planner whose database is taken by another tab is seen to be loading', async () => {
  const browser = await openBrowser()
  const query = { vfs: 'AccessHandlePoolVFS' } // the one that serves a single tab
  await openPlanner(playgrounds.url, 'svelte', { browser, query })
  const page = await browser.newPage()
  await page.goto(`${playgrounds.url}/svelte/?vfs=${query.vfs}`)
  await plannerIn(page).text('Reading the trips on this device').waitFor()
  await look(page, 'svelte-loading')
})

test('the sandbox shows the three beside each other, or one at a time on a phone', async () => {
  const page = await (await openBrowser()).newPage()
  await page.goto(playgrounds.url)
  const planners = frameworks.map((name) =>
    plannerIn(page.frameLocator(`iframe[title="${name}" i]`)),
  )
  await planTrips(planners[0]!)
  for (const planner of planners) {
    await eventually(planner.tripNames).toHaveLength(3)
    await planner.open('Japan in spring')
    await eventually(planner.stopNames).toHaveLength(5)
  }
  await look(page, 'sandbox')
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByText('Svelte', { exact: true }).click()
  await planners[2]!.status.waitFor()
})

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
