/** The planners in Firefox, by role and name only, as `../planner.ts` has them in Chromium. */
import type { Browser, Page } from 'puppeteer-core'
import { expect } from 'vitest'
import { eventually, patienceMs } from '../../support/eventually.ts'
import type { Framework } from '../planner.ts'

/** What a file is kept in; the third, `OPFSWriteAheadVFS`, Firefox can't open. */
export const storages = ['IDBBatchAtomicVFS', 'OPFSCoopSyncVFS'] as const
export type Storage = (typeof storages)[number]

export interface PlannerAddress {
  readonly url: string
  readonly framework: Framework
  readonly vfs: Storage
}

/** The planner of one framework in a tab of its own, connected unless it was offline before. */
export async function openPlanner(browser: Browser, { url, framework, vfs }: PlannerAddress) {
  const page = await browser.newPage()
  page.setDefaultTimeout(patienceMs)
  await page.goto(`${url}/${framework}/?${new URLSearchParams({ user: '1', vfs })}`)
  const planner = plannerIn(page)
  await planner.says(/Connected|Offline/)
  return planner
}

function plannerIn(page: Page) {
  const find = (role: string, name: string) =>
    page.locator(`::-p-aria([name="${name}"][role="${role}"])`)
  const textOf = (selector: string) =>
    page.$$eval(selector, (found) => found.map((element) => element.textContent.trim()))

  const fill = (role: 'textbox' | 'combobox', name: string, value: string) =>
    find(role, name).fill(value)
  const click = async (role: 'button' | 'switch' | 'link', name: string): Promise<void> => {
    await page.bringToFront() // a click waits for a frame, and a hidden tab draws none
    await find(role, name).click()
  }

  return {
    page,
    fill,
    click,
    /** Turns a switch off, unless it is: Firefox writes localStorage a few seconds late, and a kill may lose how it stood. */
    async uncheck(name: string): Promise<void> {
      const isOn = find('switch', name).map((input) => (input as HTMLInputElement).checked)
      if (await isOn.wait()) await click('switch', name)
    },
    async addTrip(name: string): Promise<void> {
      await page.bringToFront()
      await fill('textbox', 'New trip', name)
      await click('button', 'Add trip')
    },
    /** Waits until the status line says so. */
    says: (text: RegExp | string) =>
      eventually(async () => expect((await textOf('[role="status"]')).join()).toMatch(text)),
    /** Waits until these trips are listed, in any order, and no others. */
    shows: (names: string[]) =>
      eventually(async () =>
        expect((await textOf('::-p-aria([name="Trips"][role="list"]) a')).sort()).toEqual(names),
      ),
  }
}
