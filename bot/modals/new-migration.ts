import { ApiError, graphql, payloadOf } from '../client/index.ts'
import { called, changes, channelOf, done } from '../migrations/index.ts'
import type { ModalHandler } from '../registry.ts'
import type { OpenView } from '../slack/index.ts'
import type { Turn } from '../turn.ts'
import { refusal, type SlackMessage } from '../views/index.ts'
import { readModalContext } from '../views/modals/context.ts'
import { inputIds, modalIds } from '../views/modals/ids.ts'
import { type BeginChoice, beginChoices, newMigrationModal } from '../views/modals/new-migration.ts'
import { type Mrkdwn, mrkdwn, none, when } from '../views/mrkdwn.ts'
import { inChannel, orErrors } from './about.ts'
import { choicesOf, momentOf, oneOf, type Refused, textOf } from './entered.ts'
import { type AlarmRule, readAlarms, setAlarms } from './first-alarms.ts'
import { readObjects } from './objects.ts'
import { aboutLine, readRenames, type TypedRename } from './renames.ts'
import { findEndpoints } from './search.ts'

const Create = graphql(`
  mutation CreateMigration($input: CreateMigrationInput!) {
    createMigration(input: $input) {
      __typename
      ... on CreateMigrationPayload {
        migration {
          shortId
          name
        }
      }
      ... on UserError {
        code
        message
        remedy
      }
      ... on ValidationError {
        field
      }
    }
  }
`)

/** `names`: of the endpoints from which and to which, as far as they were said. */
export async function openNewMigration(turn: Turn, names: readonly string[] = []): Promise<void> {
  const known = await findEndpoints(turn, names)
  const missing = names.find((name) => !known.has(name))
  if (missing !== undefined) return turn.tell(noSuchEndpoint(missing))
  const [source, target] = names.map((name) => known.get(name))
  const home = channelOf(turn)
  const modal = newMigrationModal({
    ...(home !== null && { c: home.channel }),
    ...(source !== undefined && { source }),
    ...(target !== undefined && { target }),
  })
  await turn.openModal(modal)
}

function noSuchEndpoint(name: string): SlackMessage {
  return refusal({
    message: `There is no endpoint “${name.slice(0, 100)}”, so nothing was done.`,
    remedy:
      'Say its name as /migrate endpoints shows it, in quotes if it has spaces, or /migrate new alone and choose there.',
  })
}

/**
 * Created, brought to its channel, and verified at once, which changes nothing on either side. Each step has an
 * idempotency key of its own: after a crash all of them are done once more, and come to the same.
 */
export const newMigration: ModalHandler = {
  async submit(from, view) {
    const chosen = textOf(view, inputIds.channel)
    const channel = chosen === '' ? readModalContext(view.privateMetadata)?.c : chosen
    const turn = inChannel(from, channel)
    const start = readStart(view, new Date())
    const rules = readAlarms(view)
    const renames = readRenames(view)
    const homeless = await findHomeless(turn)
    if ('errors' in start || 'errors' in rules || 'errors' in renames || homeless !== null) {
      const errors = {
        ...errorsIn(start),
        ...errorsIn(rules),
        ...errorsIn(renames),
        ...(homeless !== null && errorsIn(homeless)),
      }
      return { kind: 'errors', errors }
    }
    let migration: Created | undefined
    const answer = await orErrors({ person: turn.person, view }, modalIds.newMigration, async () => {
      migration = await create(turn, view, renames)
    })
    if (migration !== undefined) await goOn(turn, migration, { start, rules })
    return answer
  },
}

interface Created {
  readonly shortId: string
  readonly name: string
}

