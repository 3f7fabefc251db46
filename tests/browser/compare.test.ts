/** The pages that measure the official adapter and ours on the same places. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { look } from './look.ts'
import { type Framework, frameworks, sharePlaygrounds } from './planner.ts'

const playgrounds = sharePlaygrounds(0)

const measurements = ['One row', '1,000 rows', 'Scroll', 'Type']

async function openComparison(framework: Framework) {
  const page = await (await openBrowser()).newPage()
  await page.goto(`${playgrounds.url}/compare/${framework}/`)
  const status = page.getByRole('status')
  await status.getByText('10,000 places, twice').waitFor()
  const packages = [`@tanstack/${framework}-db`, `@rowsignal/${framework}`] as const
  return {
    page,
    packages,
    field: page.getByRole('textbox', { name: 'Name begins with' }),
    /** What a package's list shows. */
    rows: (name: string) => rowsOf(page, name),
    /** Presses a button; gives what the table then says, by its rows: theirs, and ours. */
    async measure(name: string): Promise<Record<string, readonly string[]>> {
      await page.getByRole('button', { name, exact: true }).click()
      await status.getByText(`Measured: ${name}.`, { exact: true }).waitFor()
      const table = page.getByRole('table', { name })
      return table.locator('tbody').evaluate(figuresOf)
    },
  }
}

function rowsOf(page: Page, name: string): Promise<string[]> {
  const region = page.getByRole('region', { name })
  return region.evaluate((box) => [...box.querySelectorAll('li')].map((row) => row.textContent))
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
  '%s: each button gives figures of both sides, which then show the same rows again',
  async (framework) => {
    const { page, packages, field, rows, measure } = await openComparison(framework)
    const expectSameRows = async (count: number): Promise<string[]> => {
      const [theirs, ours] = await Promise.all(packages.map(rows))
      expect(theirs).toHaveLength(count)
      expect(ours).toEqual(theirs)
      return ours!
    }
    const before = await expectSameRows(10_000)
    for (const [index, name] of packages.entries()) {
      const heading = page.getByRole('heading', { name })
      await expect(heading.innerText(), `${index}`).resolves.toMatch(/ \d+\.\d+\.\d+$/)
    }

    // Few rows, since axe looks at each.
    await field.fill('marin')
    await eventually(() => expectSameRows(20))
    await look(page, `compare-${framework}-before`)

    const figures: Record<string, Record<string, readonly string[]>> = {}
    for (const name of measurements) figures[name] = await measure(name)
    for (const [name, table] of Object.entries(figures)) {
      expect(Object.keys(table).length, name).toBeGreaterThanOrEqual(3)
      for (const values of Object.values(table)) {
        for (const value of values) expect(value, name).toMatch(/^(< )?\d[\d,.]*$/)
      }
    }
    expect(figures['One row']?.['Row templates run']?.[1]).toBe('1')
    expect(figures['1,000 rows']?.['Row templates run']?.[1]).toBe('1,000')
    expect(figures['Scroll']?.['Row templates run, 10 updates']?.[1]).toBe('10')

    const after = await expectSameRows(10_000)
    expect(after).not.toEqual(before)
    await field.fill('marin')
    await eventually(() => expectSameRows(20))
    await look(page, `compare-${framework}-after`)

    // What has been written is in SQLite, which a page that is loaded again reads.
    await page.reload()
    await page.getByRole('status').getByText('10,000 places, twice').waitFor()
    expect(await expectSameRows(10_000)).toEqual(after)
  },
)
