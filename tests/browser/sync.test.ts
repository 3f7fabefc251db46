import { expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { frameworks, openPlanner, plannerIn, sharePlaygrounds } from './planner.ts'

const playgrounds = sharePlaygrounds(20_000)

test.each(frameworks)('a change made in %s arrives in the other two', async (framework) => {
  const page = await (await openBrowser()).newPage()
  await page.goto(playgrounds.url)
  const planners = frameworks.map((name) =>
    plannerIn(page.frameLocator(`iframe[title="${name}" i]`)),
  )
  const author = planners[frameworks.indexOf(framework)]!

  await author.addTrip('Japan')
  await author.open('Japan')
  await author.addStop('Tokyo')
  for (const planner of planners) {
    await eventually(async () => expect(await planner.tripNames()).toEqual(['Japan']))
    await planner.open('Japan')
    await eventually(async () => expect(await planner.stopNames()).toEqual(['Tokyo']))
  }

  await author.checkbox('Tokyo').check()
  for (const planner of planners) {
    await eventually(async () => expect(await planner.checkbox('Tokyo').isChecked()).toBe(true))
  }
})

test('the second user sees nothing of the first', async () => {
  const browser = await openBrowser()
  const first = await openPlanner(playgrounds.url, 'vue', { browser })
  await first.addTrip('Japan')
  await playgrounds.arrived({ trips: 1, stops: 0 })

  const second = await openPlanner(playgrounds.url, 'vue', { browser, query: { user: '2' } })
  await second.status.getByText('Synced').waitFor()
  await second.text('No trips yet.').waitFor()
  await second.addTrip('Norway')
  await playgrounds.arrived({ trips: 2, stops: 0 })
  await expect(second.tripNames()).resolves.toEqual(['Norway'])
  await expect(first.tripNames()).resolves.toEqual(['Japan'])
  const owners = await playgrounds.query('select name, owner_id from trips order by name')
  expect(owners).toEqual([
    { name: 'Japan', owner_id: '1' },
    { name: 'Norway', owner_id: '2' },
  ])
})

test('a planner that is told to use IndexedDB keeps its rows there', async () => {
  const query = { vfs: 'IDBBatchAtomicVFS' }
  const planner = await openPlanner(playgrounds.url, 'vue', { query })
  await planner.toggle('Offline').check()
  await planner.addTrip('Japan')
  await planner.status.getByText('1 write waits for upload').waitFor()
  await planner.page.reload()
  await eventually(async () => expect(await planner.tripNames()).toEqual(['Japan']))
  const opfs = await planner.page.evaluate(async () => {
    const names: string[] = []
    for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name)
    return names
  })
  expect(opfs).toEqual([])
})

test('a VFS that does not exist is an alert that names those that do', async () => {
  const page = await (await openBrowser()).newPage()
  await page.goto(`${playgrounds.url}/vue/?vfs=Floppy`)
  await expect(page.getByRole('alert').innerText()).resolves.toContain('OPFSCoopSyncVFS')
})
