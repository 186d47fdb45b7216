/** A page against axe: WCAG 2.1, levels A and AA. */

import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']

/** Longer than anything on a page takes to come or go. */
const LONGEST_MS = 1500

/** Colours halfway through a dialog's fading in are nobody's reading matter. A clock's hand, which never rests, is not waited for. */
async function comeToRest(page: Page): Promise<void> {
  await page.evaluate(async (most) => {
    const frame = () => new Promise(requestAnimationFrame)
    await frame()
    await frame()
    const moving = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
    const late = new Promise((wake) => setTimeout(wake, most))
    await Promise.race([late, Promise.allSettled(moving.map((one) => one.finished))])
  }, LONGEST_MS)
}

export async function clean(page: Page, what: string): Promise<void> {
  await comeToRest(page)
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  expect(found, what).toEqual([])
}
