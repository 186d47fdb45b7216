/** The example platform as a process of its own, with a test key on a real server. */

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { answers, binary, freePort, type Server } from './server.ts'

const folder = resolve(import.meta.dirname, '../../examples/platform')

export type Example = { origin: string; key: string; stop: () => void }

function found(text: string, shape: RegExp): string {
  const word = shape.exec(text)?.[0]
  if (!word) throw new Error(`${shape} is not in: ${text}`)
  return word
}

/** A platform on the server and a test key of it, made on the command line as an operator would. */
export function testKey(server: Server): string {
  const env = { ...process.env, SHIMING_DATA_DIR: server.dataDir }
  const shiming = (...words: string[]) => execFileSync(binary(), words, { env, encoding: 'utf8' })
  const platform = found(shiming('platform', 'add', 'Example platform'), /plt_[0-9a-f]+/)
  return found(shiming('api-key', 'create', platform, '--test', '--name', 'example'), /sk_test_[\w-]+/)
}

export async function startExample(server: Server): Promise<Example> {
  const [key, port] = [testKey(server), await freePort()]
  const origin = `http://localhost:${port}`
  let log = ''
  const env = { ...process.env, PORT: String(port), SHIMING_URL: server.origin, SHIMING_API_KEY: key }
  const child: ChildProcess = spawn('node', ['src/main.js'], { cwd: folder, env })
  child.stdout?.on('data', (bytes: Buffer) => (log += bytes.toString()))
  child.stderr?.on('data', (bytes: Buffer) => (log += bytes.toString()))
  await answers(origin, child, () => log)
  return { origin, key, stop: () => child.kill('SIGTERM') }
}

export type All = { origin: string; server: string; interrupt: () => Promise<void> }

/** `start.js` as `./x example` calls it: a server of its own, and the example in front. */
export async function startAll(): Promise<All> {
  const [port, serverPort] = [await freePort(), await freePort()]
  const data = mkdtempSync(join(tmpdir(), 'shiming-example-'))
  const origin = `http://localhost:${port}`
  const env = {
    ...process.env,
    PORT: String(port),
    SHIMING_PORT: String(serverPort),
    SHIMING_BIN: binary(),
    EXAMPLE_DATA: data,
  }
  let log = ''
  const child: ChildProcess = spawn('node', ['src/start.js'], { cwd: folder, env })
  child.stdout?.on('data', (bytes: Buffer) => (log += bytes.toString()))
  child.stderr?.on('data', (bytes: Buffer) => (log += bytes.toString()))
  await answers(origin, child, () => log)
  const interrupt = async (): Promise<void> => {
    const ended = once(child, 'exit')
    child.kill('SIGINT')
    await ended
    rmSync(data, { recursive: true, force: true })
  }
  return { origin, server: `http://localhost:${serverPort}`, interrupt }
}
