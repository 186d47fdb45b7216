import { expect, test } from 'vitest'
import { backdropFor } from './backdrop'

const red = { cue: 1, rgb: [200, 0, 0] } as const

test('a colour fills the screen as it is', () => {
  expect(backdropFor({ flash: red, lamp: false }, false)).toBe('rgb(200, 0, 0)')
})

test('a colour is softened for people who asked for less motion', () => {
  expect(backdropFor({ flash: red, lamp: false }, true)).toBe('rgb(233, 153, 153)')
})

test('a dark room is lit, but a colour comes first', () => {
  expect(backdropFor({ flash: null, lamp: true }, false)).toBe('rgb(255, 255, 255)')
  expect(backdropFor({ flash: red, lamp: true }, false)).toBe('rgb(200, 0, 0)')
})

test('otherwise the page keeps its own ground', () => {
  expect(backdropFor({ flash: null, lamp: false }, false)).toBeNull()
})
