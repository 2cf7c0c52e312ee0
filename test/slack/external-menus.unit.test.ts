/** Menus whose options come from the app. */
import { describe, expect, test } from 'vitest'
import { openModal } from './bolt-actions.ts'
import { startBolt } from './bolt-app.ts'
import { input, modal, repeat } from './samples.ts'

describe('external menus', () => {
  const offered = (count: number) =>
    repeat(count, (index) => ({
      text: { type: 'plain_text' as const, text: `o${index}` },
      value: `${index}`,
    }))
  const menu = input('Source', { type: 'external_select', action_id: 'source', min_query_length: 2 })

  test('ask for a hundred options at most, and not before enough was typed', async () => {
    await using bot = await startBolt('http')
    const open = await openModal(bot, modal(menu))
    const maya = bot.slack.as(bot.maya)
    let count = 100
    bot.app.options('source', async ({ ack }) => ack({ options: offered(count) }))
    await expect(maya.search(open, 'Source', 'a')).rejects.toThrow(/at least 2/)
    expect(await maya.search(open, 'Source', 'ab')).toHaveLength(100)
    count = 101
    await expect(maya.search(open, 'Source', 'ab')).rejects.toThrow(/no more than 100/)
  })

  test('several may be chosen, as many as allowed', async () => {
    await using bot = await startBolt('http')
    const objects = { type: 'multi_external_select', action_id: 'objects', max_selected_items: 2 }
    const open = await openModal(bot, modal(input('Objects', { ...objects, min_query_length: 1 })))
    const maya = bot.slack.as(bot.maya)
    bot.app.options('objects', async ({ ack }) => ack({ options: offered(3) }))
    await maya.search(open, 'Objects', 'o')
    const { state } = maya.fill(open, { Objects: ['o0', 'o2'] })
    expect(state.objects?.objects?.selected_options).toMatchObject([{ value: '0' }, { value: '2' }])
    expect(() => maya.fill(open, { Objects: ['o0', 'o1', 'o2'] })).toThrow(/no more than 2/)
  })

  test('keep what was chosen when something else is searched for, and do not mix with others of the same name', async () => {
    await using bot = await startBolt('http')
    const menuIn = (label: string) =>
      input(label, { type: 'multi_external_select', action_id: 'endpoint', min_query_length: 1 })
    const open = await openModal(bot, modal(menuIn('Source'), menuIn('Target')))
    const maya = bot.slack.as(bot.maya)
    bot.app.options('endpoint', async ({ ack, options }) =>
      ack({ options: [{ text: { type: 'plain_text', text: options.value }, value: options.value }] }),
    )
    await maya.search(open, { blockId: 'source' }, 'old')
    maya.fill(open, [[{ blockId: 'source' }, ['old']]])
    await maya.search(open, { blockId: 'source' }, 'new')
    const { state } = maya.fill(open, [[{ blockId: 'source' }, ['old', 'new']]])
    expect(state.source?.endpoint?.selected_options).toMatchObject([{ value: 'old' }, { value: 'new' }])
    expect(() => maya.fill(open, [[{ blockId: 'target' }, ['new']]])).toThrow(/no option/)
  })
})
