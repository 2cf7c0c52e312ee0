/** What the newer blocks of Slack show, and what a workspace sees that does not know them. */
import { expect, test } from 'vitest'
import { makeFollowing, noLag } from '../../db/fixtures.ts'
import { startBotTown } from '../../support/bot.ts'

test('progress is a plan and lag a chart; a workspace without such blocks sees the same in words', async () => {
  await using town = await startBotTown('http')
  const { slack, api, maya, channel, workspace } = town
  const { migration, lease } = await makeFollowing(api.stores)
  for (const seconds of [3, 8]) await api.stores.runs.addLagSample(lease, { ...noLag, seconds })
  await slack.as(maya).type(channel, `/migrate status ${migration.shortId}`)
  const card = await town.heard(maya, 'migration.more')
  const seeBlocks = async (item: string, text: string) => {
    const before = slack.ephemerals(maya).length
    await slack.as(maya).select(card, { actionId: 'migration.more' }, item)
    const shown = await slack.until(`what “${item}” shows`, () =>
      slack
        .ephemerals(maya)
        .slice(before)
        .find((message) => JSON.stringify(message.blocks).includes(text)),
    )
    return shown.blocks.map(({ type }) => type)
  }
  expect(await seeBlocks('Progress', 'task_card')).toContain('plan')
  expect(await seeBlocks('Lag', 'Lag in seconds')).toContain('data_visualization')
  Object.assign(workspace, { blocks: 'without newer blocks' })
  expect(await seeBlocks('Progress', 'Following')).toEqual(['context', 'section'])
  expect(await seeBlocks('Lag', 'Lag now 8')).toEqual(['context', 'section', 'context'])
})
