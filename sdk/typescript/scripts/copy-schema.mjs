/** tsc leaves declaration files where they are; the built package needs the schema beside its own. */
import { copyFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
copyFileSync(here('../src/schema.d.ts'), here('../dist/schema.d.ts'))
