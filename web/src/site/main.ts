/** Shows one language of a page that holds both, and offers the other. */
import { createI18n, LANGUAGES, type Language } from '@/shared/i18n'

const i18n = createI18n({ 'zh-CN': {}, en: {} })
const titles: Record<Language, string> = {
  'zh-CN': document.title,
  en: document.querySelector('title')?.dataset['en'] ?? document.title,
}
const buttons = new Map(LANGUAGES.map(({ code, name }) => [code, languageButton(code, name)]))

function languageButton(code: Language, name: string): HTMLButtonElement {
  const button = document.createElement('button')
  Object.assign(button, { type: 'button', lang: code, textContent: name, className: 'button' })
  button.addEventListener('click', () => i18n.setLanguage(code))
  return button
}

function show(language: Language): void {
  document.documentElement.dataset['language'] = language
  document.title = titles[language]
  for (const [code, button] of buttons) button.hidden = code === language
}

document.querySelector('#language')?.append(...buttons.values())
i18n.onChange(show)
show(i18n.language())
