import '@/shared/theme.css'
import '@/shared/page.css'
import { createApp } from 'vue'
import App from './App.vue'

const key = location.hash.slice(1)
// Out of the address, so that neither history nor a copied address holds it; a reload finds it here.
if (key !== '') {
  history.replaceState({ key }, '', location.pathname)
}
const kept = (history.state as { key?: string } | null)?.key ?? ''

createApp(App, { consentKey: kept }).mount('#app')
