/** Pictures of a page at three widths. */

import type { Page } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Language } from './texts.ts'

const WIDTHS = [360, 768, 1440]
export const all = resolve(import.meta.dirname, '../report/screens')
export const readme = resolve(import.meta.dirname, '../../docs/images')

/** All widths into the report; the width that suits the page into the README's folder as well. */
export function camera(language: Language, best: number, forReadme = true) {
  mkdirSync(all, { recursive: true })
  mkdirSync(readme, { recursive: true })
  return async (page: Page, name: string): Promise<void> => {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 600 ? 760 : 900 })
      await page.waitForTimeout(400)
      await page.screenshot({ path: `${all}/${name}-${language}-${width}.png`, fullPage: true })
      if (forReadme && width === best && language === 'zh-CN') await page.screenshot({ path: `${readme}/${name}.png` })
    }
    await page.setViewportSize({ width: best, height: best < 600 ? 760 : 900 })
  }
}
