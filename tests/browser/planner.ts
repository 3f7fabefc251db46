/**
 * The planners as their users meet them: a backend that serves the built pages, and each page by role and name only, so
 * the same for Vue, Solid and Svelte.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Backend, readCities, startBackend } from '@rowsignal/playground-backend'
import type { BrowserContext, FrameLocator, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'

export const frameworks = ['vue', 'solid', 'svelte'] as const
export type Framework = (typeof frameworks)[number]

const staticDir = fileURLToPath(new URL('../../playgrounds/dist', import.meta.url))

export interface Playgrounds {
  readonly url: string
  /** Rows as Postgres has them, past every client. */
  query<Row>(sql: string): Promise<Row[]>
  /**
   * Waits until Postgres has this many trips and stops. The status line alone does not tell: for a moment after a write
   * it still says that there is nothing to upload.
   */
  arrived(count: { trips: number; stops: number }): Promise<void>
  /** What the switches set, and `cut`, which no switch does. */
  setFaults(faults: { delayMs?: number; refuseNext?: boolean; cut?: boolean }): Promise<void>
}

/**
 * One backend for the tests of a file, since a new Postgres takes seconds; without trips at the start of each test.
 * `places` limits how many of the 135,233 it has.
 */
export function sharePlaygrounds(places?: number): Playgrounds {
  let backend: Backend
  let dataDir: string
  const setFaults: Playgrounds['setFaults'] = async (faults) => {
    const signedIn = await fetch(`${backend.url}/api/token?user=1`)
    const { token } = (await signedIn.json()) as { token: string }
    await fetch(`${backend.url}/api/faults`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(faults),
    })
  }
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'rowsignal-'))
    backend = await startBackend({ dataDir, staticDir, places: () => readCities(places) })
  })
  afterEach(async () => {
    await setFaults({ delayMs: 0, refuseNext: false })
    await backend.postgres.query('delete from trips')
  })
  afterAll(async () => {
    await backend.close()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
  })
  const query = async <Row>(sql: string) => (await backend.postgres.query<Row>(sql)).rows
  return {
    get url() {
      return backend.url
    },
    query,
    async arrived(count) {
      const counts =
        'select (select count(*) from trips)::int trips, (select count(*) from stops)::int stops'
      await eventually(async () => expect(await query(counts)).toEqual([count]))
    },
    setFaults,
  }
}

export interface OpenOptions {
  /** Default: a new one, with a profile of its own. */
  readonly browser?: BrowserContext
  /** What the address says, such as `user`. */
  readonly query?: Record<string, string>
}

/** The planner of one framework in a tab of its own, connected. */
export async function openPlanner(url: string, framework: Framework, options: OpenOptions = {}) {
  const browser = options.browser ?? (await openBrowser())
  const page = await browser.newPage()
  const query = new URLSearchParams({ user: '1', ...options.query })
  await page.goto(`${url}/${framework}/?${query}`)
  const planner = plannerIn(page)
  await planner.status.getByText('Connected').waitFor()
  return { ...planner, page }
}

/** Turns a switch that the backend has to hear of, and waits until it has. */
export async function switchFaultOn(page: Page, name: string): Promise<void> {
  const heard = page.waitForResponse(
    (response) => response.url().endsWith('/api/faults') && response.request().method() === 'POST',
  )
  await plannerIn(page).toggle(name).check()
  await heard
}

/** A page or frame that shows a planner. */
export function plannerIn(page: Page | FrameLocator) {
  const trips = page.getByRole('list', { name: 'Trips' })
  const stops = page.getByRole('list', { name: 'Stops' })
  const button = (name: string, within: Page | FrameLocator | Locator = page): Locator =>
    within.getByRole('button', { name, exact: true })
  const stop = (name: string): Locator =>
    stops.getByRole('listitem').filter({ has: page.getByRole('checkbox', { name, exact: true }) })

  return {
    trips,
    stops,
    stop,
    button,
    status: page.getByRole('status'),
    alert: page.getByRole('alert'),
    heading: (name: string) => page.getByRole('heading', { name, exact: true }),
    text: (text: string) => page.getByText(text),
    combobox: (name: string) => page.getByRole('combobox', { name, exact: true }),
    options: page.getByRole('listbox', { name: 'Places' }).getByRole('option'),
    textbox: (name: string) => page.getByRole('textbox', { name, exact: true }),
    field: (name: string) => page.getByLabel(name),
    toggle: (name: string) => page.getByRole('switch', { name, exact: true }),
    checkbox: (name: string) => page.getByRole('checkbox', { name, exact: true }),
    tripNames: async () => (await trips.getByRole('link').allTextContents()).map(onOneLine),
    stopNames: () =>
      stops
        .getByRole('checkbox')
        .evaluateAll((boxes: HTMLInputElement[]) => boxes.map((box) => box.labels?.[0]?.innerText)),
    async addTrip(name: string): Promise<void> {
      await page.getByRole('textbox', { name: 'New trip' }).fill(name)
      await button('Add trip').click()
    },
    async addStop(name: string): Promise<void> {
      await page.getByRole('combobox', { name: 'New stop' }).fill(name)
      await button('Add stop').click()
    },
    open: (name: string) => trips.getByText(name).click(),
    deleteTrip: (name: string) =>
      button('Delete', trips.getByRole('listitem').filter({ hasText: name })).click(),
    onStop: (name: string, action: 'Up' | 'Down' | 'Edit' | 'Delete') =>
      button(action, stop(name)).click(),
  }
}

export type Planner = ReturnType<typeof plannerIn>

/** Text of a page without its line breaks. */
function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
