import { expect, test } from 'vitest'
import { look } from './look.ts'
import { openPlanner, sharePlaygrounds } from './planner.ts'

const playgrounds = sharePlaygrounds()

// A second try, since what else the machine does counts too.
test('135,233 places reach SQLite in the browser in at most 15 s', { retry: 1 }, async () => {
  const planner = await openPlanner(playgrounds.url, 'vue')
  const start = performance.now()
  await planner.button('Download places').click()
  await planner.text('135,233 places are on this device').waitFor({ timeout: 60_000 })
  const seconds = (performance.now() - start) / 1000
  process.stdout.write(`135,233 places in Chromium: ${seconds.toFixed(1)} s\n`)
  expect(seconds).toBeLessThan(15)
})

test('a download that is cut in the middle goes on where it was', async () => {
  const planner = await openPlanner(playgrounds.url, 'solid')
  const progress = planner.page.getByRole('progressbar', { name: 'Places' })
  const seen: number[] = []
  const until = async (fraction: number) => {
    await expect
      .poll(
        async () => {
          const value = await progress.evaluate((bar: HTMLProgressElement) => bar.value)
          seen.push(value)
          return value
        },
        { timeout: 30_000, interval: 20 },
      )
      .toBeGreaterThan(fraction)
  }

  await planner.button('Download places').click()
  await until(0.2)
  await playgrounds.setFaults({ cut: true })
  await until(0.4)
  await look(planner.page, 'solid-downloading')
  await planner.text('135,233 places are on this device').waitFor({ timeout: 60_000 })
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
})
