import { describe, expect, test } from 'vitest'
import { readCode } from './invitation'

const ORIGIN = 'https://shiming.example:8443'
const TOKEN = 'q7Yw_2bN-5kPz0aXcVfTgHj'
const read = (text: string) => readCode(text, ORIGIN)

test.each([`${ORIGIN}/s#${TOKEN}`, `  ${ORIGIN}/s#${TOKEN}\n`, `HTTPS://SHIMING.EXAMPLE:8443/s#${TOKEN}`])(
  'our own link is accepted: %s',
  (text) => {
    expect(read(text)).toEqual({ kind: 'invitation', token: TOKEN })
  },
)

describe('anything else is refused, with the reason', () => {
  test.each([
    ['', 'not_a_link'],
    ['hello', 'not_a_link'],
    ['/s#' + TOKEN, 'not_a_link'],
    [TOKEN, 'not_a_link'],
    ['javascript:alert(1)', 'not_a_link'],
    ['data:text/html,<script>alert(1)</script>', 'not_a_link'],
    ['WIFI:S:home;T:WPA;P:secret;;', 'not_a_link'],
    ['weixin://dl/business', 'not_a_link'],
    [`https://evil.example/s#${TOKEN}`, 'other_site'],
    [`http://shiming.example:8443/s#${TOKEN}`, 'other_site'],
    [`https://shiming.example/s#${TOKEN}`, 'other_site'],
    [`https://shiming.example.evil.example:8443/s#${TOKEN}`, 'other_site'],
    [`https://shiming.example:8443@evil.example/s#${TOKEN}`, 'other_site'],
    [`https://user:pass@shiming.example:8443/s#${TOKEN}`, 'other_site'],
    [`${ORIGIN}/verify/ver_1#${TOKEN}`, 'other_page'],
    [`${ORIGIN}/s`, 'other_page'],
    [`${ORIGIN}/s#`, 'other_page'],
    [`${ORIGIN}/s#short`, 'other_page'],
    [`${ORIGIN}/s#${TOKEN}<script>`, 'other_page'],
    [`${ORIGIN}/s?next=//evil.example#${TOKEN}`, 'other_page'],
    [`${ORIGIN}/s/../demo#${TOKEN}`, 'other_page'],
    [`${ORIGIN}/s#${'a'.repeat(257)}`, 'other_page'],
  ])('%s → %s', (text, why) => {
    expect(read(text)).toEqual({ kind: 'foreign', why })
  })
})
