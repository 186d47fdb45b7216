/** The legal representative's thumb on the phone page. */

import { expect, type Page } from '@playwright/test'
import { start, text, type Language } from './texts.ts'

export class PhonePage {
  constructor(
    readonly page: Page,
    readonly language: Language = 'zh-CN',
  ) {}

  t(key: string, blanks: Record<string, string | number> = {}): string {
    return text(key, blanks, this.language)
  }

  heading(key: string) {
    return this.page.getByRole('heading', { name: start(key, this.language) })
  }

  button(key: string) {
    return this.page.getByRole('button', { name: this.t(key) })
  }

  async recognise(): Promise<void> {
    await expect(this.heading('phone.ask.title')).toBeVisible()
    await this.button('phone.ask.match_yes').click()
  }

  async consent(): Promise<void> {
    await expect(this.heading('phone.consent.title')).toBeVisible()
    await this.page.getByRole('checkbox').check()
    await this.button('phone.consent.agree').click()
  }

  /** From the link to the camera. */
  async toCamera(link: string): Promise<void> {
    await this.page.goto(link)
    await this.recognise()
    await this.consent()
    await expect(this.heading('phone.start.title')).toBeVisible()
    await this.button('phone.start.open').click()
  }

  async verified(): Promise<void> {
    await expect(this.heading('phone.end.verified.title')).toBeVisible({ timeout: 60_000 })
  }
}
