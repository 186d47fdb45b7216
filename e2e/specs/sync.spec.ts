/** One-click synchronisation between two servers, as the applicant sees it: the offer, the sister's consent page, and back. */

import { expect, test, type Page } from '@playwright/test'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clean } from '../support/axe.ts'
import { openPc, type Device } from '../support/browsers.ts'
import { Portal } from '../support/portal.ts'
import { binary } from '../support/server.ts'
import { shiming, startSisters, type Sisters } from '../support/sisters.ts'
import { text, type Language } from '../support/texts.ts'

const SHOTS = join(import.meta.dirname, '../test-results/sync')
const WIDTHS = [360, 768, 1440]

/** Two servers, and pictures at every width: longer than one server's specs take. */
const PATIENCE = 300_000
test.describe.configure({ timeout: PATIENCE })

let sisters: Sisters
test.beforeAll(async () => {
  test.setTimeout(PATIENCE)
  sisters = await startSisters()
  await sisters.alpha.verify('alice')
})
test.afterAll(async () => sisters.stop())

/** Pictures of a page at every width; nothing may stick out sideways. */
async function pictures(page: Page, name: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(wider, `${name} at ${width}`).toBeLessThanOrEqual(0)
    await page.screenshot({ path: join(SHOTS, `${name}-${width}.png`), fullPage: true, animations: 'disabled' })
  }
}

/** An applicant at Beta. */
class Applicant {
  private constructor(
    readonly pc: Device,
    readonly portal: Portal,
    readonly language: Language,
  ) {}

  static async of(account: string, language: Language = 'zh-CN'): Promise<Applicant> {
    const pc = await openPc(language)
    const { url } = await sisters.beta.open(account)
    await pc.page.goto(url)
    const portal = new Portal(pc.page, language)
    await expect(portal.heading('portal.subject.title')).toBeVisible()
    return new Applicant(pc, portal, language)
  }

  get page(): Page {
    return this.pc.page
  }

  /** Opens the offer and reads what it is about. */
  async takesTheOffer(): Promise<void> {
    await expect(this.portal.heading('portal.sync.offer_title')).toBeVisible()
    const offer = this.portal.t('portal.sync.offer_button', { issuer: 'Alpha' })
    await this.page.getByRole('button', { name: offer }).click()
    await expect(this.page.getByRole('dialog')).toBeVisible()
  }

  /** Agrees, and arrives at Alpha's consent page. */
  async goesThere(): Promise<void> {
    await this.page.getByRole('button', { name: this.portal.t('portal.sync.agree', { issuer: 'Alpha' }) }).click()
    const title = this.portal.t('consent.title', { client: 'Beta' })
    await expect(this.page.getByRole('heading', { name: title })).toBeVisible()
    expect(this.page.url()).toBe(`${sisters.alpha.server.origin}/federation/consent`)
  }

  async sees(code: string): Promise<void> {
    await expect(this.portal.heading('portal.subject.title')).toBeVisible()
    expect(new URL(this.page.url()).origin).toBe(sisters.beta.server.origin)
    await expect(this.page.getByText(text(`error.${code}`, {}, this.language))).toBeVisible()
  }
}

for (const language of ['zh-CN', 'en'] satisfies Language[]) {
  test(`an account synchronises with one click and consent, and its page names the source (${language})`, async () => {
    const other = language === 'en' ? 'erin' : 'alice'
    if (other !== 'alice') await sisters.alpha.verify(other)
    sisters.signedIn.account = other
    const bob = await Applicant.of(`bob-${language}`, language)
    try {
      await pictures(bob.page, `offer-${language}`)
      await clean(bob.page, 'offer')
      await bob.takesTheOffer()
      await pictures(bob.page, `dialog-${language}`)
      await clean(bob.page, 'what is asked for')
      await bob.goesThere()
      await pictures(bob.page, `consent-${language}`)
      await clean(bob.page, 'consent')
      await bob.page.reload()
      await expect(bob.portal.button('consent.agree')).toBeVisible()
      await bob.portal.button('consent.agree').click()
      await expect(bob.portal.heading('portal.verified.title')).toBeVisible()
      await expect(bob.page.getByText(bob.portal.t('portal.verified.source'), { exact: true })).toBeVisible()
      await expect(bob.page.getByText(sisters.alpha.server.origin)).toBeVisible()
      await pictures(bob.page, `verified-${language}`)
      await clean(bob.page, 'verified')
    } finally {
      await bob.pc.close()
    }
  })
}

