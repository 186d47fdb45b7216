import { open } from './embed'

declare global {
  interface Window {
    Shiming: { open: typeof open }
  }
}

window.Shiming = { open }