/** The migration is there: what fails now is told, and not shown in the modal, which would make another one. */
async function goOn(turn: Turn, migration: Created, { start, rules }: Wanted): Promise<void> {
  const { shortId } = migration
  const home = channelOf(turn)
  const arrival = { shortId, requester: turn.person.userId, since: 'beginning' } as const
  // Before all else: until then it belongs to nobody.
  await turn.reach.claim(shortId)
  if (home !== null) await turn.homes.moveIn({ ...home, ...arrival })
  const refused = await setAlarms(turn, migration, rules)
  if (start.begin !== 'verify') await turn.wishes.keep(shortId, wishOf(turn, start))
  await changes.verify(turn.api, { id: shortId, idempotencyKey: `${turn.deliveryKey}/verify` })
  // What Slack may not take comes last.
  await turn.say(
    done(turn.person.name, mrkdwn`has made ${called(migration)}, which is verified now${nextOf(start)}`),
  )
  if (refused !== null) await turn.tell(refused)
}

/** Without a channel nobody would be told of its alarms. Null when it has one, or the default one takes it. */
async function findHomeless(turn: Turn): Promise<Refused | null> {
  if (channelOf(turn) !== null || (await turn.findDefaultChannel()) !== null) return null
  return { errors: { [inputIds.channel]: 'Choose a channel, where others see its card and its alarms.' } }
}

function wishOf({ workspaceId, person, channelId, deliveryKey }: Turn, { startAt }: Start) {
  const { userId } = person
  return { team: workspaceId, userId, channel: channelId, startAt, key: deliveryKey }
}

function nextOf({ begin, startAt }: Start): Mrkdwn {
  if (begin === 'start') return mrkdwn`, and starts as soon as that has passed`
  return startAt === null ? none : mrkdwn`, and is to start ${when(startAt)}`
}

interface Wanted {
  readonly start: Start
  readonly rules: readonly AlarmRule[]
}

function errorsIn(read: Refused | object): Refused['errors'] {
  return 'errors' in read ? read.errors : {}
}

interface Start {
  readonly begin: BeginChoice
  /** Null unless it starts at a time. */
  readonly startAt: string | null
}

/** A schedule is made when verify has passed; until then nobody but the bot can say what is wrong with its time. */
function readStart(view: OpenView, now: Date): Start | Refused {
  const begin = oneOf(beginChoices, textOf(view, inputIds.begin)) ?? 'verify'
  const startAt = momentOf(view, inputIds.startAt)
  if (begin !== 'schedule') return { begin, startAt: null }
  if (startAt === null) return { errors: { [inputIds.startAt]: 'Choose when it is to start.' } }
  if (startAt <= now) return { errors: { [inputIds.startAt]: 'This time is over. Choose a later one.' } }
  return { begin, startAt: startAt.toISOString() }
}

async function create(turn: Turn, view: OpenView, typed: readonly TypedRename[]): Promise<Created> {
  const { api, deliveryKey } = turn
  const kinds = choicesOf(view, inputIds.kind)
  const name = textOf(view, inputIds.name)
  const sourceId = textOf(view, inputIds.source)
  const [include, exclude] = await Promise.all([
    readObjects(turn, sourceId, { field: 'selection.include', values: choicesOf(view, inputIds.include) }),
    readObjects(turn, sourceId, { field: 'selection.exclude', values: choicesOf(view, inputIds.exclude) }),
  ])
  const input = {
    idempotencyKey: deliveryKey,
    sourceId,
    targetId: textOf(view, inputIds.target),
    kind: {
      structure: kinds.includes('structure'),
      fullCopy: kinds.includes('fullCopy'),
      incremental: kinds.includes('incremental'),
    },
    ...(name !== '' && { name }),
    ...(include.length + exclude.length + typed.length > 0 && {
      selection: {
        include: [...include],
        exclude: [...exclude],
        renames: typed.map(({ rename }) => rename),
      },
    }),
  }
  const { createMigration } = await api.execute(Create, { input })
  try {
    return payloadOf(createMigration, 'CreateMigrationPayload').migration
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw error.code === 'SAME_ENDPOINT' ? aboutTarget(error) : aboutLine(error, typed)
  }
}

/** Of two inputs that do not go together, the second is to be changed. */
function aboutTarget({ code, message, remedy }: ApiError): ApiError {
  return new ApiError({ code, message, remedy, field: 'targetId' })
}
