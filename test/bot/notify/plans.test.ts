import { expect, test } from 'vitest'
import type { CutoverPlan } from '../../../engine/index.ts'
import { fullReport } from '../../support/completion-report.ts'
import { mentionsIn, type Message, type User } from '../../support/slack/index.ts'
import { alice, planCutover, reread } from '../../db/fixtures.ts'
import { as, planInChannel } from './scenes.ts'
import { type Room, shareStage, textOf } from './stage.ts'

const stage = shareStage()
let count = 0

function join(room: Room): User {
  return room.slack.addUser(room.workspace, `approver-${(count += 1)}`)
}

function requestOf({ migrationId, digest }: CutoverPlan) {
  return { migrationId, planDigest: digest }
}

function buttonsOf(message: Message): string {
  return JSON.stringify(message.blocks.filter(({ type }) => type === 'actions'))
}

function messagesSaying(room: Room, saying: string): Message[] {
  return room.slack.messages(room.channel).filter((message) => textOf(message).includes(saying))
}

test('a plan is one message that names the approvers once, and says what they decided when they have', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const [ben, cat] = [join(room), join(room)]
  const { plan } = await planInChannel(room, 2, [ben.email, `slack:${room.workspace.id}/${cat.id}`])
  const asked = await room.waitForMessage('Ready for cutover')
  expect(new Set(mentionsIn(asked))).toEqual(new Set([`@${ben.id}`, `@${cat.id}`]))
  expect(JSON.stringify(asked.blocks)).toMatch(/Predicted pause[^]*Lag[^]*Holds until/)
  expect(buttonsOf(asked)).toContain('cutover.approve')
  await room.stores.cutovers.approve(requestOf(plan), as(ben.email))
  await room.waitForEdit(asked, `Approved by ${ben.email}`)
  await room.stores.cutovers.approve(requestOf(plan), as(`slack:${room.workspace.id}/${cat.id}`))
  const approved = await room.waitForEdit(asked, 'Cutover approved')
  expect(buttonsOf(approved)).not.toMatch(/cutover\.(approve|reject)/)
  expect(textOf(approved)).toContain(`Approved by ${ben.email}`)
  const posts = room.callsOf('chat.postMessage').map(({ args }) => JSON.stringify(args))
  expect(posts.filter((args) => args.includes(`<@${ben.id}>`))).toHaveLength(1)
})

test('an approver whom the workspace does not know holds up nobody', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  await planInChannel(room, 1, ['stranger@example.com'])
  const asked = await room.waitForMessage('Ready for cutover')
  expect(mentionsIn(asked)).toEqual([])
  expect(textOf(asked)).toContain('stranger@example.com')
})

test('a rejected plan keeps who rejected it and why, and loses its buttons', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const ben = join(room)
  const { plan } = await planInChannel(room, 1, [ben.email])
  const asked = await room.waitForMessage('Ready for cutover')
  await room.stores.cutovers.reject(
    { ...requestOf(plan), reason: 'The shop is having a sale.', asAdmin: false },
    as(ben.email),
  )
  const rejected = await room.waitForEdit(asked, 'Cutover rejected')
  expect(textOf(rejected)).toMatch(new RegExp(`Rejected by ${ben.email}.*The shop is having a sale`))
  expect(buttonsOf(rejected)).not.toMatch(/cutover\.(approve|reject|break)/)
})

test('a plan that has expired says so, and cannot be decided on any more', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const ben = join(room)
  const { plan } = await planInChannel(room, 1, [ben.email])
  const asked = await room.waitForMessage('Ready for cutover')
  await room.api.database.query(
    `update godwit_control.cutover_plans set expires_at = clock_timestamp() where id = $1`,
    [plan.id],
  )
  await room.stores.cutovers.settlePlans()
  const expired = await room.waitForEdit(asked, 'Cutover plan expired')
  expect(textOf(expired)).toContain('It held until')
  expect(buttonsOf(expired)).not.toMatch(/cutover\.(approve|reject|break)/)
})

test('a plan that does not hold any more says why, and cannot be decided on', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const { plan } = await planInChannel(room, 1, [join(room).email])
  const asked = await room.waitForMessage('Ready for cutover')
  await room.stores.migrations.act({ migrationId: plan.migrationId, action: 'PAUSE' }, alice)
  await room.stores.cutovers.settlePlans()
  const voided = await room.waitForEdit(asked, 'does not hold any more')
  const { voidReason } = (await room.stores.cutovers.find(plan.migrationId))!
  expect(voidReason).not.toBeNull()
  expect(textOf(voided)).toContain(voidReason)
  expect(buttonsOf(voided)).not.toMatch(/cutover\.(approve|reject|break)/)
})

test('a plan in the place of another is a message of its own; the former one stays as what it was', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const ben = join(room)
  const { migration, plan } = await planInChannel(room, 1, [ben.email])
  const former = await room.waitForMessage('Ready for cutover')
  const context = as(room.maya.email)
  const overrides = { maxPauseMs: 60_000, fencing: 'NONE', quietMs: 0, compare: false } as const
  await planCutover(room.stores, await reread(room.stores, migration), {
    overrides: { options: overrides },
    context,
  })
  const voided = await room.waitForEdit(former, 'does not hold any more')
  expect(buttonsOf(voided)).not.toContain(plan.digest)
  const latest = await room.waitForMessage('Ready for cutover')
  expect(latest.ts).not.toBe(former.ts)
  expect(mentionsIn(latest)).toContain(`@${ben.id}`)
})

test('breaking the glass is told in a message of its own, with who and why', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const { plan } = await planInChannel(room, 1, [join(room).email])
  const asked = await room.waitForMessage('Ready for cutover')
  await room.stores.migrations.act(
    {
      ...requestOf(plan),
      action: 'COMPLETE',
      writesStopped: true,
      breakGlass: { reason: 'The old server is on fire.' },
    },
    as(room.maya.email),
  )
  const loud = await room.waitForMessage('BREAK-GLASS')
  expect(loud.ts).not.toBe(asked.ts)
  expect(loud.threadTs).toBeUndefined()
  expect(textOf(loud)).toMatch(new RegExp(`🚨.*${room.maya.email}.*The old server is on fire`))
  const cutting = await room.waitForEdit(asked, 'Cutting over')
  expect(buttonsOf(cutting)).not.toMatch(/cutover\.(approve|reject|break)/)
})

test('a completion is told once, with what it took; so is the fence that it had', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const ben = join(room)
  const { migration, lease, plan } = await planInChannel(room, 1, [ben.email])
  const asked = await room.waitForMessage('Ready for cutover')
  await room.stores.cutovers.approve(requestOf(plan), as(ben.email))
  await room.stores.migrations.act(
    { ...requestOf(plan), action: 'COMPLETE', writesStopped: true },
    as(room.maya.email),
  )
  const { runs } = room.stores
  await runs.appendEvent(lease, { type: 'SOURCE_FENCED', message: 'Nobody can write to the source.' })
  expect(textOf(await room.waitForMessage('Nobody can write to the source'))).toContain('⛔')
  await runs.saveCompletionReport(lease, { ...fullReport, pauseMs: 1_300 })
  await runs.report(lease, 'FINISHED')
  const told = await room.waitForMessage('Migration complete')
  expect(textOf(told)).toMatch(/Writers waited \*?1\.3 s[^]*predicted 1\.5 s/)
  await room.waitForEdit(asked, 'Cutover done')
  await room.waitForCard(migration, 'Show report')
  expect(messagesSaying(room, 'Migration complete')).toHaveLength(1)
})
