import { useRef, useState } from 'preact/hooks'
import { usePage } from '../context'
import { Button } from './parts'

/** Copies the page's link, token included: it is not claimed yet, and works in another browser. */
export function CopyLink() {
  const { t } = usePage().texts
  const [state, setState] = useState<'idle' | 'copied' | 'manual'>('idle')
  const field = useRef<HTMLInputElement>(null)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(location.href)
      setState('copied')
    } catch {
      // In-app browsers often have no clipboard; a link that can be pressed always works.
      setState('manual')
      setTimeout(() => field.current?.select())
    }
  }
  return (
    <div class="stack">
      <Button kind="primary" onClick={() => void copy()}>
        {t('phone.camera.copy_link')}
      </Button>
      <p role="status">{state === 'copied' && t('phone.camera.link_copied')}</p>
      {state === 'manual' && (
        <label class="stack">
          {t('phone.camera.link_manual')}
          <input ref={field} class="link" readOnly value={location.href} />
        </label>
      )}
    </div>
  )
}
