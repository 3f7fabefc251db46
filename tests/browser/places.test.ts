/** The search over the places, which stay in SQLite. */
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { look } from './look.ts'
import { type Framework, frameworks, openPlanner, sharePlaygrounds } from './planner.ts'

const playgrounds = sharePlaygrounds(20_000)

/** A planner with a trip open that has the places and is offline. */
async function openOffline(framework: Framework) {
  const planner = await openPlanner(playgrounds.url, framework)
  await planner.button('Download places').click()
  await planner.text('20,000 places are on this device').waitFor()
  await planner.addTrip('Elsewhere')
  await planner.open('Elsewhere')
  await planner.toggle('Offline').check()
  await planner.status.getByText('Offline').waitFor()

  const found = async () => (await planner.options.allInnerTexts()).map(populationOf)
  return { ...planner, field: planner.combobox('New stop'), found }
}

/** 0 is not known, and not said. */
const populationOf = (text: string) =>
  Number(/([\d,]+) people/.exec(text)?.[1]?.replaceAll(',', '') ?? 0)

/** The population of the largest places of a condition; names repeat, and places with the same one are in any order. */
async function largest(condition: string, limit: number): Promise<number[]> {
  const places = await playgrounds.query<{ population: number }>(
    `select population::int from places where ${condition} order by population desc limit ${limit}`,
  )
  return places.map(({ population }) => population)
}

test.each(frameworks)(
  '%s: places are found as one types, offline, the largest first, by country too',
  async (framework) => {
    const planner = await openOffline(framework)
    for (const [typed, prefix] of [
      ['S', 's'],
      ['SÃ', 'sa'],
      ['SÃO', 'sao'],
      ['SÃO ', 'sao'],
    ] as const) {
      await planner.field.fill(typed)
      const expected = await largest(`search like '${prefix}%'`, 50)
      await eventually(async () => expect(await planner.found()).toEqual(expected))
    }
    await look(planner.page, `${framework}-places`)

    await planner.field.fill('sa')
    await planner.combobox('Country').selectOption('Brazil')
    const inBrazil = await largest(`search like 'sa%' and country = 'BR'`, 50)
    await eventually(async () => expect(await planner.found()).toEqual(inBrazil))

    await planner.field.fill('')
    const ofBrazil = await largest(`country = 'BR'`, 50)
    await eventually(async () => expect(await planner.found()).toEqual(ofBrazil))

    await planner.field.fill('Nowhere on earth')
    await planner.text('No place on this device begins so.').waitFor()
    await planner.field.press('Escape')
    await planner.text('No place on this device begins so.').waitFor({ state: 'detached' })
  },
)

test.each(frameworks)('%s: scrolling shows 50 places more, to the last', async (framework) => {
  const planner = await openOffline(framework)
  const all = await largest(`search like 'mar%'`, 1_000)
  expect(all.length).toBeGreaterThan(100)
  await planner.field.fill('mar')
  for (let count = 50; count < all.length + 50; count += 50) {
    await eventually(async () => expect(await planner.found()).toEqual(all.slice(0, count)))
    await planner.options.last().scrollIntoViewIfNeeded()
  }
  await expect(planner.found()).resolves.toEqual(all)

  // Another search begins at its top.
  await planner.field.fill('san')
  const next = await largest(`search like 'san%'`, 50)
  await eventually(async () => expect(await planner.found()).toEqual(next))
  await expect(planner.options.first().isVisible()).resolves.toBe(true)
})

test.each(frameworks)(
  '%s: a place is chosen by keyboard or by a click, and its stop shows what is known of it',
  async (framework) => {
    const planner = await openOffline(framework)
    await planner.field.pressSequentially('syd')
    await planner.options.first().getByText('Sydney').waitFor()
    await planner.page.keyboard.press('ArrowDown')
    const active = planner.options.and(planner.page.getByRole('option', { selected: true }))
    await active.getByText('Sydney').waitFor()
    await planner.page.keyboard.press('Enter')
    await eventually(async () => expect(await planner.field.inputValue()).toBe('Sydney'))
    await eventually(async () => expect(await planner.options.count()).toBe(0))
    await planner.page.keyboard.press('Enter')
    await planner.stop('Sydney').getByText('Day 1 · Australia, 4,627,345 people').waitFor()

    await planner.field.fill('Montre')
    await planner.options.filter({ hasText: 'Montréal' }).first().click()
    await planner.button('Add stop').click()
    await planner.stop('Montréal').getByText('Day 2 · Canada, 1,600,000 people').waitFor()
    await planner.addStop('Grandmother’s') // what has been typed need not be there
    await eventually(async () => expect(await planner.stopNames()).toHaveLength(3))
    await look(planner.page, `${framework}-stops-of-places`)

    await planner.page.reload()
    await planner.stop('Sydney').getByText('Day 1 · Australia, 4,627,345 people').waitFor()
    await planner.toggle('Offline').uncheck()
    const places = `select stops.place, places.name from stops
      left join places on places.id = place_id order by position`
    await eventually(async () =>
      expect(await playgrounds.query(places)).toEqual([
        { place: 'Sydney', name: 'Sydney' },
        { place: 'Montréal', name: 'Montréal' },
        { place: 'Grandmother’s', name: null },
      ]),
    )
  },
)
