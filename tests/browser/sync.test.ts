import { expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import {
  eventually,
  frameworks,
  openPlanner,
  openSandbox,
  plannerIn,
  startPlaygrounds,
} from './planner.ts'

test.each(frameworks)('a change made in %s arrives in the other two', async (framework) => {
  const { url } = await startPlaygrounds()
  const page = await openSandbox(url)
  const planners = frameworks.map((name) => plannerIn(page.frameLocator(`iframe[title="${name}" i]`)))
  const author = planners[frameworks.indexOf(framework)]!

  await author.addTrip('Japan')
  await author.open('Japan')
  await author.addStop('Tokyo')
  for (const planner of planners) {
    await eventually(planner.tripNames).toEqual(['Japan'])
    await planner.open('Japan')
    await eventually(planner.stopNames).toEqual(['Tokyo'])
  }

  await author.checkbox('Tokyo').check()
  for (const planner of planners) {
    await eventually(() => planner.checkbox('Tokyo').isChecked()).toBe(true)
  }
})

test('the second user sees nothing of the first', async () => {
  const { url } = await startPlaygrounds()
  const browser = await openBrowser()
  const first = await openPlanner(url, 'vue', { browser })
  await first.addTrip('Japan')
  await first.status.getByText('Nothing to upload').waitFor()

  const second = await openPlanner(url, 'vue', { browser, user: 2 })
  await second.status.getByText('Synced').waitFor()
  await second.page.getByText('No trips yet.').waitFor()
  await second.addTrip('Norway')
  await second.status.getByText('Nothing to upload').waitFor()
  await expect(first.tripNames()).resolves.toEqual(['Japan'])
})

test('a place is suggested by its first letters, without accents, the largest first', async () => {
  const { url, postgres } = await startPlaygrounds(20_000)
  const planner = await openPlanner(url, 'vue')
  await planner.button('Download places').click()
  await planner.page.getByText('All places are on this device').waitFor()
  await planner.addTrip('Elsewhere')
  await planner.open('Elsewhere')
  await planner.textbox('New stop').fill('SÃO')

  const { rows: places } = await postgres.query<{ id: string; name: string }>(
    `select id, name from places where search like 'sao%' order by population desc limit 6`,
  )
  const suggestions = planner.page.getByRole('list', { name: 'Suggestions' })
  await eventually(async () => {
    const texts = await suggestions.getByRole('button').allInnerTexts()
    return texts.map((text, index) => text.startsWith(places[index]?.name ?? '?'))
  }).toEqual(places.map(() => true))

  await suggestions.getByRole('button').first().click()
  await planner.button('Add stop').click()
  await eventually(async () => (await postgres.query('select place, place_id from stops')).rows).toEqual(
    [{ place: places[0]?.name, place_id: places[0]?.id }],
  )
})
