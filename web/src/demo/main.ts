import '@/shared/theme.css'
