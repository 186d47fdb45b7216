/** The few building blocks that the screens share. */

import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { errorText, type ErrorFacts } from '@/shared/error-text'
import { usePage } from '../context'
import { Icon, type IconName } from './icons'

export type Tone = 'plain' | 'good' | 'bad' | 'warning'

/** A screen's heading: takes the focus, names the page, and is spoken in voice mode. */
export function Title({
  children,
  icon,
  tone = 'plain',
}: {
  children: string
  icon?: IconName
  tone?: Tone
}) {
  const { texts, voice } = usePage()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [])
  useEffect(() => {
    document.title = `${children} · ${texts.t('common.product')}`
    voice.say({ occasion: `title ${children}`, urgency: 'urgent' }, children, texts.language())
  }, [children, texts, voice])
  return (
    <header class={`title ${tone}`}>
      {icon && (
        <span class="badge">
          <Icon name={icon} />
        </span>
      )}
      <h1 ref={heading} tabIndex={-1}>
        {children}
      </h1>
    </header>
  )
}

export interface ButtonProps {
  kind?: 'primary' | 'secondary' | 'quiet' | 'danger'
  disabled?: boolean
  busy?: boolean
  onClick: () => void
  children: ComponentChildren
}

/** A busy button stays focusable, so that a screen reader's place is not lost. */
export function Button({
  kind = 'secondary',
  disabled = false,
  busy = false,
  onClick,
  children,
}: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${kind}`}
      disabled={disabled}
      aria-disabled={busy}
      aria-busy={busy}
      onClick={busy ? undefined : onClick}
    >
      {busy && <span class="spinner" aria-hidden="true" />}
      {children}
    </button>
  )
}

export interface NoteProps {
  tone?: Tone
  icon?: IconName
  title?: string
  children: ComponentChildren
}

export function Note({ tone = 'plain', icon = 'info', title, children }: NoteProps) {
  return (
    <div class={`note ${tone}`}>
      <Icon name={icon} />
      <div>
        {title && <strong>{title}</strong>}
        <p>{children}</p>
      </div>
    </div>
  )
}

/** The failed request's sentence, read aloud at once; nothing when there is none. */
export function Trouble({ facts }: { facts: ErrorFacts | null }) {
  const { texts } = usePage()
  return (
    <div role="alert">
      {facts && (
        <Note tone="bad" icon="warning">
          {errorText(facts, texts)}
        </Note>
      )}
    </div>
  )
}

export function AnotherMethod() {
  const { texts, controller } = usePage()
  return (
    <Button kind="quiet" onClick={() => controller.store.dispatch({ type: 'leave_wanted' })}>
      {texts.t('phone.another_method')}
    </Button>
  )
}
