import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { look } from './look.ts'
import { openPlanner, type Planner, sharePlaygrounds } from './planner.ts'

const playgrounds = sharePlaygrounds()

/** What the machine does beside it may make a download take ten times as long. */
const downloadMs = 200_000

const allPlaces = (planner: Planner) => planner.text('135,233 places are on this device')

test('all 135,233 places reach SQLite in the browser', async () => {
  const planner = await openPlanner(playgrounds.url, 'vue')
  const start = performance.now()
  await planner.button('Download places').click()
  await allPlaces(planner).waitFor({ timeout: downloadMs })
  const seconds = (performance.now() - start) / 1000
  process.stdout.write(`135,233 places in Chromium: ${seconds.toFixed(1)} s\n`)
})

test('a download that is cut in the middle goes on where it was', async () => {
  const planner = await openPlanner(playgrounds.url, 'solid')
  const progress = planner.page.getByRole('progressbar', { name: 'Places' })
  const seen: number[] = []
  const until = async (fraction: number) => {
    await eventually(async () => {
      const value = await progress.evaluate((bar: HTMLProgressElement) => bar.value)
      seen.push(value)
      expect(value).toBeGreaterThan(fraction)
    })
  }

  await planner.button('Download places').click()
  await until(0.2)
  await playgrounds.setFaults({ cut: true })
  await until(0.4)
  await look(planner.page, 'solid-downloading')
  await allPlaces(planner).waitFor({ timeout: downloadMs })
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
})
