import { migrationCard, type SlackMessage } from '../../../bot/views/index.ts'
import { cards, now } from './samples.ts'

/** Gives data as it is, or with other texts in it. */
export type Change = <T>(data: T) => T

/** Makes a message of samples that were changed before. */
export type Render = (change: Change) => SlackMessage

function each<T>(
  view: string,
  samples: Readonly<Record<string, T>>,
  render: (sample: T) => SlackMessage,
): Readonly<Record<string, Render>> {
  return Object.fromEntries(
    Object.entries(samples).map(([name, sample]) => [
      `${view}.${name}`,
      (change: Change) => render(change(sample)),
    ]),
  )
}

/** Every message that the bot can send, by the name of its golden file. */
export const everyMessage: Readonly<Record<string, Render>> = {
  ...each('card', cards, (card) => migrationCard(card, now)),
}
