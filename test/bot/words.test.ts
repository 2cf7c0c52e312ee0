/** What the API refuses, in words that people in Slack know. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMigration, makeFollowing, makeReady, planCutover } from '../db/fixtures.ts'
import { type BotTown, startBotTown } from '../support/bot.ts'
import type { Message, User } from '../support/slack/index.ts'
import { as } from './notify/scenes.ts'
import { saidIn, settleIn } from './settle.ts'

let town: BotTown
/** Approves, and has not confirmed the e-mail address. */
let nobody: User

beforeAll(async () => {
  town = await startBotTown('http', { startsBot: false })
  const { slack, workspace, maya, ben } = town
  nobody = slack.addUser(workspace, 'noa', { emailConfirmed: false, timeZone: 'Europe/Berlin' })
  await town.restart({
    roles: [
      { role: 'admin', to: { kind: 'user', id: maya.id } },
      { role: 'approve', to: { kind: 'user', id: ben.id } },
      { role: 'approve', to: { kind: 'user', id: nobody.id } },
    ],
  })
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

/** A moment or a person as programs write them, or a name of the schema. */
const ofPrograms =
  /\d{4}-\d{2}-\d{2}T\d|slack:[TE]|\b[A-Z]{2,}(?:_[A-Z]+)* is not possible|status [A-Z]|Possible now|acceptWarnings|named field|\bduration must|availableActions|digest/

/** Without the values of buttons, which nobody sees. */
function shownIn({ text, blocks }: Message): string {
  return JSON.stringify([text, blocks], (key, value: unknown) => (key === 'value' ? undefined : value))
}

const nameOf = ({ id }: User) => `slack:${town.workspace.id}/${id}`

test('what is not possible is said without the names of the API', async () => {
  const { slack, api, maya } = town
  const ready = await makeReady(api.stores, await createMigration(api.stores))
  const channel = await settleIn(town, ready)
  await slack.as(maya).type(channel, '/migrate pause')
  const told = await town.heard(maya, 'ILLEGAL_ACTION')
  expect(shownIn(told)).toContain('This is not possible now')
  expect(shownIn(told)).not.toMatch(ofPrograms)
})

test('warnings are accepted with a button, not with an argument', async () => {
  const { slack, api, maya } = town
  const ready = await makeReady(api.stores, await createMigration(api.stores), 'warning')
  const channel = await settleIn(town, ready)
  await slack.as(maya).type(channel, '/migrate start')
  const told = await town.heard(maya, 'WARNINGS_NOT_ACCEPTED')
  expect(shownIn(told)).toContain('Start asks whether you do')
  expect(shownIn(told)).not.toMatch(ofPrograms)
})

test('how long a mute may be is said of the time, not of an argument', async () => {
  const { slack, api, maya } = town
  const { migration } = await makeFollowing(api.stores)
  const channel = await settleIn(town, migration)
  await slack.as(maya).type(channel, `/migrate mute ${migration.shortId} 5000d`)
  const told = await town.heard(maya, 'The time must be')
  expect(shownIn(told)).not.toMatch(ofPrograms)
})

test.each([
  ['schedule', 'Its start cannot be scheduled now'],
  ['cutover', 'Its cutover cannot be planned now'],
] as const)('/migrate %s is refused before a window opens for what cannot be', async (verb, saying) => {
  const { slack, api, maya } = town
  const draft = await createMigration(api.stores)
  const channel = await settleIn(town, draft)
  const opened = slack.callsOf('views.open').length
  await slack.as(maya).type(channel, `/migrate ${verb}`)
  const told = await town.heard(maya, saying)
  expect(shownIn(told)).toContain('Verify')
  expect(slack.callsOf('views.open')).toHaveLength(opened)
})

test('who was first, and when, is shown as Slack shows people and times', async () => {
  const { slack, api, ben, workspace } = town
  const { migration } = await makeFollowing(api.stores)
  const people = [ben.email, nameOf(nobody)]
  const rule = { name: 'both', required: 1, people, groups: [], endpointId: migration.sourceId, tag: null }
  await api.stores.approvalRules.create(rule, as(town.maya.email))
  await planCutover(api.stores, migration, { context: as(town.maya.email) })
  const seenBy = async (user: User) => {
    const channel = slack.addChannel(workspace, `plans-of-${user.name}`, { members: [user] })
    await slack.as(user).type(channel, `/migrate complete ${migration.shortId}`)
    return slack.waitForMessage(
      ({ ephemeralTo, channelId }) => ephemeralTo === user.id && channelId === channel.id,
    )
  }
  const [bens, nobodys] = [await seenBy(ben), await seenBy(nobody)]
  expect(shownIn(bens)).toContain(`from ${ben.email}, <@${nobody.id}>`)
  await slack.as(nobody).click(nobodys, 'Approve', { confirm: true })
  await town.heard(nobody, 'The cutover is approved')
  await slack.as(ben).click(bens, 'Approve', { confirm: true })
  const told = await town.heard(ben, 'was first')
  expect(shownIn(told)).toContain(`<@${nobody.id}> was first, at <!date^`)
  expect(shownIn(told)).not.toMatch(ofPrograms)
})

test('the thread names who has rejected a cutover, and nobody whom they have written', async () => {
  const { slack, api, ben } = town
  const { migration } = await makeFollowing(api.stores)
  const channel = await settleIn(town, migration)
  const rule = { name: 'one', required: 1, people: [nameOf(nobody)], groups: [] }
  const about = { ...rule, endpointId: migration.sourceId, tag: null }
  await api.stores.approvalRules.create(about, as(town.maya.email))
  const { digest } = await planCutover(api.stores, migration, { context: as(town.maya.email) })
  const reason = `ask ${nameOf(ben)} or slack:T9ELSEWHERE/U9NOBODY first`
  const request = { migrationId: migration.id, planDigest: digest, reason, asAdmin: false }
  await api.stores.cutovers.reject(request, as(nameOf(nobody)))
  const line = await saidIn(town, channel, 'has rejected the cutover')
  expect(line.text).toContain(`<@${nobody.id}> has rejected the cutover`)
  expect(line.text).toContain('ask a member of this workspace or a member of another workspace first')
  expect(shownIn(line)).not.toMatch(ofPrograms)
  void slack
})

test('a plan that has expired says when by the clock of who reads it', async () => {
  const { api } = town
  const { migration } = await makeFollowing(api.stores)
  const channel = await settleIn(town, migration)
  const plan = await planCutover(api.stores, migration)
  await api.database.query(
    'update godwit_control.cutover_plans set expires_at = clock_timestamp() where id = $1',
    [plan.id],
  )
  await api.stores.cutovers.settlePlans()
  const line = await saidIn(town, channel, 'The plan of the cutover has expired, at <!date^')
  expect(shownIn(line)).not.toMatch(ofPrograms)
})
