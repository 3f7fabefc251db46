import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { frameworks, openPlanner, sharePlaygrounds } from './planner.ts'

const playgrounds = sharePlaygrounds(0)

test.each(frameworks)(
  '%s: trips are added, renamed, dated, opened and deleted',
  async (framework) => {
    const planner = await openPlanner(playgrounds.url, framework)

    await planner.addTrip('Japan')
    await planner.addTrip('Norway')
    await eventually(async () => expect(await planner.tripNames()).toEqual(['Japan', 'Norway']))

    await planner.open('Japan')
    await planner.heading('Japan').waitFor()
    await planner.button('Edit trip').click()
    await planner.textbox('Name').fill('Japan in spring')
    await planner.field('Starts on').fill('2027-04-02')
    await planner.button('Save').click()
    await eventually(async () =>
      expect(await planner.tripNames()).toEqual(['Japan in spring Apr 2, 2027', 'Norway']),
    )

    await planner.deleteTrip('Norway')
    await eventually(async () =>
      expect(await planner.tripNames()).toEqual(['Japan in spring Apr 2, 2027']),
    )

    await eventually(async () =>
      expect(await playgrounds.query('select name, starts_on::text, owner_id from trips')).toEqual([
        { name: 'Japan in spring', starts_on: '2027-04-02', owner_id: '1' },
      ]),
    )
  },
)

test.each(frameworks)(
  '%s: stops are added, edited, checked off, moved and deleted',
  async (framework) => {
    const planner = await openPlanner(playgrounds.url, framework)
    await planner.addTrip('Japan')
    await planner.open('Japan')
    for (const name of ['Tokyo', 'Nara', 'Kyoto']) await planner.addStop(name)
    await eventually(async () =>
      expect(await planner.stopNames()).toEqual(['Tokyo', 'Nara', 'Kyoto']),
    )

    await planner.onStop('Kyoto', 'Up')
    await eventually(async () =>
      expect(await planner.stopNames()).toEqual(['Tokyo', 'Kyoto', 'Nara']),
    )
    await planner.onStop('Tokyo', 'Down')
    await eventually(async () =>
      expect(await planner.stopNames()).toEqual(['Kyoto', 'Tokyo', 'Nara']),
    )

    await planner.onStop('Nara', 'Edit')
    await planner.textbox('Place').fill('Nara Park')
    await planner.textbox('Note').fill('Deer')
    await planner.field('Day').fill('3')
    await planner.button('Save').click()
    await planner.stop('Nara Park').getByText('Day 3 · Deer').waitFor()

    await planner.checkbox('Kyoto').check()
    await planner.onStop('Tokyo', 'Delete')
    await eventually(async () => expect(await planner.stopNames()).toEqual(['Kyoto', 'Nara Park']))
    await expect(planner.checkbox('Kyoto').isChecked()).resolves.toBe(true)

    await eventually(async () =>
      expect(
        await playgrounds.query('select place, note, day, done from stops order by position'),
      ).toEqual([
        { place: 'Kyoto', note: null, day: 3, done: true },
        { place: 'Nara Park', note: 'Deer', day: 3, done: false },
      ]),
    )
  },
)

test.each(frameworks)(
  '%s: a form keeps what was typed, and its other fields follow the row',
  async (framework) => {
    const planner = await openPlanner(playgrounds.url, framework)
    await planner.addTrip('Japan')
    await planner.open('Japan')
    await planner.addStop('Tokyo')
    await planner.onStop('Tokyo', 'Edit')
    await planner.textbox('Note').fill('Fish market')
    await playgrounds.arrived({ trips: 1, stops: 1 })

    await playgrounds.query(`update stops set place = 'Toyosu', note = 'Early'`)
    await eventually(async () => expect(await planner.textbox('Place').inputValue()).toBe('Toyosu'))
    await expect(planner.textbox('Note').inputValue()).resolves.toBe('Fish market')

    await planner.text('Somebody else made the note “Early”.').waitFor()

    await planner.button('Reset').click()
    await eventually(async () => expect(await planner.textbox('Note').inputValue()).toBe('Early'))
  },
)

test.each(frameworks)('%s: a conflict in a form is resolved either way', async (framework) => {
  const planner = await openPlanner(playgrounds.url, framework)
  await planner.addTrip('Japan')
  await planner.open('Japan')
  await planner.addStop('Tokyo')
  await playgrounds.arrived({ trips: 1, stops: 1 })
  await planner.onStop('Tokyo', 'Edit')
  await planner.textbox('Place').fill('Tokyo Tower')
  await planner.textbox('Note').fill('Fish market')
  await playgrounds.query(`update stops set place = 'Toyosu', note = 'Early'`)
  await planner.text('Somebody else made the place “Toyosu”.').waitFor()

  await planner.button('Take theirs').first().click()
  await eventually(async () => expect(await planner.textbox('Place').inputValue()).toBe('Toyosu'))
  await planner.button('Keep mine').click()
  await planner.text('Somebody else').waitFor({ state: 'detached' })
  await planner.button('Save').click()
  await eventually(async () =>
    expect(await playgrounds.query('select place, note from stops')).toEqual([
      { place: 'Toyosu', note: 'Fish market' },
    ]),
  )
})

test.each(frameworks)(
  '%s: deleting a trip deletes its stops, here and on the server',
  async (framework) => {
    const planner = await openPlanner(playgrounds.url, framework)
    await planner.addTrip('Japan')
    await planner.open('Japan')
    await planner.addStop('Tokyo')
    await playgrounds.arrived({ trips: 1, stops: 1 })
    await planner.status.getByText('Nothing to upload').waitFor()

    await planner.toggle('Offline').check() // the server would delete the stops by itself
    await planner.deleteTrip('Japan')
    await planner.text('No trips yet.').waitFor()
    await planner.status.getByText('2 writes wait for upload').waitFor()

    await planner.toggle('Offline').uncheck()
    await playgrounds.arrived({ trips: 0, stops: 0 })
  },
)

test.each(frameworks)('%s: a stop that is moved by keyboard keeps the focus', async (framework) => {
  const planner = await openPlanner(playgrounds.url, framework)
  await planner.addTrip('Japan')
  await planner.open('Japan')
  for (const name of ['Tokyo', 'Nara', 'Kyoto', 'Kobe']) await planner.addStop(name)
  await eventually(async () => expect(await planner.stopNames()).toHaveLength(4))

  const up = planner.button('Up', planner.stop('Kobe'))
  await up.focus()
  await planner.page.keyboard.press('Enter')
  await eventually(async () =>
    expect(await planner.stopNames()).toEqual(['Tokyo', 'Nara', 'Kobe', 'Kyoto']),
  )
  await eventually(async () =>
    expect(await up.evaluate((button) => button === document.activeElement)).toBe(true),
  )
  await planner.page.keyboard.press('Enter')
  await eventually(async () =>
    expect(await planner.stopNames()).toEqual(['Tokyo', 'Kobe', 'Nara', 'Kyoto']),
  )
  await eventually(async () =>
    expect(await up.evaluate((button) => button === document.activeElement)).toBe(true),
  )

  // At the top the button is switched off, so its neighbour gets the focus.
  await planner.page.keyboard.press('Enter')
  await eventually(async () =>
    expect(await planner.stopNames()).toEqual(['Kobe', 'Tokyo', 'Nara', 'Kyoto']),
  )
  const down = planner.button('Down', planner.stop('Kobe'))
  await eventually(async () =>
    expect(await down.evaluate((button) => button === document.activeElement)).toBe(true),
  )
})
