import '@/shared/theme.css'
import '@/shared/page.css'
import './portal.css'
import { createApp } from 'vue'
import App from './App.vue'
import { caseIdOf, takeSecret } from './session'

createApp(App, { caseId: caseIdOf(location.pathname) ?? '', secret: takeSecret() }).mount('#app')
