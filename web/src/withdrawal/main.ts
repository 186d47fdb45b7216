import '@/shared/theme.css'
import '@/shared/page.css'
import { createApp } from 'vue'
import App from './App.vue'

// The fragment stays in the address: this is the link to keep, and to reload.
// Another link in the same tab is another consent.
window.addEventListener('hashchange', () => location.reload())
createApp(App, { linkKey: location.hash.slice(1) }).mount('#app')
