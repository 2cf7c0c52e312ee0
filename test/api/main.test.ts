import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createDatabase } from '../support/servers.ts'
import { startSlack } from '../support/slack/index.ts'
import { waitFor } from '../support/wait-for.ts'

const mainPath = fileURLToPath(new URL('../../api/main.ts', import.meta.url))

/** Godwit as a program of its own. */
interface Program {
  readonly child: ChildProcess
  output(): string
  /** Ends it as an operator would; resolves with the exit code. */
  stop(): Promise<number | null>
}

function startProgram(environment: Record<string, string>): Program {
  const child = spawn(process.execPath, [mainPath], {
    env: { PATH: process.env.PATH, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)))
  const ended = once(child, 'exit')
  return {
    child,
    output: () => output,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      return child.exitCode
    },
  }
}

async function waitUntilServing(program: Program): Promise<string> {
  await waitFor(() => program.output().includes('the API listens'), {
    timeoutMs: 60_000,
    describe: () => `the API to listen (${program.output()})`,
  })
  return /"url":"([^"]+)"/.exec(program.output())?.[1] ?? ''
}

test('the first start prints an admin token that works, later ones print none; SIGTERM ends it in order', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'godwit-main-'))
  try {
    const first = startProgram({ GODWIT_DATA_DIR: join(directory, 'data') })
    const url = await waitUntilServing(first)
    const token = /gw_[\w-]+/.exec(first.output())?.[0]
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ me { scopes } }' }),
    })
    expect(await answer.text()).toContain('ADMIN')
    expect((await fetch(`${url}/ready`)).status).toBe(200)
    expect(await first.stop()).toBe(0)

    const second = startProgram({ GODWIT_DATA_DIR: join(directory, 'data') })
    await waitUntilServing(second)
    expect(second.output()).not.toContain('gw_')
    expect(await second.stop()).toBe(0)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})

test('a wrong environment ends it with exit code 1 and what to do', async () => {
  const program = startProgram({ PORT: 'none' })
  await once(program.child, 'exit')
  expect(program.child.exitCode).toBe(1)
  expect(program.output()).toContain('PORT')
  expect(program.output()).toContain('Correct the named environment variables.')
})

test('the bot answers beside the API, and apart from it on a port of its own; both end in order', async () => {
  await using control = await createDatabase('control')
  await using slack = await startSlack()
  const workspace = slack.addWorkspace()
  const maya = slack.addUser(workspace, 'maya')
  const environment = {
    SLACK_BOT_TOKEN: slack.install(workspace).accessToken,
    SLACK_SIGNING_SECRET: slack.app.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    GODWIT_SECRET_KEY: randomBytes(32).toString('hex'),
  }
  const channel = slack.addChannel(workspace, 'databases', { members: [maya] })
  const askIn = async (program: Program, listens: RegExp) => {
    await waitFor(() => program.output().includes('the Slack bot runs'), {
      timeoutMs: 60_000,
      describe: () => `the bot to run (${program.output()})`,
    })
    const [, at] = listens.exec(program.output()) ?? []
    slack.deliverTo(`${at?.replace(/^(\d+)$/, 'http://127.0.0.1:$1')}/slack/events`)
    const before = slack.ephemerals(maya).length
    await slack.as(maya).type(channel, '/migrate whoami')
    return slack.until('an answer', () => slack.ephemerals(maya)[before])
  }
  const adminToken = randomBytes(32).toString('hex')
  const main = startProgram({ ...environment, DATABASE_URL: control.url, GODWIT_ADMIN_TOKEN: adminToken })
  expect((await askIn(main, /"url":"([^"]+)"/)).text).toContain('read')
  const apart = startProgram({
    ...environment,
    GODWIT_ROLES: 'bot',
    GODWIT_API_URL: await waitUntilServing(main),
    GODWIT_API_TOKEN: adminToken,
    GODWIT_SLACK_ROLES: 'admin=*',
  })
  expect((await askIn(apart, /"port":(\d+)/)).text).toContain('admin')
  expect([await apart.stop(), await main.stop()]).toEqual([0, 0])
})

test('settings of Slack that do not go together end it with what is wrong with each', async () => {
  const program = startProgram({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_CLIENT_ID: '1.2', GODWIT_ROLES: 'bot' })
  await once(program.child, 'exit')
  expect(program.child.exitCode).toBe(1)
  for (const variable of ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET', 'SLACK_SIGNING_SECRET', 'GODWIT_API_URL'])
    expect(program.output()).toContain(`${variable}: `)
})
