import '@/shared/theme.css'
import '@/shared/page.css'
import { createApp } from 'vue'
import App from './App.vue'

createApp(App, { code: location.pathname.split('/').pop() ?? '' }).mount('#app')
