/** What a thief of the data folder reads. */

import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Every file below a folder. */
export function files(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** The files, relative to the folder, that hold a text as UTF-8. */
export function holding(folder: string, text: string): string[] {
  const wanted = Buffer.from(text)
  return files(folder)
    .filter((file) => readFileSync(file).includes(wanted))
    .map((file) => relative(folder, file))
}
