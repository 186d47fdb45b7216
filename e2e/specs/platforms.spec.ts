/** A developer at the console: a platform's webhooks and its sister platforms. */

import { expect, test, type Page } from '@playwright/test'
import { createServer, type Server as Http } from 'node:http'
import type { AddressInfo } from 'node:net'
import { clean } from '../support/axe.ts'
import { Desk, firstLink } from '../support/console.ts'
import { startServer, type Server } from '../support/server.ts'

let server: Server
let desk: Desk
let outside: Http
let base: string
/** What the receiver answers. */
let status = 500

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  outside = createServer((request, response) => {
    if (request.url?.startsWith('/.well-known/')) {
      const at = (path: string) => `${base}${path}`
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(
        JSON.stringify({
          issuer: base,
          authorization_endpoint: at('/authorize'),
          token_endpoint: at('/token'),
          jwks_uri: at('/jwks'),
          response_types_supported: ['code'],
          subject_types_supported: ['pairwise'],
          id_token_signing_alg_values_supported: ['ES256'],
        }),
      )
    } else if (request.url === '/jwks') response.writeHead(200).end('{"keys":[]}')
    else response.writeHead(status).end()
  })
  await new Promise<void>((done) => outside.listen(0, '127.0.0.1', done))
  base = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`
  server = await startServer({ SHIMING_TRUSTED_HOSTS: '127.0.0.1' })
  desk = await Desk.open(server)
  await desk.enter(await firstLink(server), { login: 'admin', name: '管理员' })
})
test.afterAll(async () => {
  await desk?.close()
  await server?.stop()
  outside?.close()
})

/** What makes a page scroll sideways: nothing should. */
const sticksOut = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    if (document.documentElement.scrollWidth <= window.innerWidth) return []
    const out = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1)
    return out.map((element) => element.outerHTML.slice(0, 80))
  })

async function looks(what: string): Promise<void> {
  for (const width of [360, 768, 1440]) {
    await desk.page.setViewportSize({ width, height: 900 })
    await clean(desk.page, `${what} at ${width}`)
    expect(await sticksOut(desk.page), `${what} at ${width} scrolls sideways`).toEqual([])
    await desk.shot(`${what}-${width}`)
  }
}

const dialog = () => desk.page.getByRole('dialog')
const inDialog = (key: string) => dialog().getByRole('button', { name: desk.t(key), exact: true })

test('an endpoint is added, tried, sent to again, switched off, given a new secret and removed', async () => {
  test.setTimeout(120_000)
  const { page } = desk
  await desk.go('webhooks')
  await desk.button('webhooks.add').click()
  await clean(page, 'a new endpoint')
  await dialog().locator('[name="url"]').fill('http://10.0.0.1/hook')
  await inDialog('save').click()
  await expect(dialog().getByText(desk.t('reason.not_https'), { exact: false })).toBeVisible()
  await dialog().locator('[name="url"]').fill(`${base}/hook`)
  await dialog().locator('[name="description"]').fill('订单')
  await dialog().locator('[value="webhook_endpoint.test"]').check()
  await inDialog('save').click()
  await expect(page.getByText('whsec_')).toBeVisible()
  await desk.shot('webhook-secret')

  await desk.button('webhooks.test').click()
  await expect(page.getByText(desk.t('webhooks.tested'))).toBeVisible()
  const row = page.getByRole('row').filter({ hasText: desk.t('event_type.webhook_endpoint.test') }).last()
  await expect(async () => {
    await desk.button('refresh').click()
    await expect(row.getByRole('cell').nth(3)).toHaveText('1', { timeout: 500 })
  }).toPass({ timeout: 20_000 })
  await row.getByRole('button', { name: desk.t('webhooks.look') }).click()
  await expect(page.getByText(desk.t('webhooks.answered', { status: 500 }), { exact: false })).toBeVisible()
  status = 200
  const delivered = async (attempts: string) =>
    expect(async () => {
      await desk.button('refresh').click()
      await expect(row.getByText(desk.t('webhooks.status.delivered'))).toBeVisible({ timeout: 500 })
      await expect(row.getByRole('cell').nth(3)).toHaveText(attempts, { timeout: 500 })
    }).toPass({ timeout: 20_000 })
  await delivered('2')
  await row.getByRole('button', { name: desk.t('webhooks.look') }).click()
  await looks('webhook-log')

  await row.getByRole('button', { name: desk.t('webhooks.again') }).click()
  await expect(page.getByText(desk.t('webhooks.replayed', { n: 1 }))).toBeVisible()
  await delivered('3')
  await page.locator('[name="since"]').fill('2026-01-01T00:00')
  await page.locator('form.replay').getByRole('button').click()
  await expect(page.getByText(desk.t('webhooks.replayed', { n: 1 }))).toBeVisible()

  await desk.button('webhooks.disable').click()
  await expect(page.getByText(desk.t('webhooks.off_reason.platform'))).toBeVisible()
  await desk.button('webhooks.enable').click()
  await expect(page.getByText(desk.t('webhooks.off_reason.platform'))).toBeHidden()
  await desk.button('webhooks.rotate').click()
  await expect(dialog()).toContainText(desk.t('webhooks.rotate_note'))
  await clean(page, 'asked once more')
  await inDialog('proof.confirm').click()
  await expect(page.getByText('whsec_')).toBeVisible()
  await desk.button('remove').click()
  await inDialog('proof.confirm').click()
  await expect(page.getByText(desk.t('webhooks.none'))).toBeVisible()
})

test('a sister platform is trusted, looked at, changed and trusted no longer; another may ask', async () => {
  test.setTimeout(120_000)
  const { page } = desk
  await desk.go('issuers')
  await desk.button('issuers.add').click()
  await clean(page, 'a new issuer')
  await desk.shot('issuer-dialog')
  const fields = { name: '示例姐妹平台', url: `${base}/`, client_id: 'cli_1', client_secret: 'hush' }
  for (const [name, value] of Object.entries(fields)) await dialog().locator(`[name="${name}"]`).fill(value)
  await dialog().locator('[name="least"]').selectOption('legal_rep_face')
  await dialog().locator('[name="highest"]').selectOption('bank_transfer')
  await inDialog('save').click()
  await expect(dialog().getByText(desk.t('reason.above_the_highest'), { exact: false })).toBeVisible()
  await dialog().locator('[name="highest"]').selectOption('legal_rep_face')
  await inDialog('save').click()
  await expect(dialog()).toBeHidden()
  const row = page.getByRole('row').filter({ hasText: '示例姐妹平台' })
  await row.getByRole('button', { name: desk.t('issuers.look') }).click()
  await expect(row.getByText(desk.t('issuers.standing.answers'))).toBeVisible()

  await row.getByRole('button', { name: desk.t('edit') }).click()
  await expect(dialog().locator('[name="url"]')).toHaveCount(0)
  await dialog().locator('[name="max_age_days"]').fill('30')
  await inDialog('save').click()
  await expect(row.getByText(desk.t('issuers.days', { days: 30 }))).toBeVisible()

  await desk.button('issuers.add_client').click()
  await dialog().locator('[name="client_name"]').fill('Beta')
  await dialog().locator('[name="origin"]').fill('https://beta.example')
  await clean(page, 'a new client')
  await inDialog('save').click()
  await expect(page.getByText('client_secret ')).toBeVisible()
  await expect(dialog()).toBeHidden()
  await page.locator('[name="login_url"]').fill('https://shop.example/login')
  await desk.button('save').click()
  await expect(page.getByText(desk.t('issuers.login_saved'))).toBeVisible()
  await looks('issuers')

  const client = page.getByRole('row').filter({ hasText: 'Beta' })
  await client.getByRole('button', { name: `${desk.t('issuers.renew')} Beta` }).click()
  await inDialog('proof.confirm').click()
  await expect(dialog()).toBeHidden()
  await client.getByRole('button', { name: `${desk.t('issuers.remove_client')} Beta` }).click()
  await inDialog('proof.confirm').click()
  await expect(page.getByText(desk.t('issuers.no_clients'))).toBeVisible()
  await row.getByRole('button', { name: `${desk.t('issuers.remove')} 示例姐妹平台` }).click()
  await inDialog('proof.confirm').click()
  await expect(page.getByText(desk.t('issuers.none'))).toBeVisible()
  expect(desk.blocked, 'the policy blocks nothing of ours').toEqual([])
})

test('the pages are reached and used by keyboard alone', async () => {
  const { page } = desk
  await desk.go('webhooks')
  await page.getByRole('link', { name: desk.t('menu.webhooks') }).focus()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: desk.t('menu.issuers') })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(desk.heading('menu.issuers')).toBeVisible()
  await desk.button('issuers.add').focus()
  await page.keyboard.press('Enter')
  await expect(dialog()).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog()).toBeHidden()
  await expect(desk.button('issuers.add')).toBeFocused()
})
