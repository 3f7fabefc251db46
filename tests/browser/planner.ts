/**
 * A planner as its user meets it: by role and name only, so the same for Vue, Solid and Svelte.
 */
import { fileURLToPath } from 'node:url'
import type { BrowserContext, FrameLocator, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { startTestBackend, type TestBackend } from '../support/backend.ts'
import { openBrowser } from '../support/browser.ts'

export const frameworks = ['vue', 'solid', 'svelte'] as const
export type Framework = (typeof frameworks)[number]

/** Waits for what the page or the server will come to. */
export function eventually<T>(read: () => T | Promise<T>) {
  return expect.poll(read, { timeout: 20_000, interval: 50 })
}

/** A backend of its own that serves the built playgrounds. */
export function startPlaygrounds(places: number | 'all' = 0): Promise<TestBackend> {
  const staticDir = fileURLToPath(new URL('../../playgrounds/dist', import.meta.url))
  return startTestBackend({ places, staticDir })
}

export interface OpenOptions {
  /** Default: a new one, with a profile of its own. */
  readonly browser?: BrowserContext
  readonly user?: 1 | 2
}

/** The planner of one framework in a tab of its own, connected. */
export async function openPlanner(url: string, framework: Framework, options: OpenOptions = {}) {
  const browser = options.browser ?? (await openBrowser())
  const page = await browser.newPage()
  await page.goto(`${url}/${framework}/?user=${options.user ?? 1}`)
  const planner = plannerIn(page)
  await planner.status.getByText('Connected').waitFor()
  return { ...planner, page }
}

/** The page with the three planners beside each other. */
export async function openSandbox(url: string): Promise<Page> {
  const browser = await openBrowser({ viewport: { width: 1280, height: 900 } })
  const page = await browser.newPage()
  await page.goto(url)
  return page
}

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
    heading: page.getByRole('heading', { level: 2 }),
    textbox: (name: string) => page.getByRole('textbox', { name, exact: true }),
    toggle: (name: string) => page.getByRole('switch', { name, exact: true }),
    checkbox: (name: string) => page.getByRole('checkbox', { name, exact: true }),
    tripNames: () => trips.getByRole('link').allInnerTexts(),
    stopNames: () =>
      stops
        .getByRole('checkbox')
        .evaluateAll((boxes: HTMLInputElement[]) => boxes.map((box) => box.labels?.[0]?.innerText)),
    async addTrip(name: string): Promise<void> {
      await page.getByRole('textbox', { name: 'New trip' }).fill(name)
      await button('Add trip').click()
    },
    async addStop(name: string): Promise<void> {
      await page.getByRole('textbox', { name: 'New stop' }).fill(name)
      await button('Add stop').click()
    },
    open: (name: string) => trips.getByText(name).click(),
    onStop: (name: string, action: 'Up' | 'Down' | 'Edit' | 'Delete') =>
      button(action, stop(name)).click(),
  }
}

export type Planner = ReturnType<typeof plannerIn>
