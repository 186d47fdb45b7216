import '@/shared/theme.css'
import '@/shared/page.css'
import './console.css'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'

createApp(App).use(router).mount('#app')
