/** What people wait for does not stand behind what may wait. */
import { expect, test } from 'vitest'
import { startBotTown } from '../support/bot.ts'
import { countingRegistry } from './counting.ts'

test('while progress is limited, an alarm and the answer to a person arrive', async () => {
  const { registry } = countingRegistry()
  const message = (text: string) => ({ text, blocks: [] })
  const limited = Promise.withResolvers<void>()
  let progress: Promise<unknown> | undefined
  await using town = await startBotTown('http', {
    registry: {
      ...registry,
      bare: {
        run: async (turn) => {
          const { outgoing, workspaceId, channelId } = turn
          const place = { channel: channelId ?? '' }
          const posted = await outgoing.post(workspaceId, 'progress', place, message('card'))
          progress = outgoing.update(workspaceId, 'progress', posted, message('progress'))
          progress.catch(() => undefined)
          await limited.promise
          await outgoing.post(workspaceId, 'first', place, message('alarm'))
          await turn.tell(message('told'))
        },
      },
    },
  })
  const { slack, maya, channel } = town
  const fault = slack.faults.inject({
    method: 'chat.update',
    answer: { kind: 'rate limited', retryAfterS: 3600 },
  })
  await slack.as(maya).type(channel, '/migrate')
  await slack.untilCalled('chat.update', ({ status }) => status === 429)
  limited.resolve()
  await town.heard(maya, 'told')
  expect(slack.messages(channel).map(({ text }) => text)).toEqual(['card', 'alarm'])
  expect(fault.hits()).toBe(1)
  await town.stopBot()
  await expect(progress).rejects.toThrow('The bot stops')
})
