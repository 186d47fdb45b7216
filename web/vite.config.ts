import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Connect, type Plugin } from 'vite'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The server's routes to the pages, so that the development server answers at the same addresses. */
const ROUTES: [RegExp, string][] = [
  [/^\/$/, '/landing.html'],
  [/^\/ca$/, '/ca.html'],
  [/^\/certificate$/, '/certificate.html'],
  [/^\/m\/[^/]+$/, '/message.html'],
  [/^\/docs$/, '/docs.html'],
  [/^\/demo$/, '/demo.html'],
  [/^\/console(\/(?!api\/).*)?$/, '/console.html'],
  [/^\/federation\/consent$/, '/consent.html'],
  [/^\/verify\/[^/]+$/, '/portal.html'],
  [/^\/(s|scan)$/, '/phone.html'],
  [/^\/scan\/consent$/, '/withdrawal.html'],
]

const PAGES = [
  'portal',
  'phone',
  'withdrawal',
  'console',
  'demo',
  'landing',
  'ca',
  'certificate',
  'consent',
  'docs',
  'message',
]

const rewrite: Connect.NextHandleFunction = (request, _response, next) => {
  const [path = '/', query] = (request.url ?? '/').split('?')
  const page = ROUTES.find(([route]) => route.test(path))?.[1]
  if (page) request.url = query ? `${page}?${query}` : page
  next()
}

function serverRoutes(): Plugin {
  return {
    name: 'server-routes',
    configureServer: (server) => void server.middlewares.use(rewrite),
    configurePreviewServer: (server) => void server.middlewares.use(rewrite),
  }
}

const SERVER = process.env['SHIMING_DEV_SERVER'] ?? 'http://127.0.0.1:8080'
const proxied = [
  '/portal/api',
  '/phone/api',
  '/console/api',
  '/demo/api',
  '/app',
  '/certificate/api',
  '/message/api',
  '/federation/api',
  '/v1',
  '/ca.pem',
]
const proxy = Object.fromEntries(proxied.map((path) => [path, { target: SERVER, ws: true }]))

export default defineConfig({
  plugins: [vue(), serverRoutes()],
  resolve: { alias: { '@locales': here('../locales'), '@': here('src') } },
  define: { __VUE_OPTIONS_API__: false, __VUE_PROD_DEVTOOLS__: false },
  appType: 'mpa',
  server: { proxy, fs: { allow: [here('..')] } },
  preview: { proxy },
  build: {
    outDir: 'dist',
    target: ['chrome87', 'safari14', 'firefox90'],
    assetsDir: 'assets',
    // data: URLs would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        ...Object.fromEntries(PAGES.map((page) => [page, here(`${page}.html`)])),
        embed: here('src/embed/main.ts'),
      },
      output: {
        // The one script that other sites load: a fixed address, and no name of it in their global scope.
        entryFileNames: (chunk) => (chunk.name === 'embed' ? 'embed.js' : 'assets/[name]-[hash].js'),
        banner: (chunk) => (chunk.name === 'embed' ? '(()=>{' : ''),
        footer: (chunk) => (chunk.name === 'embed' ? '})();' : ''),
      },
    },
  },
})
