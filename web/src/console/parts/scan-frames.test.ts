import { mount } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { i18n, t } from '../texts'
import type { EvidenceFrame } from '../types'
import ScanFrames from './ScanFrames.vue'

const SEEN: NonNullable<EvidenceFrame['seen']> = {
  width: 480,
  height: 640,
  passive: 0.93,
  face: {
    x: 120,
    y: 160,
    width: 240,
    height: 300,
    points: [
      { x: 190, y: 280 },
      { x: 290, y: 280 },
      { x: 240, y: 340 },
      { x: 200, y: 400 },
      { x: 280, y: 400 },
    ],
    presence: 0.994,
    yaw: -12.4,
    pitch: 3.2,
    roll: 0.4,
    sharpness: 41.27,
    luminance: 120.4,
  },
}
const FRAMES: EvidenceFrame[] = [
  { seq: 7, compared: true, seen: SEEN },
  { seq: 9, compared: false, seen: { ...SEEN, face: null, passive: null } },
  { seq: 12, compared: true, seen: null },
]
const shown = (frames = FRAMES) => mount(ScanFrames, { props: { id: 'ver_1', scan: 3, frames } })

beforeEach(() => i18n.setLanguage('zh-CN'))

test('what was compared comes first, the rest on demand', async () => {
  const page = shown()
  expect(page.findAll('figure')).toHaveLength(2)
  await page.get('button').trigger('click')
  expect(page.findAll('figure')).toHaveLength(3)
  expect(page.find('button').exists()).toBe(false)
  const sources = page.findAll('img').map((image) => image.attributes('src'))
  expect(sources[0]).toBe('/console/api/cases/ver_1/scans/3/frames/7')
})

test('box and points lie over the picture in its own measure, and say in words what they show', async () => {
  const page = shown()
  const drawn = page.get('figure svg')
  expect(drawn.attributes('viewBox')).toBe('0 0 480 640')
  expect(drawn.get('rect').attributes()).toMatchObject({ x: '120', y: '160', width: '240', height: '300' })
  expect(drawn.findAll('circle')).toHaveLength(5)
  const words = t('console.frames.drawn', { presence: '99', yaw: '-12', pitch: '3', roll: '0' })
  expect(drawn.attributes('aria-label')).toBe(words)
  expect(page.get('figcaption').text()).toContain('0.93')
  await page.get('input').setValue(false)
  expect(page.find('svg').exists()).toBe(false)
})

test('a frame without a face, or from before anything was noted, is shown plain', () => {
  const page = shown(FRAMES.slice(1).map((frame) => ({ ...frame, compared: true })))
  expect(page.findAll('img')).toHaveLength(2)
  expect(page.find('svg').exists()).toBe(false)
  expect(page.findAll('dd')).toHaveLength(0)
})
