import { describe, expect, test } from 'vitest'

type Texts = Record<string, unknown>

const files = import.meta.glob<Texts>('@locales/*/*.json', { eager: true, import: 'default' })
const sources = Object.values(
  import.meta.glob<string>('../**/*.{ts,tsx,vue}', { eager: true, query: '?raw', import: 'default' }),
).join('\n')

/** The codes of the product's error table. */
const CODES = `
  uscc_invalid licence_type_unsupported id_number_invalid name_char_unsupported element_mismatch registry_not_found
  registry_status_abnormal registry_unavailable too_many_checks already_verified_elsewhere licence_account_limit qr_expired
  qr_already_claimed not_legal_rep consent_declined camera_denied browser_unsupported light_too_dark light_too_strong
  face_not_found multiple_faces action_timeout liveness_failed face_mismatch reference_photo_missing face_attempts_exceeded
  bank_branch_unknown account_name_mismatch transfer_pending amount_wrong amount_frozen amount_expired document_unreadable
  letter_invalid change_cooling_off subject_change_forbidden sync_source_unverified sync_denied risk_rejected system_error
`
  .trim()
  .split(/\s+/)

/** `{ 'form.title': '…' }` for nested texts. */
function flat(texts: Texts, prefix = ''): Record<string, string> {
  return Object.entries(texts).reduce<Record<string, string>>((all, [key, value]) => {
    const path = prefix + key
    return typeof value === 'string'
      ? { ...all, [path]: value }
      : { ...all, ...flat(value as Texts, `${path}.`) }
  }, {})
}

function section(language: string, name: string): Record<string, string> {
  const found = Object.entries(files).find(([path]) => path.endsWith(`/${language}/${name}.json`))
  if (!found) throw new Error(`no texts for ${language}/${name}`)
  return flat(found[1])
}

function placeholders(text: string | undefined): string[] {
  return Array.from(text?.matchAll(/\{(\w+)\}/g) ?? [], ([, name]) => name ?? '').sort()
}

/** The product's Chinese sentence does without the request's number; pages show it on a line of its own. */
const NAMES_NO_REQUEST = ['system_error']

const SECTIONS = [
  ...new Set(Object.keys(files).map((path) => path.split('/').pop()?.replace('.json', '') ?? '')),
]

describe.each(SECTIONS)('section %s', (name) => {
  const [zh, en] = [section('zh-CN', name), section('en', name)]

  test('has the same keys in both languages', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
  })

  test('has the same placeholders in both languages', () => {
    for (const key of Object.keys(zh).filter((each) => !NAMES_NO_REQUEST.includes(each)))
      expect(placeholders(en[key]), key).toEqual(placeholders(zh[key]))
  })

  test('has no empty text', () => {
    for (const text of [...Object.values(zh), ...Object.values(en)]) expect(text.trim()).not.toBe('')
  })

  test('has Chinese in Chinese and no Chinese sentence in English', () => {
    const sentence = /[\u4e00-\u9fff]{2,}[，。；]/
    for (const [key, text] of Object.entries(en)) expect(sentence.test(text), key).toBe(false)
  })
})

test.each(CODES)('the code %s has its texts', (code) => {
  for (const language of ['zh-CN', 'en']) expect(section(language, 'error')[code], language).toBeTruthy()
})

/** Templates such as `portal.${kind}.title`, each as the pattern of the keys that it can stand for. */
const templates = Array.from(sources.matchAll(/`([a-z_]+\.[^`\s]*\$\{[^`]*)`/g), ([, template = '']) => {
  const parts = template.split(/\$\{[^}]*\}/).map((part) => part.replaceAll('.', '\\.'))
  return new RegExp(`^${parts.join('[a-z0-9_]+')}$`)
})

function isUsed(key: string): boolean {
  return sources.includes(`'${key}'`) || templates.some((template) => template.test(key))
}

test.each(['common', 'portal', 'demo', 'site'].filter((name) => SECTIONS.includes(name)))(
  '%s holds no dead text',
  (name) => {
    const dead = Object.keys(section('en', name)).filter((key) => !isUsed(`${name}.${key}`))
    expect(dead).toEqual([])
  },
)
