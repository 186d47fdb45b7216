/** A PC and a phone: two headless Chromiums that share nothing. The phone has a fake camera that films a clip. */

import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clip, type ClipName } from './clips.ts'
import type { Language } from './texts.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export type Device = { page: Page; context: BrowserContext; close: () => Promise<void> }

export type Phone = Device & {
  /** What the camera films from the next time that it is opened. */
  film: (name: ClipName) => void
}

async function open(browser: Browser, options: Parameters<Browser['newContext']>[0]): Promise<Device> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options })
  const page = await context.newPage()
  return { page, context, close: () => browser.close() }
}

export async function openPc(language: Language = 'zh-CN', width = 1440): Promise<Device> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
  return open(browser, { locale: language, viewport: { width, height: 900 } })
}

/** What the phone's browser answers when the page wants the camera. */
export type CameraAnswer = 'allow' | 'deny' | 'none'

export async function openPhone(
  filmed: ClipName = 'all',
  options: { camera?: CameraAnswer; language?: Language; reducedMotion?: boolean } = {},
): Promise<Phone> {
  const { camera = 'allow', language = 'zh-CN', reducedMotion = false } = options
  const folder = mkdtempSync(join(tmpdir(), 'shiming-camera-'))
  const file = join(folder, 'camera.mjpeg')
  const film = (name: ClipName) => {
    symlinkSync(clip(name), `${file}.next`)
    renameSync(`${file}.next`, file)
  }
  film(filmed)
  const fake = ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${file}`]
  const answer = camera === 'deny' ? '--use-fake-ui-for-media-stream=deny' : '--use-fake-ui-for-media-stream'
  const args = [...QUIET, answer, ...(camera === 'none' ? [] : fake)]
  const browser = await chromium.launch({ executablePath: CHROMIUM, args })
  const device = await open(browser, {
    locale: language,
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
  })
  const close = async () => {
    await device.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { ...device, close, film }
}
