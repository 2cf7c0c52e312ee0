import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiClient } from '../../bot/client/index.ts'
import { Homes } from '../../bot/notify/index.ts'
import { Records } from '../../bot/records/index.ts'
import { openControlStores } from '../../db/index.ts'
import type { ControlStores, Lease, Migration } from '../../engine/index.ts'
import { alice, makeRunning, planCutover, reread } from '../db/fixtures.ts'
import { silentLog, startServer } from '../support/start-server.ts'
import { type Channel, type Message, type Slack, startSlack, type User } from '../support/slack/index.ts'
import { waitFor } from '../support/wait-for.ts'

/** A migration that runs, as far as people in Slack can tell: the benchmark is its worker. */
export interface Subject {
  readonly migration: Migration
  readonly lease: Lease
  readonly channel: Channel
}

export interface BotScene extends AsyncDisposable {
  readonly slack: Slack
  readonly stores: ControlStores
  readonly maya: User
  readonly subjects: readonly Subject[]
}

const mainPath = new URL('../../api/main.ts', import.meta.url).pathname
const migrationsAChannel = 5
/** As in Slack. */
const slackPatienceMs = 3_000
const anHourMs = 3_600_000
const bytesOfTable = 10_000_000_000

/** API and bot as one program, a Slack and a control database for it, and so many migrations that make progress. */
export async function openBotScene(count: number): Promise<BotScene> {
  await using opening = new AsyncDisposableStack()
  const server = opening.use(await startServer({ version: 18 }))
  const slack = opening.use(await startSlack({ answerWithinMs: slackPatienceMs }))
  const workspace = slack.addWorkspace()
  const maya = slack.addUser(workspace, 'maya')
  const environment = {
    SLACK_BOT_TOKEN: slack.install(workspace).accessToken,
    SLACK_SIGNING_SECRET: slack.app.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    DATABASE_URL: `postgresql://${server.user}:${server.password}@${server.host}:${server.port}/postgres`,
    GODWIT_SECRET_KEY: randomBytes(32).toString('hex'),
    GODWIT_ADMIN_TOKEN: randomBytes(32).toString('hex'),
  }
  const program = opening.use(await startProgram(environment))
  slack.deliverTo(`${program.url}/slack/events`)
  const stores = opening.use(
    await openControlStores({
      databaseUrl: environment.DATABASE_URL,
      secretKey: Buffer.from(environment.GODWIT_SECRET_KEY, 'hex'),
      log: silentLog,
    }),
  )
  await stores.queue.setLimits({ overall: count }, alice)
  const subjects: Subject[] = []
  for (let n = 0; n < count; n += migrationsAChannel) {
    const channel = slack.addChannel(workspace, `team-${n}`, { members: [maya] })
    for (let each = n; each < Math.min(n + migrationsAChannel, count); each += 1) {
      const running = await makeRunning(stores)
      await stores.leases.renew(running.lease, anHourMs)
      subjects.push({ ...running, channel })
    }
  }
  const api = new ApiClient({ url: program.url, token: environment.GODWIT_ADMIN_TOKEN })
  const homes = new Homes(new Records(api))
  for (const { channel, migration } of subjects) {
    const place = { team: workspace.id, channel: channel.id }
    await homes.moveIn({ ...place, shortId: migration.shortId, requester: null, since: 'now' })
  }
  for (const subject of subjects)
    await slack.until(`the card of ${subject.migration.shortId}`, () => cardOf(slack, subject), 120_000)
  const opened = opening.move()
  return { slack, stores, maya, subjects, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** The card, as it is now. */
export function cardOf(slack: Slack, { channel, migration }: Subject) {
  return slack
    .messages(channel)
    .find(({ blocks }) => isCard(blocks) && JSON.stringify(blocks).includes(migration.shortId))
}

function isCard(blocks: readonly object[]): boolean {
  return blocks.some((block) => 'block_id' in block && block.block_id === 'card')
}

/** A plan for the cutover of each, which maya may approve, and its message. */
export async function planCutovers(
  { slack, stores, maya }: BotScene,
  subjects: readonly Subject[],
): Promise<ReadonlyMap<Subject, Message>> {
  const anybody = { required: 1, people: [maya.email], groups: [], endpointId: null, tag: null }
  await stores.approvalRules.create({ name: 'bench', ...anybody }, alice)
  const planned = new Map<Subject, Message>()
  for (const { lease } of subjects)
    await stores.runs.saveStep(lease, { step: 'INCREMENTAL', status: 'RUNNING' })
  for (const { migration } of subjects) await planCutover(stores, await reread(stores, migration))
  for (const subject of subjects) {
    const { channel, migration } = subject
    const find = () => slack.messages(channel).find(({ blocks }) => isPlan(blocks, migration.shortId))
    planned.set(subject, await slack.until(`the plan of ${migration.shortId}`, find, 60_000))
  }
  return planned
}

function isPlan(blocks: readonly object[], shortId: string): boolean {
  const text = JSON.stringify(blocks)
  return text.includes('"cutover.approve"') && text.includes(shortId)
}

/** Each migration gets on once a second, until what is returned is disposed. */
export function makeProgress({ stores, subjects }: BotScene): AsyncDisposable {
  const stopping = new AbortController()
  const running = subjects.map(async ({ lease }, index) => {
    for (let step = 1; !stopping.signal.aborted; step += 1) {
      const copiedBytes = BigInt(step) * 1_000_000n
      const table = { schema: 'public', table: 'orders', status: 'COPYING', copiedBytes } as const
      const size = {
        estimatedRows: 1_000_000,
        sizeBytes: BigInt(bytesOfTable),
        copiedRows: copiedBytes / 100n,
      }
      await stores.runs.saveTables(lease, [{ ...table, ...size }])
      await sleep(900 + (index % 10) * 20, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

async function startProgram(environment: Record<string, string>): Promise<AsyncDisposable & { url: string }> {
  const roles = { GODWIT_ROLES: 'api,bot', GODWIT_SLACK_ROLES: 'admin=*', PORT: '0', LOG_LEVEL: 'info' }
  const program = process.env.BENCH_PROFILE === undefined ? [mainPath] : ['--cpu-prof', mainPath]
  const child = spawn(process.execPath, program, {
    env: { PATH: process.env.PATH, ...roles, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)))
  await waitFor(() => output.includes('the Slack bot runs') || child.exitCode !== null, {
    timeoutMs: 120_000,
    describe: () => `the bot to run (${output})`,
  })
  return {
    url: /"url":"([^"]+)"/.exec(output)?.[1] ?? '',
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}
