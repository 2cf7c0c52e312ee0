/** A cutover as people ask for it, approve it and execute it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Migration } from '../../../engine/index.ts'
import { makeFollowing, planCutover, reread } from '../../db/fixtures.ts'
import { type BotTown, startBotTown, transports } from '../../support/bot.ts'
import { startTestWorker, TestMigration } from '../../support/control.ts'
import { createDatabase } from '../../support/servers.ts'
import { mentionsIn } from '../../support/slack/index.ts'
import { saidIn, settleIn } from '../settle.ts'

async function startTown(transport: (typeof transports)[number]): Promise<BotTown> {
  const town = await startBotTown(transport, { roles: 'read=*; approve={ben}; admin={maya}' })
  const people = [town.maya.email, town.ben.email]
  await town.api.mutate('createApprovalRule', { name: 'dba', required: 1, people }, 'rule { name }')
  return town
}

function modalOf({ slack, maya }: BotTown, id: string) {
  return slack.waitForModal(maya, ({ body }) => body.callback_id === `modal.${id}`)
}

/** Who has asked for a completion. */
async function begunBy({ api }: BotTown, subjectId: string) {
  const { items } = await api.stores.audit.list({ first: 100 })
  const entries = items.map(({ item }) => item)
  return entries.filter((each) => each.subjectId === subjectId && each.operation === 'migration.complete')
}

test('between real databases it is planned in a modal, approved by another with one click, and done once', async () => {
  await using town = await startTown('http')
  const { slack, api, maya, ben, ola } = town
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create table a (id int primary key); insert into a values (1), (2)')
  const migration = await TestMigration.create(api.stores, { source, target })
  await using worker = startTestWorker(api.stores)
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  const channel = await settleIn(town, migration)
  await slack.as(maya).type(channel, '/migrate cutover')
  await slack.as(maya).submit(await modalOf(town, 'plan-cutover'))
  await saidIn(town, channel, 'has planned the cutover')
  const asked = await saidIn(town, channel, 'Ready for cutover')
  await slack.as(maya).click(asked, 'Approve', { confirm: true })
  const refused = await town.heard(maya, 'APPROVAL_REFUSED')
  expect(refused.text).toContain(ben.email)
  await slack.as(ola).click(asked, 'Break glass…')
  await town.heard(ola, 'Only admins')
  await slack.as(ben).click(asked, 'Approve', { confirm: false })
  expect(await api.stores.cutovers.find(migration.id)).toMatchObject({ decisions: [] })
  await slack.as(ben).click(asked, 'Approve', { confirm: true })
  await saidIn(town, channel, 'Cutover approved')
  await slack.as(maya).type(channel, '/migrate complete')
  const shown = await town.heard(maya, 'Complete now')
  await Promise.all(
    [1, 2].map(() =>
      slack
        .as(maya)
        .click(shown, 'Complete now…', { confirm: true, asSeen: true })
        .catch(() => undefined),
    ),
  )
  await saidIn(town, channel, 'has begun the cutover')
  await migration.waitForStatus('COMPLETED')
  await saidIn(town, channel, 'is complete')
  expect(await begunBy(town, migration.id)).toMatchObject([{ actor: { onBehalfOf: maya.email } }])
  void worker
})

describe.each(transports)('over %s', (transport) => {
  let town: BotTown
  beforeAll(async () => {
    town = await startTown(transport)
  })
  afterAll(async () => {
    await town[Symbol.asyncDispose]()
  })

  test('breaking the glass needs a reason, and is loud', async () => {
    const { slack, api, maya } = town
    const { migration } = await makeFollowing(api.stores)
    const channel = await settleIn(town, migration)
    await planCutover(api.stores, migration)
    const asked = await saidIn(town, channel, 'Ready for cutover')
    await slack.as(maya).click(asked, 'Break glass…')
    const modal = await modalOf(town, 'break-glass')
    await expect(slack.as(maya).submit(modal, { 'writes-stopped': ['stopped'] })).rejects.toThrow('required')
    await slack.as(maya).submit(modal, { reason: 'short       ', 'writes-stopped': ['stopped'] })
    const reason = '<!channel> *nobody* is awake & `it` burns'
    const again = await modalOf(town, 'break-glass')
    await slack.as(maya).submit(again, { reason, 'writes-stopped': ['stopped'] })
    const told = await saidIn(town, channel, 'BREAK-GLASS')
    expect(told.text).toContain('🚨')
    expect(told.text).toContain('is awake')
    expect(mentionsIn(told)).toEqual([])
    expect(await statusOf(migration)).toBe('COMPLETING')
    expect(await begunBy(town, migration.id)).toMatchObject([{ actor: { onBehalfOf: maya.email } }])
  })

  const statusOf = async (migration: Migration) => (await reread(town.api.stores, migration)).status
})
