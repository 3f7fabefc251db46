/** The planners in Firefox: their main path, two tabs, a reload, and a browser that is killed. */
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { killFirefox, makeProfile, openFirefox } from '../../support/firefox.ts'
import { frameworks, sharePlaygrounds } from '../planner.ts'
import { openPlanner, storages } from './planner.ts'

const playgrounds = sharePlaygrounds(0)

const everywhere = storages.flatMap((vfs) =>
  frameworks.map((framework) => [framework, vfs] as const),
)

/** Postgres has these trips, and no others. */
const arrived = (names: string[]) =>
  eventually(async () => {
    const rows = await playgrounds.query<{ name: string }>('select name from trips order by name')
    expect(rows.map(({ name }) => name)).toEqual(names)
  })

test.each(everywhere)('%s: a trip is added, renamed and deleted: %s', async (framework, vfs) => {
  const browser = await openFirefox(await makeProfile())
  const planner = await openPlanner(browser, { url: playgrounds.url, framework, vfs })
  await planner.addTrip('Japan')
  await planner.shows(['Japan'])
  await planner.click('link', 'Japan')
  await planner.click('button', 'Edit trip')
  await planner.fill('textbox', 'Name', 'Japan in spring')
  await planner.click('button', 'Save')
  await planner.shows(['Japan in spring'])
  await arrived(['Japan in spring'])
  await planner.click('button', 'Delete')
  await planner.shows([])
  await arrived([])
})

test.each(everywhere)('%s: what one tab writes the other shows: %s', async (framework, vfs) => {
  const address = { url: playgrounds.url, framework, vfs }
  const browser = await openFirefox(await makeProfile())
  const one = await openPlanner(browser, address)
  const other = await openPlanner(browser, address)
  await other.addTrip('Japan')
  await one.shows(['Japan'])
  await one.addTrip('Norway')
  await other.shows(['Japan', 'Norway'])
  await arrived(['Japan', 'Norway'])
  await one.page.close()
  await other.addTrip('Peru')
  await other.shows(['Japan', 'Norway', 'Peru'])
  await arrived(['Japan', 'Norway', 'Peru'])
})

test.each(everywhere)(
  '%s: what was written offline is there after a reload, and when the browser was killed: %s',
  async (framework, vfs) => {
    const address = { url: playgrounds.url, framework, vfs }
    const profile = await makeProfile()
    const browser = await openFirefox(profile)
    const planner = await openPlanner(browser, address)
    await planner.click('switch', 'Offline')
    await planner.says('Offline')
    await planner.addTrip('Japan')
    await planner.says('1 write waits for upload')
    await planner.page.reload()
    await planner.shows(['Japan'])
    await planner.addTrip('Norway')
    await planner.says('2 writes wait for upload')
    await arrived([])
    await killFirefox(browser)

    const again = await openPlanner(await openFirefox(profile), address)
    await again.shows(['Japan', 'Norway'])
    await again.uncheck('Offline')
    await arrived(['Japan', 'Norway'])
    await again.says('Nothing to upload')
  },
)
