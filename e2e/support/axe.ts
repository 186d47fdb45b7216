/** A page against axe: WCAG 2.1, levels A and AA. */

import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']

/** Colours halfway through a dialog's fading in are nobody's reading matter. What turns for ever is not waited for. */
async function comeToRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame)
    const moving = () =>
      document.getAnimations().filter((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity)
    do {
      await Promise.allSettled(moving().map((one) => one.finished))
      await frame()
      await frame()
    } while (moving().length > 0)
  })
}

export async function clean(page: Page, what: string): Promise<void> {
  await comeToRest(page)
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  expect(found, what).toEqual([])
}
