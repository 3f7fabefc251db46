/**
 * A look at a page as it is now: light and dark, on a phone and on a desk. Writes a screenshot of each, and finds what
 * people would stumble over: contrast and names (axe), sideways scrolling, targets too small for a thumb.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const folder = fileURLToPath(new URL('../.output', import.meta.url))
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const axeSource = readFile(axePath, 'utf8')

export const viewports = [
  { width: 390, height: 844 },
  { width: 1280, height: 960 },
]
const schemes = ['light', 'dark'] as const
const smallestTarget = 44

/** @param widths Beside those of a phone and a desk. */
export async function look(page: Page, name: string, widths: number[] = []): Promise<void> {
  const others = widths.map((width) => ({ width, height: 1024 }))
  for (const viewport of [...viewports, ...others]) {
    await page.setViewportSize(viewport)
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({
        path: `${folder}/${name}-${viewport.width}-${colorScheme}.png`,
        fullPage: true,
      })
      expect(await findings(page), `${name} at ${viewport.width}, ${colorScheme}`).toEqual([])
    }
  }
}

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(await axeSource)
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } }
    const results = await axe.run()
    return results.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`))
  })
  return [...violations, ...(await page.evaluate(tooWideOrSmall, smallestTarget))]
}

/** Runs in the page. */
function tooWideOrSmall(smallestTarget: number): string[] {
  const { scrollWidth, clientWidth } = document.documentElement
  const found =
    scrollWidth > clientWidth ? [`scrolls sideways: ${scrollWidth} > ${clientWidth}`] : []
  for (const element of document.querySelectorAll<HTMLElement>('a, button, input')) {
    // What a label of its own makes larger is as large as its label.
    const label = element instanceof HTMLInputElement ? element.labels?.[0] : undefined
    const boxes = [element, ...(label ? [label] : [])].map((it) => it.getBoundingClientRect())
    const isShown = boxes.some((box) => box.width > 0)
    const isLarge = boxes.some((box) => box.width >= smallestTarget && box.height >= smallestTarget)
    if (isShown && !isLarge) found.push(`smaller than ${smallestTarget} px: ${element.outerHTML}`)
  }
  return found
}
