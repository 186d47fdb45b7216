/** A real server: the built binary on free ports, over a database of its own, with the demonstration on. */

import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export type Settings = Record<string, string>

export type Server = {
  /** `http://localhost:PORT`, or the host that was asked for: a secure context for the browser, so that its camera works. */
  origin: string
  /** The self-made https address. */
  secureOrigin: string
  dataDir: string
  /** Everything that the server has logged so far. */
  log: () => string
  stop: () => Promise<void>
  restart: () => Promise<void>
}

/** The default model set, which every machine has: no passive judge, so the flow's clips are judged by all there are. */
const DEFAULT_MODELS = join(root, 'models/default')

export function binary(): string {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target')
  const path = process.env.SHIMING_BIN ?? join(target, 'debug/shiming')
  if (!existsSync(path)) throw new Error(`${path} is missing: ./x e2e builds it`)
  return path
}

export async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? done(address.port) : fail()))
    })
  })
}

export async function answers(url: string, process: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (process.exitCode !== null) throw new Error(`the server ended at once:\n${log()}`)
    const ok = await fetch(url).then((answer) => answer.ok).catch(() => false)
    if (ok) return
    await new Promise((wake) => setTimeout(wake, 100))
  }
  throw new Error(`the server does not answer at ${url}:\n${log()}`)
}

/** Browsers keep cookies by host, not by port: two servers that one browser visits need two hosts. */
export async function startServer(settings: Settings = {}, host = 'localhost'): Promise<Server> {
  const [http, https] = [await freePort(), await freePort()]
  const dataDir = mkdtempSync(join(tmpdir(), 'shiming-e2e-'))
  const origin = `http://${host}:${http}`
  let log = ''
  let child: ChildProcess

  const environment = {
    ...process.env,
    SHIMING_DATA_DIR: dataDir,
    SHIMING_HTTP_LISTEN: `127.0.0.1:${http}`,
    SHIMING_HTTPS_LISTEN: `0.0.0.0:${https}`,
    SHIMING_PUBLIC_URL: origin,
    SHIMING_MODELS: DEFAULT_MODELS,
    SHIMING_DEMO: 'true',
    // The clip plays its actions in a loop and can't hear which one is wanted: two rounds must fit.
    SHIMING_SCAN_CHALLENGE_TIMEOUT_MS: '18000',
    // The clips repeat: each verification shows the same recording. A test of the refusal sets `enforce`.
    SHIMING_SCAN_REPLAY: 'record',
    SHIMING_LOG: 'info,shiming=debug,shiming_http=debug',
    ...settings,
  }

  const launch = async () => {
    child = spawn(binary(), ['serve'], { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout?.on('data', (bytes: Buffer) => (log += bytes.toString()))
    child.stderr?.on('data', (bytes: Buffer) => (log += bytes.toString()))
    await answers(`${origin}/health`, child, () => log)
  }
  const end = async () => {
    if (child.exitCode !== null) return
    const ended = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 8_000)
    await ended
    clearTimeout(late)
  }

  await launch()
  return {
    origin,
    secureOrigin: `https://localhost:${https}`,
    dataDir,
    log: () => log,
    stop: async () => {
      await end()
      rmSync(dataDir, { recursive: true, force: true })
    },
    restart: async () => {
      await end()
      await launch()
    },
  }
}
