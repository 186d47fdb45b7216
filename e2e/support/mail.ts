/** A real mail server that keeps what it takes (aiosmtpd), for stories in which somebody is written to. */

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort, type Settings } from './server.ts'

const root = resolve(import.meta.dirname, '../..')

export type Mail = {
  to: string[]
  headers: Record<string, string>
  text: string
  html: string
}

export type MailServer = {
  /** What a server needs to know to send mail here. */
  settings: Settings
  mails: () => Mail[]
  /** Waits for the n-th mail, from 1. */
  mail: (nth: number) => Promise<Mail>
  stop: () => void
}

async function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = connect(port, '127.0.0.1')
    probe.once('connect', () => probe.end(() => done(true)))
    probe.once('error', () => done(false))
  })
}

async function until(what: string, so: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await so()) return
    await new Promise((wake) => setTimeout(wake, 100))
  }
  throw new Error(`waited for 20 s until ${what}, in vain`)
}

export async function startMailServer(): Promise<MailServer> {
  const python = join(root, '.venv-tests/bin/python')
  if (!existsSync(python)) throw new Error(`${python} is missing: \`./x setup --tests\` brings it`)
  const [port, folder] = [await freePort(), mkdtempSync(join(tmpdir(), 'shiming-mail-'))]
  const script = join(root, 'crates/testbed/smtp/server.py')
  const process = spawn(python, [script, '--port', `${port}`, '--folder', folder], { stdio: 'ignore' })
  await until('the mail server listens', () => listens(port))
  const mails = () =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Mail)
  return {
    settings: {
      SHIMING_MAIL_HOST: '127.0.0.1',
      SHIMING_MAIL_PORT: `${port}`,
      SHIMING_MAIL_SECURITY: 'none',
      SHIMING_MAIL_FROM: '实名认证 <no-reply@kyb.example>',
      SHIMING_NOTIFICATIONS_DEMO: 'true',
    },
    mails,
    async mail(nth) {
      await until(`mail ${nth} is there`, () => mails().length >= nth)
      const mail = mails()[nth - 1]
      if (!mail) throw new Error('no mail')
      return mail
    },
    stop() {
      process.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
