import { called, channelOf, chooseMigration, done, noSuchMigration } from '../migrations/index.ts'
import { type ChannelPlace, isAt } from '../notify/index.ts'
import type { CommandHandler } from '../registry.ts'
import { SlackCallError } from '../slack/index.ts'
import type { Turn } from '../turn.ts'
import { type MigrationCard, refusal } from '../views/index.ts'
import { sentence } from '../views/message.ts'
import { mrkdwn } from '../views/mrkdwn.ts'
import { invitation } from '../views/words/invitation.ts'

/** Brings a migration to the channel: its card is posted here, and its commands are given here. */
export const watch: CommandHandler = {
  async run(turn, [id]) {
    const here = channelOf(turn)
    if (here === null) return turn.tell(refusal(noChannel))
    if (id === undefined) return turn.tell(refusal(noId))
    const migration = await chooseMigration(turn, id, { fromAnywhere: true })
    if (migration === null) return
    const home = await turn.homes.find(migration.shortId)
    if (home !== null && isAt(home, here))
      return turn.tell(sentence(mrkdwn`The card of ${called(migration)} is in this channel already.`))
    if (turn.person.role === 'read') return turn.tell(refusal(mayOnlyRead))
    const requester = turn.person.userId
    const { shortId } = migration
    if (!(await announce(turn, here, migration))) return turn.tell(refusal(notHere))
    if (!(await turn.reach.claim(shortId))) return turn.tell(noSuchMigration(shortId))
    await turn.homes.moveIn({ ...here, shortId, requester, since: 'now' })
  },
}

/** As the card is posted later: where the bot may not, nothing is moved. */
async function announce(
  turn: Turn,
  { team, channel }: ChannelPlace,
  migration: MigrationCard,
): Promise<boolean> {
  const message = done(turn.person.name, mrkdwn`has brought ${called(migration)} to this channel`)
  try {
    await turn.outgoing.post(team, 'first', { channel }, message)
    return true
  } catch (error) {
    if (!(error instanceof SlackCallError) || error.failure !== 'gone') throw error
    return false
  }
}

const notHere = {
  message: 'I cannot post in this channel, so nothing was moved.',
  remedy: invitation,
}

const noId = {
  message: 'Say which migration is to be shown in this channel, by its id.',
  remedy: 'Type for example /migrate watch m-7f3k. /migrate list shows the ids.',
}

const noChannel = {
  message: 'A card belongs in a channel, where others see it.',
  remedy: 'Type the command in the channel that is to have the card.',
}

const mayOnlyRead = {
  message: 'Bringing a migration to a channel needs the role operate, and yours is read.',
  remedy: '/migrate whoami says why. Look at the migration with /migrate status.',
}
