/**
 * Starts everything on this machine: a Shiming server with a folder of its own, a platform and a test key in it, and the
 * example in front. `./x example` builds what it needs and calls it.
 *
 * SHIMING_BIN    the server's binary
 * SHIMING_PORT   8090 if absent
 * PORT           of the example; 4000 if absent
 * EXAMPLE_DATA   folder of the server's data; `data/example` if absent
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { serve } from './platform.js'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const root = here('../../..')
const binary = process.env.SHIMING_BIN ?? `${root}/target/debug/shiming`
const port = process.env.SHIMING_PORT ?? '8090'
const origin = `http://localhost:${port}`

const environment = {
  ...process.env,
  SHIMING_DATA_DIR: process.env.EXAMPLE_DATA ?? `${root}/data/example`,
  SHIMING_HTTP_LISTEN: `127.0.0.1:${port}`,
  SHIMING_PUBLIC_URL: origin,
  SHIMING_TLS_MODE: 'off',
  // The example listens on this machine, where a server on the internet must not send anything.
  SHIMING_TRUSTED_HOSTS: 'localhost',
}

function shiming(...words) {
  return execFileSync(binary, words, { cwd: root, env: environment, encoding: 'utf8' })
}

/** The first word of this shape in what was printed. */
function found(text, shape) {
  const word = shape.exec(text)?.[0]
  if (!word) throw new Error(`the server printed no ${shape}: ${text}`)
  return word
}

const platform = found(shiming('platform', 'add', 'Example platform'), /plt_[0-9a-f]+/)
const key = found(shiming('api-key', 'create', platform, '--test', '--name', 'example'), /sk_test_[\w-]+/)

// A process group of its own: Ctrl-C in the terminal reaches us, and we end the server when nobody needs it any more.
const server = spawn(binary, ['serve'], { cwd: root, env: environment, stdio: 'inherit', detached: true })
server.once('exit', (code) => process.exit(code ?? 1))

let stop = async () => {}
async function end() {
  await stop()
  server.removeAllListeners('exit')
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  await ended
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void end())

for (let tries = 0; ; tries++) {
  const ok = await fetch(`${origin}/health`).then(
    (answer) => answer.ok,
    () => false,
  )
  if (ok) break
  if (tries > 200) throw new Error(`no server answers at ${origin}`)
  await new Promise((wake) => setTimeout(wake, 100))
}
stop = await serve({ apiKey: key, baseUrl: origin })
