/** Buttons that lead on from what somebody has before their eyes, clicked one after another. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { actionIds, writeButtonValue } from '../../../bot/views/index.ts'
import type { Migration } from '../../../engine/index.ts'
import { evaluate } from '../../db/alarms.ts'
import {
  alice,
  claim,
  createMigration,
  makeFollowing,
  makeReady,
  makeRunning,
  planCutover,
  reread,
  verifyReport,
} from '../../db/fixtures.ts'
import { type BotTown, startBotTown } from '../../support/bot.ts'
import { fullReport } from '../../support/completion-report.ts'
import type { Channel, Message, User, View } from '../../support/slack/index.ts'
import { waitFor } from '../../support/wait-for.ts'
import { as } from '../notify/scenes.ts'
import { saidIn, settleIn } from '../settle.ts'

let town: BotTown

beforeAll(async () => {
  town = await startBotTown('http')
  const { api, ben } = town
  await api.mutate('createApprovalRule', { name: 'dba', required: 1, people: [ben.email] }, 'rule { name }')
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

const statusOf = async (migration: Migration) => (await reread(town.api.stores, migration)).status

function modalOf(user: User, id: string): Promise<View> {
  return town.slack.waitForModal(user, ({ body }) => body.callback_id === `modal.${id}`)
}

/** The latest message in the channel with such a button, for the person or for all. */
function withButton(user: User, channel: Pick<Channel, 'id'>, text: string): Promise<Message> {
  return town.slack.waitForMessage(
    ({ channelId, ephemeralTo, blocks }) =>
      channelId === channel.id &&
      (ephemeralTo === undefined || ephemeralTo === user.id) &&
      JSON.stringify(blocks).includes(`"text":"${text}"`),
  )
}

async function clickIn(user: User, channel: Pick<Channel, 'id'>, text: string): Promise<void> {
  const { slack } = town
  await slack.as(user).click(await withButton(user, channel, text), text)
}

/** A following one in its channel, whose cutover is planned. */
async function settlePlanned() {
  const { stores } = town.api
  const following = await makeFollowing(stores)
  const channel = await settleIn(town, following.migration)
  const plan = await planCutover(stores, following.migration)
  await saidIn(town, channel, 'Ready for cutover')
  return { ...following, channel, plan }
}

test('the report and the clean-up of what is complete are shown to who asks for them only', async () => {
  const { slack, api, maya, ola, ben } = town
  const { migration, lease, channel, plan } = await settlePlanned()
  const about = { migrationId: migration.id, planDigest: plan.digest }
  await api.stores.cutovers.approve(about, as(ben.email))
  await api.stores.migrations.act({ ...about, action: 'COMPLETE', writesStopped: true }, as(maya.email))
  await api.stores.runs.saveCompletionReport(lease, fullReport)
  await api.stores.runs.report(lease, 'FINISHED')
  const complete = await saidIn(town, channel, 'is complete')
  await slack.as(ola).click(complete, 'Show clean-up')
  const cleanUp = await town.heard(ola, 'Clean up after')
  await slack.as(ola).click(complete, 'Show report')
  const report = await town.heard(ola, 'Completion report')
  for (const { channelId, ephemeralTo } of [cleanUp, report])
    expect([channelId, ephemeralTo]).toEqual([channel.id, ola.id])
})

test('a cutover that was rejected is planned again from its message', async () => {
  const { slack, api, maya, ben } = town
  const { migration, channel, plan } = await settlePlanned()
  const rejected = {
    migrationId: migration.id,
    planDigest: plan.digest,
    reason: 'Not on a Friday.',
    asAdmin: false,
  }
  await api.stores.cutovers.reject(rejected, as(ben.email))
  await clickIn(maya, channel, 'Plan again…')
  const modal = await modalOf(maya, 'plan-cutover')
  expect(JSON.stringify(modal.body)).toContain(migration.name)
  // Nobody answers where its databases are said to be.
  await slack.as(maya).submit(modal)
  expect(await api.stores.cutovers.find(migration.id)).toMatchObject({ status: 'REJECTED' })
})

test('only an admin is asked for the reason for which the glass is broken, also alone with the bot', async () => {
  const { slack, api, maya, ben } = town
  const { migration, channel, plan } = await settlePlanned()
  await clickIn(ben, channel, 'Break glass…')
  await town.heard(ben, 'Only admins can complete a cutover without')
  expect(slack.as(ben).modal()).toBeUndefined()
  await slack.as(maya).openHome()
  const { version } = await reread(api.stores, migration)
  const value = writeButtonValue({ m: migration.shortId, v: version })
  await slack.as(maya).click(await slack.waitForHome(maya), { actionId: actionIds.show, value })
  const card = await slack.waitForMessage(
    ({ channelId, blocks }) =>
      channelId.startsWith('D') && JSON.stringify(blocks).includes(migration.shortId),
  )
  const direct = { id: card.channelId }
  await clickIn(maya, direct, 'Show cutover plan')
  await clickIn(maya, direct, 'Break glass…')
  const reason = 'The old server is on fire.'
  await slack.as(maya).submit(await modalOf(maya, 'break-glass'), { reason, 'writes-stopped': ['stopped'] })
  expect((await saidIn(town, channel, 'BREAK-GLASS')).text).toContain('on fire')
  expect(await api.stores.cutovers.find(migration.id)).toMatchObject({
    digest: plan.digest,
    breakGlass: { person: maya.email, reason },
  })
})

