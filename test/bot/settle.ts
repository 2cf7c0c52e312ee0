import type { Migration } from '../../engine/index.ts'
import type { BotTown } from '../support/bot.ts'
import { waitFor } from '../support/wait-for.ts'
import type { Channel, Message } from '../support/slack/index.ts'

/** Makes a migration belong to a channel of its own, in which everyone of the town is. */
export async function settleIn(town: BotTown, { shortId }: Pick<Migration, 'shortId'>): Promise<Channel> {
  const { slack, maya, workspace, ben, ola } = town
  const channel = slack.addChannel(workspace, `c-${shortId}`, { members: [maya, ben, ola] })
  await slack.as(maya).type(channel, `/migrate watch ${shortId}`)
  await saidIn(town, channel, 'to this channel')
  await waitFor(async () => (await homeOf(town, shortId)) === channel.id, {
    describe: async () => `${shortId} to be in ${channel.id}; it is in ${await homeOf(town, shortId)}`,
  })
  return channel
}

/** The id of the channel in which its card is, or is about to be. */
export async function homeOf({ api }: BotTown, shortId: string): Promise<string | undefined> {
  const { data } = await api.query<{ readonly botRecord: { readonly value: { channel: string } } | null }>(
    `{ botRecord(namespace: "slack", key: "card/${shortId}") { value } }`,
  )
  return data?.botRecord?.value.channel
}

/** Waits for a message that everyone in the channel sees. */
export async function saidIn({ slack }: BotTown, channel: Channel, text: string): Promise<Message> {
  try {
    return await slack.waitForMessage(
      (message) =>
        message.channelId === channel.id && message.ephemeralTo === undefined && message.text.includes(text),
    )
  } catch (cause) {
    const said = slack.messages(channel).map((message) => message.text)
    throw new Error(`nobody said “${text}” in #${channel.name}, but: ${JSON.stringify(said)}`, { cause })
  }
}
