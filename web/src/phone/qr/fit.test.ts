import { expect, test } from 'vitest'
import { fitWithin } from './fit'

test.each([
  [
    { width: 1280, height: 720 },
    { width: 960, height: 540 },
  ],
  [
    { width: 720, height: 1280 },
    { width: 540, height: 960 },
  ],
  [
    { width: 480, height: 640 },
    { width: 480, height: 640 },
  ],
  [
    { width: 0, height: 0 },
    { width: 0, height: 0 },
  ],
])('%j → %j', (picture, fitted) => {
  expect(fitWithin(960, picture)).toEqual(fitted)
})
