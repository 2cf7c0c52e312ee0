/** A migration from `/migrate new` to its report, by people in Slack, between real databases with writers on them. */
import { expect, test } from 'vitest'
import { shopSql } from '../engine/runner/scene.ts'
import { type BotTown, startBotTown, transports } from '../support/bot.ts'
import { compareDatabases, differencesOf } from '../support/compare-databases.ts'
import { settingsOf } from '../support/connection.ts'
import { startTestWorker } from '../support/control.ts'
import { createDatabase, createRole, type TestDatabase } from '../support/servers.ts'
import type { Message } from '../support/slack/index.ts'
import { ledgerSql, startWriters } from '../support/writers.ts'

const stepsTold = [
  '✓ Prepare',
  '✓ Structure',
  '✓ Copy',
  '✓ Indexes',
  '✓ Follow',
  '✓ Fence',
  '✓ Drain',
  '✓ Align',
  '✓ Compare',
  '✓ Release',
]

test.each(transports)(
  'a migration lives its whole life in Slack, over %s',
  async (transport) => {
    await using writer = await createRole('source')
    await using source = await createDatabase('source')
    await using target = await createDatabase('target')
    await source.query(shopSql + ledgerSql)
    await using town = await startBotTown(transport)
    await using _worker = startTestWorker(town.api.stores)
    const { slack, api, maya, ben, channel } = town
    await makeKnown(town, source, target)
    await using writers = await startWriters(source, [writer, writer], { pauseMs: 20 })

    await slack.as(maya).type(channel, '/migrate new')
    const modal = await slack.waitForModal(maya)
    for (const side of ['From', 'To']) await slack.as(maya).search(modal, side, 'shop')
    await slack.as(maya).submit(modal, { From: 'old-shop', To: 'new-shop' })
    expect(slack.as(maya).modal()).toBeUndefined()

    const card = await waitForButton(town, 'migration.start')
    await slack.as(maya).click(card, 'Start')
    const following = await waitForButton(town, 'cutover.plan')
    expect(following.ts).toBe(card.ts)

    await slack.as(maya).click(following, 'Plan cutover…')
    await slack.as(maya).submit(await slack.waitForModal(maya))
    const plan = await waitForButton(town, 'cutover.approve')
    expect(plan.text).toContain(`<@${ben.id}>`)
    await slack.as(maya).click(plan, 'Approve', { confirm: true })
    await town.heard(maya, 'APPROVAL_REFUSED')
    await slack.as(ben).click(plan, 'Approve', { confirm: true })

    // Its card offers it, too.
    const approved = await waitForButton(town, 'cutover.execute', plan)
    await slack.as(maya).click(approved, 'Complete now…', { confirm: true })
    const completed = await waitForButton(town, 'migration.clean-up')
    await writers.stop()
    await orSay(
      town,
      slack.until('a card that is completed', () =>
        slack.message(card)?.text.includes('Completed') === true ? true : undefined,
      ),
    )
    const told = await waitForLines(town, card, '✓ Release')

    expect(differencesOf(await compareDatabases(settingsOf(source), settingsOf(target)))).toEqual([])
    const { rows } = await target.query<{ id: string }>('select id::text from ledger')
    const arrived = new Set(rows.map(({ id }) => id))
    expect([...writers.committed].filter((id) => !arrived.has(id))).toEqual([])

    const known = [card, plan, completed].map(({ ts }) => ts)
    const said = slack.messages(channel).filter(({ ts }) => !known.includes(ts))
    expect(slack.messages(channel)).toHaveLength(known.length + said.length)
    expect(said.map(({ text }) => /has (\w+)/.exec(text)?.[1])).toEqual(['made', 'planned'])
    expect(told).toEqual([...new Set(told)])
    expect(stepsTold.filter((step) => !told.some((line) => line.includes(step)))).toEqual([])
    expect(refusedCalls(town)).toEqual([])

    const { items } = await api.stores.audit.list({ first: 100 })
    const done = items.map(({ item }) => [item.operation, item.actor.onBehalfOf] as const)
    expect(done.filter(([, person]) => person !== undefined).toReversed()).toEqual([
      ['migration.create', maya.email],
      ['migration.verify', maya.email],
      ['migration.start', maya.email],
      ['migration.planCutover', maya.email],
      ['migration.approveCutover', ben.email],
      ['migration.complete', maya.email],
    ])
  },
  180_000,
)

/** What an operator has done before anybody comes in Slack: two endpoints, and who must approve. */
async function makeKnown({ api, ben }: BotTown, source: TestDatabase, target: TestDatabase): Promise<void> {
  const context = { actor: { kind: 'system', id: 'test', name: 'test' } } as const
  await api.stores.endpoints.create({ name: 'old-shop', connection: settingsOf(source) }, context)
  await api.stores.endpoints.create({ name: 'new-shop', connection: settingsOf(target) }, context)
  const rule = { name: 'dba', required: 1, people: [ben.email] }
  await api.mutate('createApprovalRule', rule, 'rule { name }')
}

/** Waits for the message of the channel that has such a button, or for `only`; says what there is instead when it does not come. */
async function waitForButton(town: BotTown, actionId: string, only?: Message): Promise<Message> {
  const { slack, channel } = town
  const has = ({ ts, blocks }: Message) =>
    (only === undefined || ts === only.ts) && JSON.stringify(blocks).includes(`"action_id":"${actionId}"`)
  const find = () => slack.messages(channel).findLast(has)
  return await orSay(town, slack.until(`a message with a button ${actionId}`, find, 60_000))
}

/** The events that the thread tells, when it tells the one. */
async function waitForLines(town: BotTown, card: Message, last: string): Promise<string[]> {
  const { slack } = town
  const lines = () =>
    slack
      .thread(card)
      .flatMap(({ blocks }) => blocks)
      .filter(({ type }) => type === 'context')
      .map((block) => JSON.stringify(block))
  const find = () => (lines().some((line) => line.includes(last)) ? lines() : undefined)
  return await orSay(town, slack.until(`a thread that tells ${last}`, find))
}

async function orSay<T>({ slack, channel, maya }: BotTown, waiting: Promise<T>): Promise<T> {
  return await waiting.catch((cause: unknown) => {
    const seen = [...slack.messages(channel), ...slack.ephemerals(maya)].map(({ text }) => text)
    throw new Error(`${String(cause)}; there is\n${seen.join('\n')}`, { cause })
  })
}

/** What the app has asked of Slack, and Slack has not taken. */
function refusedCalls({ slack }: BotTown): unknown[] {
  return slack.calls
    .filter(({ method, status, answer }) => status !== 200 || (method !== 'response_url' && !answer.ok))
    .map(({ method, status, answer }) => [method, status, answer])
}