test('the glass of a plan in whose place is another one is not broken', async () => {
  const { slack, api, maya } = town
  const { migration, channel } = await settlePlanned()
  await clickIn(maya, channel, 'Break glass…')
  const modal = await modalOf(maya, 'break-glass')
  await planCutover(api.stores, migration)
  await slack.as(maya).submit(modal, { reason: 'It is on fire, again.', 'writes-stopped': ['stopped'] })
  expect(slack.as(maya).modal()?.errors).toBeDefined()
  expect(await statusOf(migration)).toBe('RUNNING')
  expect(await api.stores.cutovers.find(migration.id)).toMatchObject({ breakGlass: null })
  await slack.as(maya).closeModal()
})

test('an alarm is muted from its message, and unmuted from the card', async () => {
  const { slack, api, maya } = town
  const { stores } = api
  const { migration, lease } = await makeRunning(stores)
  const channel = await settleIn(town, migration)
  await stores.runs.report(lease, 'FAILED', {
    problem: { code: 'COPY_FAILED', message: 'It broke.', remedy: 'Mend it.' },
  })
  await stores.leases.release(lease)
  await evaluate(stores)
  await clickIn(maya, channel, 'Mute…')
  await slack.as(maya).submit(await modalOf(maya, 'mute'), { reason: 'We know.' })
  await saidIn(town, channel, 'has muted the alarms')
  await slack.as(maya).type(channel, `/migrate status ${migration.shortId}`)
  const card = await slack.waitForMessage(
    ({ ephemeralTo, blocks }) => ephemeralTo === maya.id && JSON.stringify(blocks).includes('"Unmute"'),
  )
  await slack.as(maya).click(card, 'Unmute')
  expect((await saidIn(town, channel, 'has ended the mute')).text).toContain(migration.shortId)
})

test('from the checks one goes on: again what has failed, with what has passed to its start', async () => {
  const { slack, api, maya } = town
  const failed = await createMigration(api.stores)
  await api.stores.migrations.act({ migrationId: failed.id, action: 'VERIFY' }, alice)
  const lease = await claim(api.stores, failed.id)
  await api.stores.runs.saveVerifyReport(lease, verifyReport('failed'))
  await api.stores.runs.report(lease, 'VERIFY_REFUSED')
  await api.stores.leases.release(lease)
  const passed = await makeReady(api.stores, await createMigration(api.stores), 'passed')
  for (const [migration, text] of [
    [failed, 'Verify again'],
    [passed, 'Start'],
  ] as const) {
    const channel = await settleIn(town, migration)
    await clickIn(maya, channel, 'Show checks')
    const checks = await slack.waitForMessage(
      ({ channelId, ephemeralTo, text: said }) =>
        channelId === channel.id && ephemeralTo === maya.id && said.includes('check'),
    )
    await slack.as(maya).click(checks, text)
    await saidIn(town, channel, text === 'Start' ? 'has started' : 'verified')
  }
  expect(await Promise.all([failed, passed].map(statusOf))).toEqual(['VERIFYING', 'QUEUED'])
})

test('what is scheduled is started now by a click, and cancelled from its card', async () => {
  const { slack, api, maya } = town
  const migration = await makeReady(api.stores, await createMigration(api.stores), 'passed')
  const channel = await settleIn(town, migration)
  await slack.as(maya).type(channel, '/migrate schedule tomorrow 06:00')
  await slack.as(maya).submit(await modalOf(maya, 'schedule'))
  await clickIn(maya, channel, 'Start now')
  await waitFor(async () => (await statusOf(migration)) === 'QUEUED', {
    describe: async () => `a start; it is ${await statusOf(migration)}`,
  })
  const card = await withButton(maya, channel, 'Cancel…')
  await slack.as(maya).select(card, { actionId: actionIds.more }, 'Cancel…')
  await modalOf(maya, 'cancel')
  await slack.as(maya).closeModal()
  expect(await statusOf(migration)).toBe('QUEUED')
})

test('from the Home a migration and an endpoint are made, and help is a click away', async () => {
  const { slack, maya, channel } = town
  await slack.as(maya).openHome()
  const home = await slack.waitForHome(maya)
  await slack.as(maya).click(home, 'New migration…')
  expect(JSON.stringify((await modalOf(maya, 'new-migration')).body)).not.toContain('initial_conversation')
  await slack.as(maya).closeModal()
  await slack.as(maya).click(home, 'Endpoints')
  const endpoints = await slack.waitForMessage(
    ({ channelId, blocks }) => channelId.startsWith('D') && JSON.stringify(blocks).includes('New endpoint…'),
  )
  await slack.as(maya).click(endpoints, 'New endpoint…')
  await modalOf(maya, 'new-endpoint')
  await slack.as(maya).closeModal()
  await slack.as(maya).type(channel, '/migrate xyzzy')
  await clickIn(maya, channel, 'Help')
  await town.heard(maya, '/migrate whoami')
})
