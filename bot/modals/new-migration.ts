import type { ConversationsSelect, ModalView } from '@slack/types'
import { ApiError, graphql, payloadOf } from '../client/index.ts'
import { called, changes, channelOf, done } from '../migrations/index.ts'
import type { ModalHandler } from '../registry.ts'
import type { OpenView } from '../slack/index.ts'
import type { Turn } from '../turn.ts'
import { readModalContext, writeModalContext } from '../views/modals/context.ts'
import { inputIds, modalIds } from '../views/modals/ids.ts'
import { newMigrationModal } from '../views/modals/new-migration.ts'
import { mrkdwn } from '../views/mrkdwn.ts'
import { inChannel, orErrors } from './about.ts'
import { choicesOf, textOf } from './entered.ts'
import { readObject } from './search.ts'

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

/** What is asked for: only that which can be done. In App Home no channel is known. */
function withWhatIsKnown(view: ModalView, channelId: string | null): ModalView {
  const asked = view.blocks.filter(({ block_id: id }) => id !== inputIds.begin && id !== inputIds.startAt)
  if (channelId !== null) return { ...view, blocks: asked }
  return {
    ...view,
    private_metadata: writeModalContext({}),
    blocks: asked.map((block) =>
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

/** Created, brought to its channel, and verified at once, which changes nothing on either side. */
export const newMigration: ModalHandler = {
  async submit(from, view) {
    const chosen = textOf(view, inputIds.channel)
    const channel = chosen === '' ? readModalContext(view.privateMetadata)?.c : chosen
    const turn = inChannel(from, channel)
    return orErrors(modalIds.newMigration, view, async () => {
      const migration = await create(turn, view)
      await setAlarms(turn, migration.shortId, view)
      const home = channelOf(turn)
      const arrival = {
        shortId: migration.shortId,
        requester: turn.person.userId,
        since: 'beginning',
      } as const
      if (home !== null) await turn.homes.moveIn({ ...home, ...arrival })
      await turn.say(done(turn.person.name, mrkdwn`has made ${called(migration)}, which is verified now`))
      await changes.verify(turn.api, { id: migration.shortId, idempotencyKey: `${turn.deliveryKey}/verify` })
    })
  },
}

async function create({ api, deliveryKey }: Turn, view: OpenView) {
  const kinds = choicesOf(view, inputIds.kind)
  const name = textOf(view, inputIds.name)
  const include = choicesOf(view, inputIds.include).map(readObject)
  const exclude = choicesOf(view, inputIds.exclude).map(readObject)
  const input = {
    idempotencyKey: deliveryKey,
    sourceId: textOf(view, inputIds.source),
    targetId: textOf(view, inputIds.target),
    kind: {
      structure: kinds.includes('structure'),
      fullCopy: kinds.includes('fullCopy'),
      incremental: kinds.includes('incremental'),
    },
    ...(name !== '' && { name }),
    ...(include.length + exclude.length > 0 && { selection: { include, exclude } }),
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

async function setAlarms({ api, deliveryKey }: Turn, id: string, view: OpenView): Promise<void> {
  const lag = Number(textOf(view, inputIds.lagAlarm))
  const wal = Number(textOf(view, inputIds.walAlarm))
  const rules = [
    ...(lag > 0 ? [{ kind: 'LAG_SECONDS' as const, raise: lag }] : []),
    ...(wal > 0 ? [{ kind: 'WAL_RETAINED' as const, raise: wal * bytesPerGb }] : []),
  ]
  if (rules.length === 0) return
  const input = { id, rules, idempotencyKey: `${deliveryKey}/alarms` }
  const { setAlarmRules } = await api.execute(SetAlarms, { input })
  payloadOf(setAlarmRules, 'SetAlarmRulesPayload')
}
