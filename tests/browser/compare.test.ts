/** The pages that measure the official adapter and ours on the same places. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { look } from './look.ts'
import { type Framework, frameworks, sharePlaygrounds } from './planner.ts'

const playgrounds = sharePlaygrounds(0)

/** All places in the full run. */
const count = process.env['ROWSIGNAL_FULL'] === undefined ? 2_000 : 10_000
const placesText = `${count.toLocaleString('en')} places, twice.`

const measurements = ['One row', '1,000 rows', 'Scroll', 'Type']

/** Each shows all rows many times over. */
const timeout = 1_200_000

/** Everything is found by selectors: a look for a role or a text goes through all rows, and is in what is measured. */
async function openComparison(framework: Framework) {
  const page = await (await openBrowser()).newPage()
  await page.goto(`${playgrounds.url}/compare/${framework}/?places=${count}`)
  const told = (text: string): Promise<void> =>
    page.locator('[role=status]', { hasText: text }).waitFor({ timeout })
  await told(placesText)
  return {
    page,
    told,
    field: page.locator('#text'),
    /** Presses a button; gives what the table then says, by its rows: theirs, and ours. */
    measure: async (name: string): Promise<Record<string, readonly string[]>> => {
      const index = measurements.indexOf(name)
      await page.locator(`#measure-${index}`).click()
      await told(`Measured: ${name}.`)
      return page.locator(`#results-${index} tbody`).evaluate(figuresOf)
    },
  }
}

/** What both lists show, which is the same. */
async function expectSameRows(page: Page, count: number): Promise<string[]> {
  const [theirs, ours] = await page.evaluate(() =>
    ['official', 'ours'].map((id) =>
      [...document.querySelectorAll(`#${id} li`)].map(({ textContent }) => textContent),
    ),
  )
  expect(theirs).toHaveLength(count)
  expect(ours).toEqual(theirs)
  return ours!
}

/** Runs in the page. */
function figuresOf(body: Element): Record<string, readonly string[]> {
  const rows = [...body.querySelectorAll('tr')].map((row) => {
    const [label = '', ...figures] = [...row.children].map((cell) => cell.textContent)
    return [label, figures.slice(0, 2)] as const
  })
  return Object.fromEntries(rows)
}

test.each(frameworks)(
  '%s: each button gives figures of both sides, which then show the same rows again, as SQLite has them',
  { timeout },
  async (framework) => {
    const { page, told, field, measure } = await openComparison(framework)
    const before = await expectSameRows(page, count)
    const headings = await page.locator('.column h2').allInnerTexts()
    expect(headings).toEqual([
      expect.stringMatching(new RegExp(`^@tanstack/${framework}-db \\d+\\.\\d+\\.\\d+$`)),
      expect.stringMatching(new RegExp(`^@rowsignal/${framework} \\d+\\.\\d+\\.\\d+$`)),
    ])

    // Few rows, since axe looks at each.
    await field.fill('alin')
    await eventually(() => expectSameRows(page, 20))
    await look(page, `compare-${framework}-before`)

    const figures: Record<string, Record<string, readonly string[]>> = {}
    for (const name of measurements) figures[name] = await measure(name)
    for (const [name, table] of Object.entries(figures)) {
      expect(Object.keys(table).length, name).toBeGreaterThanOrEqual(3)
      for (const values of Object.values(table)) {
        expect(values, name).toHaveLength(2)
        for (const value of values) expect(value, name).toMatch(/^(< )?\d[\d,.]*$/)
      }
    }
    expect(figures['One row']?.['Row templates run']?.[1]).toBe('1')
    expect(figures['1,000 rows']?.['Row templates run']?.[1]).toBe('1,000')
    expect(figures['Scroll']?.['Row templates run, 10 updates']?.[1]).toBe('10')

    const after = await expectSameRows(page, count)
    expect(after).not.toEqual(before)
    await field.fill('alin')
    await eventually(() => expectSameRows(page, 20))
    await look(page, `compare-${framework}-after`)

    // A page that is loaded again reads what has been stored.
    await page.reload()
    await told(placesText)
    expect(await expectSameRows(page, count)).toEqual(after)
  },
)
