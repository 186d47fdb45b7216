/** An operator at the console: a browser of their own, whose authenticator says yes. */

import { expect, type Page } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openPc } from './browsers.ts'
import type { Server } from './server.ts'
import { text, type Language } from './texts.ts'

const AUTHENTICATOR = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const

export class Desk {
  /** What the browser has refused to load or run, by the page's Content Security Policy. */
  readonly blocked: string[] = []

  private constructor(
    readonly page: Page,
    private readonly origin: string,
    readonly language: Language,
    readonly close: () => Promise<void>,
  ) {}

  static async open(server: Server, language: Language = 'zh-CN', width = 1440): Promise<Desk> {
    const { page, context, close } = await openPc(language, width)
    const desk = new Desk(page, server.origin, language, close)
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) desk.blocked.push(message.text())
    })
    const cdp = await context.newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    await cdp.send('WebAuthn.addVirtualAuthenticator', { options: AUTHENTICATOR })
    return desk
  }

  t(key: string, blanks: Record<string, string | number> = {}): string {
    return text(`console.${key}`, blanks, this.language)
  }

  /** Goes to a page and waits until it shows what it has to show. */
  async go(path = ''): Promise<void> {
    await this.page.goto(`${this.origin}/console/${path}`)
    await this.settled()
  }

  async settled(): Promise<void> {
    await expect(this.page.getByRole('heading').first()).toBeVisible()
    await expect(this.page.locator('[aria-busy="true"]')).toHaveCount(0)
  }

  heading(key: string) {
    return this.page.getByRole('heading', { name: this.t(key), exact: true })
  }

  button(key: string) {
    return this.page.getByRole('button', { name: this.t(key), exact: true })
  }

  /** Through a link to a passkey of one's own, and in. */
  async enter(link: string, names?: { login: string; name: string }): Promise<void> {
    const { pathname, hash } = new URL(link)
    await this.page.goto(`${this.origin}${pathname}${hash}`)
    if (names) {
      await this.page.locator('[name="login"]').fill(names.login)
      await this.page.locator('[name="name"]').fill(names.name)
    }
    await this.button('welcome.go_on').click()
    await expect(this.heading('account.set_up')).toBeVisible()
    await this.button('account.add_passkey').click()
    await expect(this.heading('menu.overview')).toBeVisible()
  }

  /** Adds a colleague with these roles; answers with the link that lets them in. */
  async addOperator(login: string, name: string, roles: string[]): Promise<string> {
    await this.go('operators')
    await this.button('operators.add').click()
    const dialog = this.page.getByRole('dialog')
    await dialog.locator('[name="login"]').fill(login)
    await dialog.locator('[name="name"]').fill(name)
    for (const role of ['administrator', 'reviewer', 'auditor', 'developer', 'support'])
      await dialog.locator(`[value="${role}"]`).setChecked(roles.includes(role))
    await dialog.getByRole('button', { name: this.t('save') }).click()
    await expect(dialog).toBeHidden()
    return this.page.getByText('/console/welcome#').innerText()
  }

  /** A picture into the folder that SHOTS names; it takes nothing away and adds no style, which the policy would block. */
  async shot(name: string): Promise<void> {
    const folder = process.env.SHOTS
    if (!folder) return
    mkdirSync(folder, { recursive: true })
    await this.page.screenshot({
      path: join(folder, `${name}.png`),
      fullPage: true,
      animations: 'allow',
      caret: 'initial',
    })
  }
}

/** The link by which the first administrator comes in, as the server has printed it. */
export async function firstLink(server: Server): Promise<string> {
  await expect.poll(() => server.log()).toMatch(/\/console\/welcome#\S+/)
  return /\S+\/console\/welcome#\S+/.exec(server.log())?.[0] ?? ''
}
