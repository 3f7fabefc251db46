/** The sandbox: the three planners side by side, what they are put through, and what is shown of them. */
import { readFile } from 'node:fs/promises'
import type { BrowserContext, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { look } from './look.ts'
import { type Framework, frameworks, type Planner, plannerIn, sharePlaygrounds } from './planner.ts'

const playgrounds = sharePlaygrounds(0)

async function openSandbox(): Promise<{ page: Page; planners: Record<Framework, Planner> }> {
  const page = await (await openBrowser()).newPage()
  await page.setViewportSize({ width: 1280, height: 960 })
  await page.goto(playgrounds.url)
  const entries = frameworks.map((name): [Framework, Planner] => [
    name,
    plannerIn(page.frameLocator(`iframe[title="${name}" i]`)),
  ])
  const planners = Object.fromEntries(entries) as Record<Framework, Planner>
  for (const { status } of Object.values(planners)) await status.getByText('Connected').waitFor()
  return { page, planners }
}

/** A trip with three stops, seen and open in all three. */
async function planTrip(planners: Record<Framework, Planner>): Promise<void> {
  await planners.vue.addTrip('Japan in spring')
  await planners.vue.open('Japan in spring')
  for (const name of ['Tokyo', 'Hakone', 'Kyoto']) await planners.vue.addStop(name)
  for (const planner of Object.values(planners)) {
    await eventually(async () => expect(await planner.tripNames()).toHaveLength(1))
    await planner.open('Japan in spring')
    await eventually(async () =>
      expect(await planner.stopNames()).toEqual(['Tokyo', 'Hakone', 'Kyoto']),
    )
    await planner.status.getByText('Nothing to upload').waitFor()
  }
}

test('it is readable and reachable, also with the code and what ran', async () => {
  const { page, planners } = await openSandbox()
  // Of a fraction of a pixel a frame shows nothing: the paper would be seen beside its dark head.
  for (const width of [1024, 1280, 1366]) {
    await page.setViewportSize({ width, height: 960 })
    const sides = await page
      .locator('iframe')
      .evaluateAll((frames) =>
        frames.flatMap((frame) => [
          frame.getBoundingClientRect().left,
          frame.getBoundingClientRect().right,
        ]),
      )
    expect(
      sides.filter((side) => !Number.isInteger(side)),
      `${width}`,
    ).toEqual([])
  }
  await look(page, 'sandbox-empty', [768])
  await page.setViewportSize({ width: 1280, height: 960 })
  await planTrip(planners)
  await look(page, 'sandbox', [768])
  await page.setViewportSize({ width: 1280, height: 960 })
  await page.getByRole('switch', { name: 'What ran' }).check()
  await page.getByRole('switch', { name: 'Code' }).check()
  await page.locator('.source').nth(2).getByText('useLiveQuery').first().waitFor()
  await planners.solid.checkbox('Hakone').check()
  await eventually(async () => expect(await stepsOf(page)).not.toContain('…'))
  await look(page, 'sandbox-code', [768])

  await page.setViewportSize({ width: 390, height: 844 })
  await page.locator('.lines').getByText('Svelte').click()
  await planners.svelte.status.waitFor()
})

test('it is readable while the planners start, and none waits for another that does not', async () => {
  const page = await (await openBrowser()).newPage()
  await page.route(/assets\/(vue|solid|svelte)-.*\.js/, () => undefined) // never answered
  await page.goto(playgrounds.url, { waitUntil: 'commit' })
  for (const name of frameworks) {
    await page.frameLocator(`iframe[title="${name}" i]`).getByText('Starting …').waitFor()
  }
  await look(page, 'sandbox-starting', [768])
})

async function stepsOf(page: Page): Promise<string> {
  return (await page.getByRole('region', { name: 'The last change' }).textContent()) ?? ''
}

test('the strip tells how far the last change has come, in all three', async () => {
  const { page, planners } = await openSandbox()
  await planTrip(planners)
  await planners.svelte.checkbox('Kyoto').check()
  await eventually(async () =>
    expect((await stepsOf(page)).replaceAll(/\d+/g, 'n').replaceAll(/\s+/g, ' ').trim()).toBe(
      'Change something: here stands how far it has come, and when. ' +
        'Changed in Svelteon the screen n msin SQLite n msuploaded n msacknowledged n msseen in Vue n msseen in Solid n ms',
    ),
  )
})

test('what ran: of one change one row in each planner, once', async () => {
  const { page, planners } = await openSandbox()
  await planTrip(planners)
  await page.getByRole('switch', { name: 'What ran' }).check()
  await planners.vue.onStop('Hakone', 'Edit')
  await planners.vue.textbox('Note').fill('Hot springs')
  await planners.vue.button('Save').click()
  for (const framework of frameworks) {
    const frame = page.frameLocator(`iframe[title="${framework}" i]`)
    await planners[framework].text('Hot springs').waitFor()
    const counts = (): Promise<(string | null)[]> =>
      frame.locator('.stop').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-ran')))
    // In Vue the row ran too when its form was opened and closed, and when its state changed: a template is a component.
    await eventually(async () => {
      const [tokyo, hakone, kyoto] = await counts()
      expect({ framework, tokyo, kyoto }).toEqual({ framework, tokyo: null, kyoto: null })
      if (framework === 'vue') expect(Number(hakone)).toBeGreaterThan(0)
      else expect({ framework, hakone }).toEqual({ framework, hakone: '1' })
    })
  }
  await page.getByRole('switch', { name: 'What ran' }).uncheck()
  await eventually(async () =>
    expect(await page.frameLocator('iframe[title="Vue"]').locator('[data-ran]').count()).toBe(0),
  )
})

test('the bar sets the conditions of the planners', async () => {
  const { page, planners } = await openSandbox()
  await page.getByRole('switch', { name: 'Solid' }).check()
  await planners.solid.status.getByText('Offline').waitFor()
  await planners.vue.addTrip('Iceland')
  await eventually(async () => expect(await planners.svelte.tripNames()).toEqual(['Iceland']))
  expect(await planners.solid.tripNames()).toEqual([])
  await page.getByRole('switch', { name: 'Solid' }).uncheck()
  await eventually(async () => expect(await planners.solid.tripNames()).toEqual(['Iceland']))

  const refuses = page.getByRole('switch', { name: 'Refuses the next upload' })
  const heard = page.waitForResponse((response) => response.url().endsWith('/api/faults'))
  await refuses.check()
  await heard
  await planners.vue.addTrip('Atlantis')
  await planners.vue.alert.getByText('Atlantis').first().waitFor()
  // Nothing of it is on its way any more.
  await eventually(async () => expect(await stepsOf(page)).toMatch(/refused \d+ ms\s*$/))
  expect(await stepsOf(page)).not.toContain('…')
  await look(page, 'sandbox-refused', [768])
  await eventually(async () => expect(await refuses.isChecked()).toBe(false))
})

test('a planner that is killed has what it saved when it starts again', async () => {
  const { page, planners } = await openSandbox()
  await page.getByRole('switch', { name: 'Vue' }).check()
  await planners.vue.status.getByText('Offline').waitFor()
  await planners.vue.addTrip('Iceland')
  await planners.vue.status.getByText('1 write waits for upload').waitFor()
  await page.getByRole('button', { name: 'Kill Vue' }).click()
  await page.getByText('The page of Vue is gone').waitFor()
  await look(page, 'sandbox-killed', [768])
  await page.setViewportSize({ width: 1280, height: 960 })
  await page.getByRole('button', { name: 'Start Vue' }).click()
  await eventually(async () => expect(await planners.vue.tripNames()).toEqual(['Iceland']))
  await page.getByRole('switch', { name: 'Vue' }).uncheck()
  await eventually(async () => expect(await planners.svelte.tripNames()).toEqual(['Iceland']))
})

test('a deletion can be taken back, and a stop be dragged, in each planner', async () => {
  const { page, planners } = await openSandbox()
  await planTrip(planners)
  // What comes from another planner in the middle of it would change what is dragged and taken back.
  const expectInAll = async (names: string[]): Promise<void> => {
    for (const each of Object.values(planners)) {
      await eventually(async () => expect(await each.stopNames()).toEqual(names))
    }
  }
  for (const framework of frameworks) {
    const planner = planners[framework]
    await planner.onStop('Tokyo', 'Delete')
    await eventually(async () => expect(await planner.stopNames()).toEqual(['Hakone', 'Kyoto']))
    await planner.button('Undo').click()
    await eventually(async () =>
      expect(await planner.stopNames()).toEqual(['Tokyo', 'Hakone', 'Kyoto']),
    )
    await planner.deleteTrip('Japan in spring')
    await planner.text('No trips yet.').waitFor()
    await planner.button('Undo').click()
    await eventually(async () =>
      expect(await planner.stopNames()).toEqual(['Tokyo', 'Hakone', 'Kyoto']),
    )
    await planner.stop('Kyoto').dragTo(planner.stop('Tokyo'))
    await expectInAll(['Kyoto', 'Tokyo', 'Hakone'])
    await planner.stop('Kyoto').dragTo(planner.stop('Hakone'))
    await expectInAll(['Tokyo', 'Hakone', 'Kyoto'])
    await planner.status.getByText('Nothing to upload').waitFor()
  }
  const order = `select place from stops order by position`
  await eventually(async () =>
    expect(await playgrounds.query(order)).toEqual(
      ['Tokyo', 'Hakone', 'Kyoto'].map((place) => ({ place })),
    ),
  )
  await page.close()
})

test('the code beside a planner is its source', async () => {
  const { page } = await openSandbox()
  await page.getByRole('switch', { name: 'Code' }).check()
  const files: Record<Framework, string> = {
    vue: 'vue/StopItem.vue',
    solid: 'solid/stop-item.tsx',
    svelte: 'svelte/StopItem.svelte',
  }
  for (const [framework, file] of Object.entries(files)) {
    const track = page.getByRole('region', { name: framework })
    await track.getByRole('combobox').selectOption(`A row: ${file}`)
    const source = await readFile(new URL(`../../playgrounds/${file}`, import.meta.url), 'utf8')
    expect(await track.locator('.source').evaluate((pane) => pane.textContent)).toBe(
      source.trimEnd(),
    )
  }
})

test('the first trip is soon there on a first visit', async () => {
  await playgrounds.query(
    `insert into trips (id, owner_id, name) values ('iceland', '1', 'Iceland')`,
  )
  const browser = await openBrowser()
  const page = await browser.newPage()
  await page.setViewportSize({ width: 1280, height: 960 })
  await page.addInitScript(markOnScreen, 'Iceland')
  await atRest(browser)
  await page.goto(playgrounds.url, { waitUntil: 'commit' })
  const after = await page.waitForFunction(onScreenAfter, undefined, { polling: 50 })
  const ms = Math.round((await after.jsonValue())!)
  process.stdout.write(`first trip of the sandbox on a cold cache: ${ms} ms\n`)
  await page
    .locator('iframe')
    .nth(2)
    .contentFrame()
    .getByRole('link', { name: 'Iceland' })
    .waitFor()
})

declare global {
  interface Window {
    /** When a link to the trip was painted, since the epoch. */
    onScreenAt?: number
  }
}

/** Runs in each frame. The page takes its own time: what drives it sees a page that is busy a good third of a second late. */
function markOnScreen(name: string): void {
  const observer = new MutationObserver(() => {
    const links = [...document.querySelectorAll('a')]
    if (!links.some(({ textContent }) => textContent.includes(name))) return
    observer.disconnect()
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener('message', () => {
        window.onScreenAt = performance.timeOrigin + performance.now()
      })
      port1.start()
      port2.postMessage('after the frame')
    })
  })
  observer.observe(document, { subtree: true, childList: true, characterData: true })
}

/** @returns In ms from the start of the navigation, its request included, to the first planner with the trip; or nothing yet. */
function onScreenAfter(): number | undefined {
  const times = [...document.querySelectorAll('iframe')].flatMap(
    ({ contentWindow }) => contentWindow?.onScreenAt ?? [],
  )
  return times.length > 0 ? Math.min(...times) - performance.timeOrigin : undefined
}

/** Until a browser that has just been started is done with its own pages, which are as much work as this one. */
async function atRest(context: BrowserContext): Promise<void> {
  const devtools = await context.browser()!.newBrowserCDPSession()
  let before = 0
  let looksAtRest = 0
  await eventually(async () => {
    const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
    const used = processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0)
    looksAtRest = used === before ? looksAtRest + 1 : 0
    before = used
    expect(looksAtRest).toBeGreaterThan(20)
  })
}
