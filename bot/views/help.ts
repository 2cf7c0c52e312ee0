import { entryOf, usageOf, type Verb, type VerbEntry, verbNames } from '../commands/verbs.ts'
import { actionIds } from './action-ids.ts'
import { actions, button } from './blocks/buttons.ts'
import { context, header, lines, section } from './blocks/layout.ts'
import { message, type SlackMessage } from './message.ts'
import { code, given, join, mrkdwn } from './mrkdwn.ts'

const groups: Readonly<Record<VerbEntry['group'], string>> = {
  begin: 'Begin',
  watch: 'Watch',
  drive: 'Drive',
  finish: 'Finish',
  know: 'Find out',
}

/** All commands, a line each. */
export function help(): SlackMessage {
  const sections = Object.entries(groups).map(([group, title]) => {
    const rows = verbNames
      .filter((verb) => entryOf(verb).group === group)
      .map((verb) => mrkdwn`${code(usageOf(verb))}  ${entryOf(verb).does}`)
    return section(lines(mrkdwn`*${title}*`, ...rows))
  })
  return message({
    text: mrkdwn`Commands: ${join(
      verbNames.map((verb) => mrkdwn`/migrate ${verb}`),
      ', ',
    )}`,
    blocks: [
      header('Godwit moves PostgreSQL databases while they are in use'),
      ...sections,
      context(
        mrkdwn`Everything a command does, a button on the card does too. ${code('/migrate help start')} says more.`,
      ),
      ...actions('help', [button({ text: 'New migration…', action: actionIds.new, style: 'primary' })]),
    ],
  })
}

/** One command. */
export function helpFor(verb: Verb): SlackMessage {
  const { does, more, takes, needs, examples } = entryOf(verb)
  const says = mrkdwn`${does} ${given(more, 300)}`
  const role = mrkdwn`Needs the role ${needs}; ${code('/migrate whoami')} says which you have.`
  const shown = join(
    examples.map((example) => code(`/migrate ${example}`)),
    ' or ',
  )
  return message({
    text: mrkdwn`${usageOf(verb)}: ${says} ${role}`,
    blocks: [
      section(lines(code(usageOf(verb)), says)),
      ...(takes === '' ? [] : [context(mrkdwn`For example ${shown}`)]),
      context(role),
    ],
  })
}
