/** Clips for the fake camera, put together from the stills in fixtures/faces as its recipe says. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const fixtures = resolve(import.meta.dirname, '../../fixtures/faces')
type Recipe = { fps: number; clips: Record<string, [still: string, repeat: number][]> }
const recipe = JSON.parse(readFileSync(join(fixtures, 'clips.json'), 'utf8')) as Recipe

export type ClipName =
  'all' | 'neutral' | 'attack_print' | 'two_faces' | 'no_face' | 'too_dark' | 'too_far'

/** Two browsers and a server share a small machine in tests: few frames a second arrive, and none may miss an action. */
const SLOWER = 1.6

let folder: string | undefined

/** The path of a clip; a raw MJPEG is nothing but JPEGs one after another, and no byte may follow the last. */
export function clip(name: ClipName): string {
  const frames = recipe.clips[name]
  if (!frames) throw new Error(`fixtures/faces/clips.json has no clip ${name}`)
  folder ??= mkdtempSync(join(tmpdir(), 'shiming-clips-'))
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.mjpeg`)
  if (!existsSync(path)) {
    const parts = frames.flatMap(([still, repeat]) => {
      const jpeg = readFileSync(join(fixtures, 'stills', `${still}.jpg`))
      return Array.from({ length: Math.round(repeat * SLOWER) }, () => jpeg)
    })
    writeFileSync(path, Buffer.concat(parts))
  }
  return path
}
