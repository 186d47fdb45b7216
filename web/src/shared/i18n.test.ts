import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createI18n, preferredLanguage } from './i18n'

const TEXTS = {
  'zh-CN': { common: { retry: '重试', left: '还可尝试{n}次' } },
  en: { common: { retry: 'Retry', left: '{n} tries left' } },
}

beforeEach(() => localStorage.clear())

describe('the language is', () => {
  test('what the address asks for, before all else', () => {
    localStorage.setItem('shiming.language', 'zh-CN')
    expect(preferredLanguage('?lang=en', ['zh-CN'])).toBe('en')
  })

  test('what was chosen before', () => {
    createI18n(TEXTS, 'zh-CN').setLanguage('en')
    expect(preferredLanguage('', ['zh-CN'])).toBe('en')
  })

  test.each([
    [['zh-TW'], 'zh-CN'],
    [['fr', 'en-GB'], 'en'],
    [['fr'], 'zh-CN'],
    [[], 'zh-CN'],
  ])('for a browser that wishes %j: %s', (wishes, language) => {
    expect(preferredLanguage('', wishes)).toBe(language)
  })

  test('still found where storage is blocked', () => {
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError')
    })
    expect(preferredLanguage('', ['en'])).toBe('en')
  })
})

test('a text is filled, and a value that is missing shows', () => {
  const { t } = createI18n(TEXTS, 'en')
  expect(t('common.left', { n: 0 })).toBe('0 tries left')
  expect(t('common.left')).toBe('{n} tries left')
})

test('switching tells listeners and the document, until they stop listening', () => {
  const i18n = createI18n(TEXTS, 'zh-CN')
  const heard: string[] = []
  const stop = i18n.onChange((language) => heard.push(language))
  i18n.setLanguage('en')
  expect(document.documentElement.lang).toBe('en')
  expect(i18n.t('common.retry')).toBe('Retry')
  stop()
  i18n.setLanguage('zh-CN')
  expect(heard).toEqual(['en'])
})

test('only own texts are known keys', () => {
  const { has } = createI18n(TEXTS, 'en')
  expect(has('common.retry')).toBe(true)
  expect(has('common')).toBe(false)
  expect(has('common.constructor')).toBe(false)
  expect(has('common.retry.length')).toBe(false)
})
