import type { ConversationsSelect, ModalView } from '@slack/types'
import { ApiError, graphql, payloadOf } from '../client/index.ts'
import { called, changes, channelOf, done } from '../migrations/index.ts'
import type { ModalHandler } from '../registry.ts'
import type { OpenView } from '../slack/index.ts'
import type { Turn } from '../turn.ts'
import { refusal } from '../views/index.ts'
import { readModalContext, writeModalContext } from '../views/modals/context.ts'
import { inputIds, modalIds } from '../views/modals/ids.ts'
import { type BeginChoice, beginChoices, newMigrationModal } from '../views/modals/new-migration.ts'
import { type Mrkdwn, mrkdwn, none, when } from '../views/mrkdwn.ts'
import { inChannel, orErrors } from './about.ts'
import { choicesOf, momentOf, oneOf, textOf } from './entered.ts'
import { readObjects } from './objects.ts'

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

const SetAlarms = graphql(`
  mutation SetAlarms($input: SetAlarmRulesInput!) {
    setAlarmRules(input: $input) {
      __typename
      ... on SetAlarmRulesPayload {
        migration {
          version
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

const bytesPerGb = 1_000_000_000

export async function openNewMigration(turn: Turn): Promise<void> {
  await turn.openModal(
    withWhatIsKnown(newMigrationModal({ channelId: turn.channelId ?? '' }), turn.channelId),
  )
}

/** In App Home no channel is known. */
function withWhatIsKnown(view: ModalView, channelId: string | null): ModalView {
  if (channelId !== null) return view
  return {
    ...view,
    private_metadata: writeModalContext({}),
    blocks: view.blocks.map((block) =>
      block.type === 'input' && 'element' in block && block.element.type === 'conversations_select'
        ? { ...block, element: withoutInitial(block.element) }
        : block,
    ),
  }
}

function withoutInitial(element: ConversationsSelect): ConversationsSelect {
  const { type, action_id: actionId, filter } = element
  return { type, ...(actionId !== undefined && { action_id: actionId }), ...(filter && { filter }) }
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
    if ('errors' in start) return { kind: 'errors', errors: start.errors }
    let migration: Created | undefined
    const answer = await orErrors(modalIds.newMigration, view, async () => {
      migration = await create(turn, view)
    })
    if (migration !== undefined) await goOn(turn, migration, view, start)
    return answer
  },
}

interface Created {
  readonly shortId: string
  readonly name: string
}

/** The migration is there: what fails now is told, and not shown in the modal, which would make another one. */
async function goOn(turn: Turn, migration: Created, view: OpenView, start: Start): Promise<void> {
  const { shortId } = migration
  const home = channelOf(turn)
  const arrival = { shortId, requester: turn.person.userId, since: 'beginning' } as const
  if (home !== null) await turn.homes.moveIn({ ...home, ...arrival })
  await setAlarms(turn, migration, view)
  if (start.begin !== 'verify') await turn.wishes.keep(shortId, wishOf(turn, start))
  await changes.verify(turn.api, { id: shortId, idempotencyKey: `${turn.deliveryKey}/verify` })
  await turn.say(
    done(turn.person.name, mrkdwn`has made ${called(migration)}, which is verified now${nextOf(start)}`),
  )
}

function wishOf({ workspaceId, person, channelId, deliveryKey }: Turn, { startAt }: Start) {
  const { userId } = person
  return { team: workspaceId, userId, channel: channelId, startAt, key: deliveryKey }
}

function nextOf({ begin, startAt }: Start): Mrkdwn {
  if (begin === 'start') return mrkdwn`, and starts as soon as that has passed`
  return startAt === null ? none : mrkdwn`, and is to start ${when(startAt)}`
}

interface Start {
  readonly begin: BeginChoice
  /** Null unless it starts at a time. */
  readonly startAt: string | null
}

/** A schedule is made when verify has passed; until then nobody but the bot can say what is wrong with its time. */
function readStart(view: OpenView, now: Date): Start | { readonly errors: Record<string, string> } {
  const begin = oneOf(beginChoices, textOf(view, inputIds.begin)) ?? 'verify'
  const startAt = momentOf(view, inputIds.startAt)
  if (begin !== 'schedule') return { begin, startAt: null }
  if (startAt === null) return { errors: { [inputIds.startAt]: 'Choose when it is to start.' } }
  if (startAt <= now) return { errors: { [inputIds.startAt]: 'This time is over. Choose a later one.' } }
  return { begin, startAt: startAt.toISOString() }
}

async function create(turn: Turn, view: OpenView): Promise<Created> {
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
    ...(include.length + exclude.length > 0 && {
      selection: { include: [...include], exclude: [...exclude] },
    }),
  }
  const { createMigration } = await api.execute(Create, { input })
  try {
    return payloadOf(createMigration, 'CreateMigrationPayload').migration
  } catch (error) {
    throw error instanceof ApiError && error.code === 'SAME_ENDPOINT' ? aboutTarget(error) : error
  }
}

/** Of two inputs that do not go together, the second is to be changed. */
function aboutTarget({ code, message, remedy }: ApiError): ApiError {
  return new ApiError({ code, message, remedy, field: 'targetId' })
}

async function setAlarms(turn: Turn, migration: Created, view: OpenView): Promise<void> {
  const { api, deliveryKey } = turn
  const lag = Number(textOf(view, inputIds.lagAlarm))
  const wal = Number(textOf(view, inputIds.walAlarm))
  const rules = [
    ...(lag > 0 ? [{ kind: 'LAG_SECONDS' as const, raise: lag }] : []),
    ...(wal > 0 ? [{ kind: 'WAL_RETAINED' as const, raise: wal * bytesPerGb }] : []),
  ]
  if (rules.length === 0) return
  const input = { id: migration.shortId, rules, idempotencyKey: `${deliveryKey}/alarms` }
  try {
    const { setAlarmRules } = await api.execute(SetAlarms, { input })
    payloadOf(setAlarmRules, 'SetAlarmRulesPayload')
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const message = `${migration.name} was made, but its alarms are as usual: ${error.message}`
    await turn.tell(refusal({ code: error.code, message, remedy: error.remedy }))
  }
}
