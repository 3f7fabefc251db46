/** How long a search over all 135,233 places takes, from the key to the rows on the screen. It prints, and asserts no time. */
import { readCities } from '@rowsignal/playground-backend'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { frameworks, openPlanner, sharePlaygrounds } from '../planner.ts'

const playgrounds = sharePlaygrounds()

const cities = readCities()
const names = ['san francisco', 'london', 'beijing', 'marseille', 'new delhi', 'oslo', 'quito']
const pauseMs = 100 // as one types

test.each(frameworks)('%s: what each key of a search finds is on the screen', async (framework) => {
  const planner = await openPlanner(playgrounds.url, framework)
  await planner.button('Download places').click()
  await planner.text('135,233 places are on this device').waitFor({ timeout: 200_000 })
  await planner.addTrip('Elsewhere')
  await planner.open('Elsewhere')
  await planner.toggle('Offline').check()
  await planner.status.getByText('Offline').waitFor()
  const field = planner.combobox('New stop')
  await field.fill('a')
  await planner.options.first().waitFor()

  const times: Times[] = []
  for (const name of names) {
    await field.fill('')
    await eventually(async () => expect(await planner.options.count()).toBe(0))
    let before: readonly number[] = []
    for (let length = 1; length <= name.length; length++) {
      const found = largest(name.slice(0, length).trim())
      // A key that changes nothing on the screen has nothing to wait for.
      const shown =
        before.join() === found.join() ? undefined : await shownAfterKey(planner.page, found)
      await field.press(name[length - 1]!)
      if (shown !== undefined) times.push(await shown())
      await planner.page.waitForTimeout(pauseMs)
      before = found
    }
  }
  expect(times.length).toBeGreaterThan(30)
  const inDom = times.map(({ inDomMs }) => inDomMs)
  const painted = times.map(({ paintedMs }) => paintedMs)
  process.stdout.write(
    `${framework}: ${times.length} keys, rows in the page after ${summary(inDom)}, on the screen after ${summary(painted)}\n`,
  )
})

/** The populations of the 50 largest places whose name begins so. */
function largest(prefix: string): number[] {
  return cities
    .filter(({ search }) => search.startsWith(prefix))
    .map(({ population }) => population)
    .toSorted((a, b) => b - a)
    .slice(0, 50)
}

interface Times {
  readonly inDomMs: number
  readonly paintedMs: number
}

/** From the next key on, until the list shows just these places, and until that has been painted. */
async function shownAfterKey(page: Page, populations: readonly number[]) {
  const times = await page.evaluateHandle((populations) => {
    const expected = populations.join()
    const isShown = (): boolean =>
      [...document.querySelectorAll('[role=option]')]
        .map((option) => /([\d,]+) people/.exec(option.textContent ?? '')?.[1] ?? '0')
        .map((text) => Number(text.replaceAll(',', '')))
        .filter((_, index, all) => all.length === populations.length)
        .join() === expected
    const shown = new Promise<Times>((resolve) => {
      const onKey = ({ timeStamp }: Event): void => {
        const observer = new MutationObserver(() => {
          if (!isShown()) return
          observer.disconnect()
          const inDomMs = performance.now() - timeStamp
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel()
            port1.addEventListener('message', () =>
              resolve({ inDomMs, paintedMs: performance.now() - timeStamp }),
            )
            port1.start()
            port2.postMessage(undefined)
          })
        })
        observer.observe(document.body, { childList: true, subtree: true, characterData: true })
      }
      addEventListener('keydown', onKey, { capture: true, once: true })
    })
    return { shown }
  }, populations)
  return () => times.evaluate(({ shown }) => shown)
}

function summary(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (part: number) => `${sorted[Math.ceil(sorted.length * part) - 1]!.toFixed(1)} ms`
  return `${at(0.5)} (median), ${at(0.95)} (95th percentile)`
}
