/** The hosted page within a platform's own page: another origin, the script, the dialog, its keys, and its language. */

import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { createServer, type Server as Http } from 'node:http'
import { openPc } from '../support/browsers.ts'
import { testKey } from '../support/example.ts'
import { freePort, startServer, type Server } from '../support/server.ts'
import { text } from '../support/texts.ts'

let server: Server
let shop: Http
let origin: string
let key: string

/** A platform's page: a button, and what it hears. */
const page = (script: string) => `<!doctype html>
<html lang="en"><head><title>Shop</title><meta name="viewport" content="width=device-width"></head>
<body><main><h1>Shop</h1><button id="verify">Verify my company</button><ul id="heard"></ul></main>
<script src="${script}"></script>
<script>
  document.getElementById('verify').onclick = () => Shiming.open({
    url: location.hash.slice(1), mode: 'iframe',
    onNotice: ({ type }) => document.getElementById('heard').insertAdjacentHTML('beforeend', '<li>' + type + '</li>'),
  })
</script></body></html>`

test.beforeAll(async () => {
  server = await startServer()
  key = testKey(server)
  const port = await freePort()
  // Another site than localhost for the browser, and trustworthy to it as well.
  origin = `http://127.0.0.1:${port}`
  shop = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(page(`${server.origin}/embed.js`))
  })
  await new Promise<void>((done) => shop.listen(port, '127.0.0.1', done))
  await ask('PATCH', '/platform', { embed_origins: [origin] })
})
test.afterAll(async () => {
  shop.close()
  await server.stop()
})

async function ask<Answer>(method: string, path: string, body: unknown): Promise<Answer> {
  const answer = await fetch(`${server.origin}/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': crypto.randomUUID(),
    },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Answer
}

async function opened(language: string): Promise<{ id: string; url: string }> {
  return ask('POST', '/verifications', { account: { id: crypto.randomUUID() }, language })
}

async function clean(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  expect(found, what).toEqual([])
}

for (const width of [360, 768, 1440]) {
  test(`a dialog over the platform's page, ${width} wide`, async () => {
    const pc = await openPc('zh-CN', width)
    try {
      const { url } = await opened('en')
      await pc.page.goto(`${origin}/#${url}`)
      await pc.page.getByRole('button', { name: 'Verify my company' }).click()
      const frame = pc.page.frameLocator('iframe')
      const heading = frame.getByRole('heading', { name: text('portal.subject.title', {}, 'en') })
      await expect(heading, 'the language asked for, not the browser’s').toBeVisible()
      await expect(pc.page.getByText('ready')).toBeVisible()
      await clean(pc.page, 'the dialog and the page in it')
      await pc.page.screenshot({ path: `report/embedded-${width}.png` })
    } finally {
      await pc.close()
    }
  })
}

test('the dialog keeps the focus, closes by its button and by Esc inside and out, and gives the focus back', async () => {
  const pc = await openPc()
  try {
    const verify = pc.page.getByRole('button', { name: 'Verify my company' })
    const dialog = pc.page.getByRole('dialog')
    const show = async () => {
      const { url } = await opened('zh-CN')
      await pc.page.goto('about:blank')
      await pc.page.goto(`${origin}/#${url}`)
      await verify.focus()
      await pc.page.keyboard.press('Enter')
      await expect(pc.page.getByText('ready')).toBeVisible()
    }
    const gone = async () => {
      await expect(dialog).toHaveCount(0)
      await expect(pc.page.getByText('closed')).toHaveCount(1)
      await expect(verify).toBeFocused()
    }
    await show()
    for (let presses = 0; presses < 30; presses++) {
      await pc.page.keyboard.press('Tab')
      expect(await verify.evaluate((it) => it === document.activeElement), 'behind the dialog').toBe(false)
    }
    await pc.page.getByRole('button', { name: /Close/ }).click()
    await gone()
    await show()
    await pc.page.getByRole('button', { name: /Close/ }).focus()
    await pc.page.keyboard.press('Escape')
    await gone()
    await show()
    await pc.page.frameLocator('iframe').getByRole('radio').first().focus()
    await pc.page.keyboard.press('Escape')
    await gone()
  } finally {
    await pc.close()
  }
})

test('a page that is not registered may not frame it', async () => {
  await ask('PATCH', '/platform', { embed_origins: ['https://elsewhere.example'] })
  const pc = await openPc()
  try {
    const { url } = await opened('en')
    await pc.page.goto(`${origin}/#${url}`)
    const refused = pc.page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'))
    await pc.page.getByRole('button', { name: 'Verify my company' }).click()
    await refused
  } finally {
    await pc.close()
    await ask('PATCH', '/platform', { embed_origins: [origin] })
  }
})

test('the reference at /docs fits every width and has no known barrier', async () => {
  // The whole document is drawn at once, which a busy machine takes its time for.
  test.setTimeout(240_000)
  const pc = await openPc('en')
  try {
    await pc.page.goto(`${server.origin}/docs`)
    await expect(pc.page.locator('.opblock').first()).toBeVisible({ timeout: 90_000 })
    for (const width of [1440, 768, 360]) {
      await pc.page.setViewportSize({ width, height: 900 })
      const wider = await pc.page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
      expect(wider, `scrolls sideways at ${width}`).toBe(false)
      await pc.page.screenshot({ path: `report/docs-${width}.png` })
    }
    await clean(pc.page, 'reference')
  } finally {
    await pc.close()
  }
})
