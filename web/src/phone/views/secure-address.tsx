import { useEffect, useState } from 'preact/hooks'
import { usePage } from '../context'
import { SERVER } from '../flow/server'

/** The same page at an address where the camera works, if the server knows one. */
function secureTwin(addresses: readonly string[]): string | null {
  const base = addresses.find((address) => address.startsWith('https://'))
  return base ? new URL(location.pathname + location.hash, base).href : null
}

export function SecureAddress() {
  const { t } = usePage().texts
  const [link, setLink] = useState<string | null>(null)
  useEffect(() => {
    SERVER.config()
      .then((config) => setLink(secureTwin(config.phone_urls ?? [])))
      .catch(() => setLink(null))
  }, [])
  if (!link) return <p>{t('phone.camera.https_unknown')}</p>
  return (
    <div class="stack">
      <a class="button primary" href={link}>
        {t('phone.camera.https_link')}
      </a>
      <p class="fine-print">{new URL(link).origin}</p>
      <p>{t('phone.camera.ca_help')}</p>
      <a href="/ca">{t('phone.camera.ca_link')}</a>
    </div>
  )
}
