import type { Role } from '../people/index.ts'

export interface VerbEntry {
  readonly group: 'begin' | 'watch' | 'drive' | 'finish' | 'know'
  /** What may follow, such as `[id] [when]`. */
  readonly takes:
    '' | '[all]' | '[from] [to]' | '<id>' | '[id]' | '[id] [when]' | '[id] [how long]' | '[command]'
  /** One line for the list of all. */
  readonly does: string
  /** What else `help <verb>` says. */
  readonly more: string
  readonly examples: readonly string[]
  readonly needs: Role
}

const latest = 'Without an id it is about the latest active migration of the channel.'

/** All that can be typed. Help, usage hint and suggestions are made from here. */
const verbs = {
  new: {
    group: 'begin',
    takes: '[from] [to]',
    does: 'Move a database: asks from where, to where, and what.',
    more: 'From and to are names of endpoints. Nothing is changed before you start it.',
    examples: ['new', 'new old-shop new-shop'],
    needs: 'operate',
  },
  list: {
    group: 'watch',
    takes: '[all]',
    does: 'See the migrations that are not over, or all.',
    more: 'Only you see the answer.',
    examples: ['list', 'list all'],
    needs: 'read',
  },
  status: {
    group: 'watch',
    takes: '[id]',
    does: 'See where it is, only for you.',
    more: latest,
    examples: ['status', 'status m-7f3k'],
    needs: 'read',
  },
  watch: {
    group: 'watch',
    takes: '<id>',
    does: 'Show its card in this channel, and keep it up to date.',
    more: 'From then on its commands work here without an id. /migrate list shows the ids.',
    examples: ['watch m-7f3k'],
    needs: 'operate',
  },
  verify: {
    group: 'begin',
    takes: '[id]',
    does: 'Check whether it can run, and what to mend.',
    more: `Changes nothing on either side. ${latest}`,
    examples: ['verify', 'verify m-7f3k'],
    needs: 'operate',
  },
  start: {
    group: 'begin',
    takes: '[id]',
    does: 'Start it.',
    more: `The source stays in use all the time. ${latest}`,
    examples: ['start', 'start m-7f3k'],
    needs: 'operate',
  },
  schedule: {
    group: 'begin',
    takes: '[id] [when]',
    does: 'Start it by itself later.',
    more: `It is verified again just before. Times are those of your clock. ${latest}`,
    examples: ['schedule', 'schedule m-7f3k tomorrow 02:00'],
    needs: 'operate',
  },
  pause: {
    group: 'drive',
    takes: '[id]',
    does: 'Stop it where it can go on.',
    more: `The source keeps its log meanwhile, which fills its disk: do not pause for long. ${latest}`,
    examples: ['pause', 'pause m-7f3k'],
    needs: 'operate',
  },
  resume: {
    group: 'drive',
    takes: '[id]',
    does: 'Go on after a pause.',
    more: latest,
    examples: ['resume'],
    needs: 'operate',
  },
  retry: {
    group: 'drive',
    takes: '[id]',
    does: 'Go on after a failure, from the last checkpoint.',
    more: `Mend what the card names first. ${latest}`,
    examples: ['retry'],
    needs: 'operate',
  },
  compare: {
    group: 'watch',
    takes: '[id]',
    does: 'See how the rows of both sides compare.',
    more: `Rows are counted during the cutover, while writers wait. ${latest}`,
    examples: ['compare'],
    needs: 'read',
  },
  cutover: {
    group: 'finish',
    takes: '[id]',
    does: 'Plan the switch to the target, and ask for approval.',
    more: `Says how long writers are going to wait. ${latest}`,
    examples: ['cutover'],
    needs: 'operate',
  },
  complete: {
    group: 'finish',
    takes: '[id]',
    does: 'Switch to the target, by the approved plan.',
    more: `Writers wait until the target has taken over. ${latest}`,
    examples: ['complete'],
    needs: 'operate',
  },
  cancel: {
    group: 'finish',
    takes: '[id]',
    does: 'Give it up.',
    more: `Godwit removes what it made on the source. Rows on the target stay. ${latest}`,
    examples: ['cancel m-7f3k'],
    needs: 'operate',
  },
  mute: {
    group: 'drive',
    takes: '[id] [how long]',
    does: 'Silence its alarms for a while.',
    more: `Shows first what that would have hidden. Alarms that tell of lost data are never silenced. ${latest}`,
    examples: ['mute 30m', 'mute m-7f3k 2h'],
    needs: 'operate',
  },
  endpoints: {
    group: 'watch',
    takes: '',
    does: 'See the databases that Godwit knows, or add one.',
    more: 'Passwords are entered through a one-time link, never here.',
    examples: ['endpoints'],
    needs: 'read',
  },
  whoami: {
    group: 'know',
    takes: '',
    does: 'See what you may do, and why.',
    more: 'Only you see the answer.',
    examples: ['whoami'],
    needs: 'read',
  },
  help: {
    group: 'know',
    takes: '[command]',
    does: 'See this, or more about one command.',
    more: 'Only you see the answer.',
    examples: ['help', 'help schedule'],
    needs: 'read',
  },
} as const satisfies Readonly<Record<string, VerbEntry>>

export type Verb = keyof typeof verbs

export const verbNames: readonly Verb[] = Object.keys(verbs).filter(isVerb)

export function isVerb(word: string): word is Verb {
  return Object.hasOwn(verbs, word)
}

export function entryOf(verb: Verb): VerbEntry {
  return verbs[verb]
}

/** Such as `/migrate pause [id]`. */
export function usageOf(verb: Verb): string {
  return `/migrate ${verb} ${verbs[verb].takes}`.trimEnd()
}

/** Of the manifest: what Slack shows while somebody types. */
export function usageHint(): string {
  return `[${verbNames.join(' | ')}] [id]`
}
