/** The applicant's hands on the portal. */

import { expect, type Page } from '@playwright/test'
import type { Company } from './demo.ts'
import { start, text, type Language } from './texts.ts'

export class Portal {
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
    return this.page.getByRole('button', { name: this.t(key), exact: true })
  }

  async chooseFace(subject = 'enterprise'): Promise<void> {
    await this.choose(subject, 'face')
  }

  /** Subject type and method, as far as the form. */
  async choose(subject: string, method: 'face' | 'bank'): Promise<void> {
    await this.toMethods(subject)
    await this.pickMethod(method)
    await expect(this.heading('portal.form.title')).toBeVisible()
  }

  async toMethods(subject: string): Promise<void> {
    await this.page.getByRole('radio', { name: this.t(`common.subject_type.${subject}`) }).check({ force: true })
    await this.button('common.continue').click()
    await expect(this.heading('portal.method.title')).toBeVisible()
  }

  async pickMethod(method: 'face' | 'bank'): Promise<void> {
    await this.page.getByRole('radio', { name: this.t(`common.method.${method}`) }).check({ force: true })
    await this.button('common.continue').click()
  }

  field(name: string) {
    return this.page.locator(`[name="${name}"]`)
  }

  async fill(elements: Pick<Company, 'enterprise_name' | 'uscc' | 'legal_representative' | 'id_number'>): Promise<void> {
    await this.field('enterprise_name').fill(elements.enterprise_name)
    await this.field('uscc').fill(elements.uscc)
    await this.field('legal_representative').fill(elements.legal_representative)
    await this.field('id_number').fill(elements.id_number)
    await this.button('portal.form.submit').click()
  }

  /** From the link to the QR code; answers with the link behind it. */
  async toQrCode(url: string, company: Company): Promise<string> {
    await this.page.goto(url)
    await this.chooseFace(company.subject_type)
    await this.fill(company)
    await expect(this.page.getByRole('img', { name: this.t('portal.qr.image') })).toBeVisible()
    return this.invitationUrl()
  }

  /** The link behind the present QR code, as the page's own session sees it. */
  async invitationUrl(): Promise<string> {
    const id = new URL(this.page.url()).pathname.split('/').pop()
    const view = await this.page.evaluate(
      async (id) => (await fetch(`/portal/api/cases/${id}`)).json() as Promise<{ invitation: { url: string } }>,
      id,
    )
    return view.invitation.url
  }

  async state(): Promise<{ state: string; last_error: { code: string; tries_left: number | null } | null }> {
    const id = new URL(this.page.url()).pathname.split('/').pop()
    return this.page.evaluate(async (id) => (await fetch(`/portal/api/cases/${id}`)).json(), id)
  }
}
