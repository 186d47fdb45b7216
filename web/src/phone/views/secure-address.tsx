import { useEffect, useState } from 'preact/hooks'
import type { AppConfig } from '@/shared/types'
import { usePage } from '../context'
import { SERVER } from '../flow/server'

/** The same page at an address where the camera works, if the server knows one. */
function secureTwin(addresses: readonly string[]): string | null {
  const base = addresses.find((address) => address.startsWith('https://'))
  return base ? new URL(location.pathname + location.hash, base).href : null
}

export function SecureAddress() {
  const { t } = usePage().texts
  const [config, setConfig] = useState<AppConfig | null>(null)
  useEffect(() => {
    SERVER.config().then(setConfig, () => setConfig(null))
  }, [])
  const link = secureTwin(config?.phone_urls ?? [])
  if (!link) return <p>{t('phone.camera.https_unknown')}</p>
  return (
    <div class="stack">
      <a class="button primary" href={link}>
        {t('phone.camera.https_link')}
      </a>
      <p class="fine-print">{new URL(link).origin}</p>
      {config?.has_ca && (
        <p>
          {t('phone.camera.ca_help')} <a href="/ca">{t('phone.camera.ca_link')}</a>
        </p>
      )}
    </div>
  )
}