test('whoever declines, or is not verified there, is told so and may try again', async () => {
  await sisters.alpha.verify('frank')
  const carol = await Applicant.of('carol')
  try {
    sisters.signedIn.account = 'frank'
    await carol.takesTheOffer()
    await carol.goesThere()
    await carol.portal.button('consent.decline').click()
    await carol.sees('sync_denied')
    await pictures(carol.page, 'denied')

    sisters.signedIn.account = 'not-verified'
    await carol.takesTheOffer()
    await carol.goesThere()
    const warning = carol.portal.t('consent.unverified', { platform: 'Alpha', client: 'Beta' })
    await expect(carol.page.getByText(warning)).toBeVisible()
    await pictures(carol.page, 'consent-unverified')
    await clean(carol.page, 'consent without a verification')
    await carol.portal.button('consent.go_on').click()
    await carol.sees('sync_source_unverified')
    await pictures(carol.page, 'unverified')
    await clean(carol.page, 'refused')
  } finally {
    await carol.pc.close()
  }
})

test('an account there that has verified another account here is refused', async () => {
  await sisters.alpha.verify('grace')
  sisters.signedIn.account = 'grace'
  const [first, second] = [await Applicant.of('heidi'), await Applicant.of('ivan')]
  try {
    for (const applicant of [first, second]) {
      await applicant.takesTheOffer()
      await applicant.goesThere()
      await applicant.portal.button('consent.agree').click()
    }
    await second.sees('already_verified_elsewhere')
    await expect(first.portal.heading('portal.verified.title')).toBeVisible()
  } finally {
    await first.pc.close()
    await second.pc.close()
  }
})

test('a consent page opens in the browser that asked, and once', async () => {
  await sisters.alpha.verify('judy')
  sisters.signedIn.account = 'judy'
  const [mallory, judy] = [await openPc(), await Applicant.of('kim')]
  try {
    await judy.takesTheOffer()
    const arrived = judy.page.waitForRequest(/\/federation\/api\/request/)
    await judy.goesThere()
    const { key } = (await arrived).postDataJSON() as { key: string }
    await mallory.page.goto(`${sisters.alpha.server.origin}/federation/consent#${key}`)
    await expect(mallory.page.getByRole('heading', { name: text('consent.over_title') })).toBeVisible()
    await pictures(mallory.page, 'consent-over')
    await clean(mallory.page, 'consent over')
  } finally {
    await mallory.close()
    await judy.pc.close()
  }
})

test('the source ends a verification, and the page here says so; its portable credential is no longer valid either', async () => {
  await sisters.alpha.verify('laura')
  sisters.signedIn.account = 'laura'
  const mike = await Applicant.of('mike')
  try {
    await mike.takesTheOffer()
    await mike.goesThere()
    await mike.portal.button('consent.agree').click()
    await expect(mike.portal.heading('portal.verified.title')).toBeVisible()
    const [download] = await Promise.all([
      mike.page.waitForEvent('download'),
      mike.page.getByRole('link', { name: mike.portal.t('portal.verified.download') }).click(),
    ])
    const folder = mkdtempSync(join(tmpdir(), 'shiming-credential-'))
    const credential = join(folder, 'verified-enterprise.sd-jwt')
    await download.saveAs(credential)
    const { origin } = sisters.beta.server
    const publish = async (path: string, name: string) => {
      writeFileSync(join(folder, name), await (await fetch(`${origin}${path}`)).text())
      return join(folder, name)
    }
    const keys = await publish('/federation/jwks.json', 'jwks.json')
    const checks = async () => ['credential', 'verify', credential, '--jwks', keys, '--status', await publish('/status/1', 'list')]
    const told = JSON.parse(execFileSync(binary(), await checks(), { encoding: 'utf8' })) as { issuer: string; valid: boolean }
    expect(told).toMatchObject({ issuer: origin, valid: true, status: 'valid', key_binding: 'none' })

    const { id } = await sisters.alpha.ask<{ id: string }>('/accounts/laura/credential')
    shiming(sisters.alpha.server, 'credential', 'revoke', id)
    const status = async () => (await sisters.beta.ask<{ status: string }>('/accounts/mike/credential')).status
    await expect.poll(status, { timeout: 60_000 }).toBe('revoked')
    await mike.page.reload()
    await expect(mike.portal.heading('portal.verified.title_revoked')).toBeVisible()
    await expect(mike.portal.heading('portal.verified.title')).toBeHidden()
    await pictures(mike.page, 'revoked')
    await clean(mike.page, 'revoked')
    const refused = spawnSync(binary(), await checks(), { encoding: 'utf8' })
    expect(refused.status).toBe(1)
    expect(JSON.parse(refused.stdout)).toMatchObject({ valid: false, status: 'invalid' })
  } finally {
    await mike.pc.close()
  }
})
