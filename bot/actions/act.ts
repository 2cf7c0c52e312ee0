import { type Act, actWords, called, channelOf, chooseMigration, done, perform } from '../migrations/index.ts'
import type { ActionHandler } from '../registry.ts'
import type { ActionDelivery } from '../slack/index.ts'
import type { Turn } from '../turn.ts'
import type { SlackMessage } from '../views/index.ts'
import { readButton } from './button.ts'

/** A button that changes a migration at once. */
export function actButton(act: Act): ActionHandler {
  return {
    async run(turn, action) {
      const button = await readButton(turn, action)
      const migration = button === null ? null : await chooseMigration(turn, button.m)
      if (button === null || migration === null) return
      const seen = { shortId: migration.shortId, version: button.v, acceptsWarnings: button.w === true }
      const changed = await perform(turn, act, seen)
      if (changed !== null)
        await tellOthers(turn, action, done(turn.person.name, actWords[act](called(changed))))
    },
  }
}

/** Of a click on what everyone sees, the message itself tells; else the others would not know. */
export async function tellOthers(turn: Turn, action: ActionDelivery, message: SlackMessage): Promise<void> {
  if (!isSeenByAll(turn, action)) await turn.say(message)
}

/** Whether it was done on a message that is kept up to date: those for one person only, and between them and the bot, are not. */
export function isSeenByAll(turn: Turn, { isEphemeral, messageTs }: ActionDelivery): boolean {
  return !isEphemeral && messageTs !== null && channelOf(turn) !== null
}
