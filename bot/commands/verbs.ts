import type { Role } from '../people/index.ts'

interface VerbEntry {
  /** Such as `[id] [when]`. */
  readonly usage: string
  /** One line for the list of all. */
  readonly summary: string
  /** What else `help <verb>` says. */
  readonly details?: string
  readonly needs: Role
  readonly examples?: readonly string[]
}

const ofMigration = '[id]'

/** All that can be typed, in the order of the help. Help, usage hint and suggestions are made from here. */
const verbs = {
  new: {
    usage: '',
    summary: 'Plan a migration: which databases, which objects, when.',
    needs: 'operate',
  },
  list: { usage: '', summary: 'All migrations that are not over.', needs: 'read' },
  status: { usage: ofMigration, summary: 'How a migration is doing, for you only.', needs: 'read' },
  watch: {
    usage: ofMigration,
    summary: 'Bring a migration, and its card, to this channel.',
    needs: 'operate',
  },
  verify: {
    usage: ofMigration,
    summary: 'Check that a migration can work, before it starts.',
    needs: 'operate',
  },
  start: { usage: ofMigration, summary: 'Start a migration.', needs: 'operate' },
  schedule: {
    usage: '[id] [when]',
    summary: 'Start a migration at a time that you choose.',
    needs: 'operate',
    examples: ['schedule m-7f3k 22:30', 'schedule m-7f3k tomorrow 06:00'],
  },
  pause: { usage: ofMigration, summary: 'Pause a migration. Nothing is lost.', needs: 'operate' },
  resume: { usage: ofMigration, summary: 'Go on with a migration that was paused.', needs: 'operate' },
  retry: {
    usage: ofMigration,
    summary: 'Go on from the last checkpoint of a migration that failed.',
    needs: 'operate',
  },
  compare: { usage: ofMigration, summary: 'Compare the data of source and target.', needs: 'operate' },
  cutover: {
    usage: ofMigration,
    summary: 'Plan the cutover and ask for its approval.',
    needs: 'operate',
  },
  complete: {
    usage: ofMigration,
    summary: 'Finish a migration whose cutover is done.',
    needs: 'operate',
  },
  cancel: { usage: ofMigration, summary: 'Give a migration up and clean up behind it.', needs: 'operate' },
  mute: {
    usage: '[id] [time]',
    summary: 'Keep the alarms of a migration quiet for a while.',
    needs: 'operate',
    examples: ['mute 30m', 'mute m-7f3k 2h'],
  },
  endpoints: { usage: '', summary: 'The databases that Godwit knows; add one.', needs: 'read' },
  whoami: { usage: '', summary: 'What you may do here, and why.', needs: 'read' },
  help: { usage: '[verb]', summary: 'This help, or that of one verb.', needs: 'read' },
} as const satisfies Record<string, VerbEntry>

export type Verb = keyof typeof verbs

export const verbNames: readonly Verb[] = Object.keys(verbs).filter(isVerb)

export function isVerb(word: string): word is Verb {
  return Object.hasOwn(verbs, word)
}

/** One verb as the help needs it. */
export function entryOf(verb: Verb): VerbEntry {
  return verbs[verb]
}

/** Of the manifest: what Slack shows while somebody types. */
export function usageHint(): string {
  return `[${verbNames.join(' | ')}] [id]`
}
