/**
 * Fails when the phone page loads 40 kB or more, compressed, before the camera can start: the page, its styles and
 * icon, and every script that it imports without being asked to. Run after `npm run build`.
 */
import { readFileSync, existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const LIMIT_BYTES = 40_000
const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const PAGE = join(DIST, 'phone.html')

const matches = (text, pattern) => Array.from(text.matchAll(pattern), ([, found]) => found)

/** What a page loads by itself: scripts, style sheets, preloads, icons. */
function linkedFrom(page) {
  const html = readFileSync(page, 'utf8')
  return matches(html, /<(?:script|link)\b[^>]*\b(?:src|href)="\/([^"]+)"/g).map((path) => join(DIST, path))
}

/** What a script needs before it runs; `import()` is loaded later, and is not counted. */
function importedBy(script) {
  const code = readFileSync(script, 'utf8')
  const statements =
    /\b(?:import|export)\s*(?:[\w*${}\s,]+\bfrom\s*|[{}\w*$\s,]+from)?["'](\.\.?\/[^"']+)["']/g
  return matches(code, statements).map((path) => join(dirname(script), path))
}

function eagerFiles() {
  const files = new Set([PAGE])
  for (const file of files) {
    const next = file === PAGE ? linkedFrom(file) : file.endsWith('.js') ? importedBy(file) : []
    for (const found of next) files.add(found)
  }
  return [...files]
}

if (!existsSync(PAGE)) {
  console.error('dist/phone.html is missing: run `npm run build` first.')
  process.exit(1)
}
const sizes = eagerFiles().map((file) => [relative(DIST, file), gzipSync(readFileSync(file)).length])
const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0)
for (const [file, bytes] of sizes) console.log(`${String(bytes).padStart(7)}  ${file}`)
console.log(`${String(total).padStart(7)}  bytes compressed before the camera starts, of ${LIMIT_BYTES}`)
if (total >= LIMIT_BYTES) {
  console.error('The phone page is too heavy: load later what the camera does not need.')
  process.exit(1)
}
