/** What the newer blocks of Slack show, and what a workspace sees that does not know them. */
import { expect, test } from 'vitest'
import { makeFollowing, noLag } from '../../db/fixtures.ts'
import { startBotTown } from '../../support/bot.ts'
import type { Message, User } from '../../support/slack/index.ts'

test('progress is a plan and lag a chart; a workspace without such blocks sees the same in words', async () => {
  await using town = await startBotTown('http')
  const { slack, api, maya, ben, channel, workspace } = town
  const { migration, lease } = await makeFollowing(api.stores)
  await api.stores.runs.addLagSample(lease, { ...noLag, seconds: 3 })
  // A chart has a point for each few seconds.
  await api.database.query(`update godwit_control.lag_samples set at = at - interval '1 minute'`)
  await api.stores.runs.addLagSample(lease, { ...noLag, seconds: 8 })
  const openMenu = async (user: User) => {
    await slack.as(user).type(channel, `/migrate status ${migration.shortId}`)
    return town.heard(user, 'migration.more')
  }
  const seeBlocks = async (user: User, card: Message, item: string, text: string) => {
    const before = slack.ephemerals(user).length
    await slack.as(user).select(card, { actionId: 'migration.more' }, item)
    const shown = await slack.until(`what “${item}” shows`, () =>
      slack
        .ephemerals(user)
        .slice(before)
        .find((message) => JSON.stringify(message.blocks).includes(text)),
    )
    return shown.blocks.map(({ type }) => type)
  }
  const mine = await openMenu(maya)
  expect(await seeBlocks(maya, mine, 'Progress', 'task_card')).toContain('plan')
  expect(await seeBlocks(maya, mine, 'Lag', 'Lag in seconds')).toContain('data_visualization')
  Object.assign(workspace, { blocks: 'without newer blocks' })
  // Another person: the same click of the same one would soon after be taken for a double click.
  const other = await openMenu(ben)
  expect(await seeBlocks(ben, other, 'Progress', 'Following')).toEqual(['context', 'section'])
  expect(await seeBlocks(ben, other, 'Lag', 'Lag now 8')).toEqual(['context', 'section', 'context'])
})
