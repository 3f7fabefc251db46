/** The planners in Firefox: their main path, in two tabs. */
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { makeProfile, openFirefox } from '../../support/firefox.ts'
import { frameworks, sharePlaygrounds } from '../planner.ts'
import { openPlanner, storages } from './planner.ts'

const playgrounds = sharePlaygrounds(0)

const everywhere = storages.flatMap((vfs) =>
  frameworks.map((framework) => [framework, vfs] as const),
)

test.each(everywhere)(
  '%s: a trip is added, renamed and seen in another tab: %s',
  async (framework, vfs) => {
    const address = { url: playgrounds.url, framework, vfs }
    const browser = await openFirefox(await makeProfile())
    const planner = await openPlanner(browser, address)
    await planner.fill('textbox', 'New trip', 'Japan')
    await planner.click('button', 'Add trip')
    await eventually(async () => expect(await planner.tripNames()).toEqual(['Japan']))
    await planner.click('link', 'Japan')
    await planner.click('button', 'Edit trip')
    await planner.fill('textbox', 'Name', 'Japan in spring')
    await planner.click('button', 'Save')
    await eventually(async () => expect(await planner.tripNames()).toEqual(['Japan in spring']))

    const other = await openPlanner(browser, address)
    await eventually(async () => expect(await other.tripNames()).toEqual(['Japan in spring']))
    await eventually(async () =>
      expect(await playgrounds.query('select name, owner_id from trips')).toEqual([
        { name: 'Japan in spring', owner_id: '1' },
      ]),
    )
  },
)
