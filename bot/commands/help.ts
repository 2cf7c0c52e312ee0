import type { CommandHandler } from '../registry.ts'
import type { OutgoingMessage } from '../slack/index.ts'
import { suggestionFor } from './unknown.ts'
import { escapeFallback, mrkdwnSection } from './text.ts'
import { entryOf, isVerb, type Verb, verbNames } from './verbs.ts'

const intro = 'Without an id, a command is about the latest active migration of this channel.'

export const help: CommandHandler = {
  async run(turn, [word]) {
    if (word === undefined) return turn.tell(helpForAll())
    const verb = word.toLowerCase()
    await turn.tell(isVerb(verb) ? helpFor(verb) : suggestionFor(word, 'help'))
  },
}

function helpForAll(): OutgoingMessage {
  const lines = verbNames.map((verb) => `\`${commandOf(verb)}\` — ${entryOf(verb).summary}`)
  const text = ['*`/migrate`* — what is running in this channel', ...lines].join('\n')
  return {
    text: escapeFallback(`/migrate can be followed by ${verbNames.join(', ')}.`),
    blocks: [mrkdwnSection(text), { type: 'context', elements: [{ type: 'mrkdwn', text: intro }] }],
  }
}

function helpFor(verb: Verb): OutgoingMessage {
  const { summary, details, needs, examples = [] } = entryOf(verb)
  const lines = [
    `*\`${commandOf(verb)}\`*`,
    summary,
    ...(details === undefined ? [] : [details]),
    ...examples.map((example) => `For example \`/migrate ${example}\``),
    `Needs the role *${needs}*. \`/migrate whoami\` says which you have.`,
  ]
  return {
    text: escapeFallback(`${commandOf(verb)}: ${summary}`),
    blocks: [mrkdwnSection(lines.join('\n'))],
  }
}

function commandOf(verb: Verb): string {
  return `/migrate ${verb} ${entryOf(verb).usage}`.trimEnd()
}
