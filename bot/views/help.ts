import { actionIds } from './action-ids.ts'
import { actions, button } from './blocks/buttons.ts'
import { context, header, lines, section } from './blocks/layout.ts'
import { message, type SlackMessage } from './message.ts'
import { code, given, join, mrkdwn } from './mrkdwn.ts'

interface VerbHelp {
  readonly group: 'begin' | 'watch' | 'drive' | 'finish' | 'know'
  /** What may follow. */
  readonly takes: string
  readonly does: string
  readonly more: string
  readonly examples: readonly string[]
}

const latest = 'Without an id it is about the latest active migration of the channel.'

/** Every command. */
const verbs = {
  new: {
    group: 'begin',
    takes: '',
    does: 'Move a database: asks from where, to where, and what.',
    more: 'Nothing is changed before you start it.',
    examples: ['new'],
  },
  verify: {
    group: 'begin',
    takes: '[id]',
    does: 'Check whether it can run, and what to mend.',
    more: `Changes nothing on either side. ${latest}`,
    examples: ['verify', 'verify m-7f3k'],
  },
  start: {
    group: 'begin',
    takes: '[id]',
    does: 'Start it.',
    more: `The source stays in use all the time. ${latest}`,
    examples: ['start', 'start m-7f3k'],
  },
  schedule: {
    group: 'begin',
    takes: '[id] [when]',
    does: 'Start it by itself later.',
    more: `It is verified again just before. Times are those of your clock. ${latest}`,
    examples: ['schedule', 'schedule m-7f3k tomorrow 02:00'],
  },
  status: {
    group: 'watch',
    takes: '[id]',
    does: 'See where it is, only for you.',
    more: latest,
    examples: ['status', 'status m-7f3k'],
  },
  watch: {
    group: 'watch',
    takes: '[id]',
    does: 'Show its card in this channel, and keep it up to date.',
    more: `From then on its commands work here without an id. ${latest}`,
    examples: ['watch m-7f3k'],
  },
  compare: {
    group: 'watch',
    takes: '[id]',
    does: 'See how the rows of both sides compare.',
    more: `Rows are counted during the cutover, while writers wait. ${latest}`,
    examples: ['compare'],
  },
  list: {
    group: 'watch',
    takes: '',
    does: 'See all migrations.',
    more: 'Only you see the answer.',
    examples: ['list'],
  },
  endpoints: {
    group: 'watch',
    takes: '',
    does: 'See the databases that Godwit knows, or add one.',
    more: 'Passwords are entered through a one-time link, never here.',
    examples: ['endpoints'],
  },
  pause: {
    group: 'drive',
    takes: '[id]',
    does: 'Stop it where it can go on.',
    more: `The source keeps its log meanwhile, which fills its disk: do not pause for long. ${latest}`,
    examples: ['pause', 'pause m-7f3k'],
  },
  resume: {
    group: 'drive',
    takes: '[id]',
    does: 'Go on after a pause.',
    more: latest,
    examples: ['resume'],
  },
  retry: {
    group: 'drive',
    takes: '[id]',
    does: 'Go on after a failure, from the last checkpoint.',
    more: `Mend what the card names first. ${latest}`,
    examples: ['retry'],
  },
  mute: {
    group: 'drive',
    takes: '[id] [how long]',
    does: 'Silence its alarms for a while.',
    more: `Shows first what that would have hidden. Alarms that tell of lost data are never silenced. ${latest}`,
    examples: ['mute 30m', 'mute m-7f3k 2h'],
  },
  cutover: {
    group: 'finish',
    takes: '[id]',
    does: 'Plan the switch to the target, and ask for approval.',
    more: `Says how long writers are going to wait. ${latest}`,
    examples: ['cutover'],
  },
  complete: {
    group: 'finish',
    takes: '[id]',
    does: 'Switch to the target, by the approved plan.',
    more: `Writers wait until the target has taken over. ${latest}`,
    examples: ['complete'],
  },
  cancel: {
    group: 'finish',
    takes: '[id]',
    does: 'Give it up.',
    more: `Godwit removes what it made on the source. Rows on the target stay. ${latest}`,
    examples: ['cancel m-7f3k'],
  },
  whoami: {
    group: 'know',
    takes: '',
    does: 'See what you may do, and why.',
    more: 'Only you see the answer.',
    examples: ['whoami'],
  },
  help: {
    group: 'know',
    takes: '[command]',
    does: 'See this, or more about one command.',
    more: 'Only you see the answer.',
    examples: ['help', 'help schedule'],
  },
} as const satisfies Readonly<Record<string, VerbHelp>>

export type Verb = keyof typeof verbs

const groups: Readonly<Record<VerbHelp['group'], string>> = {
  begin: 'Begin',
  watch: 'Watch',
  drive: 'Drive',
  finish: 'Finish',
  know: 'Find out',
}

/** All commands, a line each. */
export function help(): SlackMessage {
  const all: readonly (readonly [string, VerbHelp])[] = Object.entries(verbs)
  const sections = Object.entries(groups).map(([group, title]) => {
    const rows = all
      .filter(([, verb]) => verb.group === group)
      .map(([name, verb]) => mrkdwn`${code(usage(name, verb))}  ${verb.does}`)
    return section(lines(mrkdwn`*${title}*`, ...rows))
  })
  return message({
    text: mrkdwn`Commands: ${join(
      all.map(([name]) => mrkdwn`/migrate ${name}`),
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
export function helpFor(name: Verb): SlackMessage {
  const verb: VerbHelp = verbs[name]
  const examples = verb.examples.map((example) => code(`/migrate ${example}`))
  return message({
    text: mrkdwn`${usage(name, verb)}: ${verb.does} ${given(verb.more, 300)}`,
    blocks: [
      section(lines(code(usage(name, verb)), mrkdwn`${verb.does} ${given(verb.more, 300)}`)),
      ...(verb.takes === '' ? [] : [context(mrkdwn`For example ${join(examples, ' or ')}`)]),
    ],
  })
}

function usage(name: string, { takes }: VerbHelp): string {
  return takes === '' ? `/migrate ${name}` : `/migrate ${name} ${takes}`
}
