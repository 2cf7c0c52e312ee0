import { graphql, payloadOf } from '../client/index.ts'
import { called, chooseMigration, done } from '../migrations/index.ts'
import type { ActionHandler, ModalHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'
import type { MigrationCard } from '../views/index.ts'
import { readModalContext } from '../views/modals/context.ts'
import { inputIds, modalIds } from '../views/modals/ids.ts'
import { muteChoices, muteModal, mutePreviewFragment } from '../views/modals/mute.ts'
import { mrkdwn } from '../views/mrkdwn.ts'
import { formatDuration } from '../views/units.ts'
import { close, contextOf, inChannel, orErrors, readAbout } from './about.ts'
import { textOf } from './entered.ts'

const PreviewQuery = graphql(
  `
    query MutePreviewOf($id: ID!, $duration: Duration!) {
      mutePreview(id: $id, duration: $duration) {
        ...ShownMutePreview
      }
    }
  `,
  [mutePreviewFragment],
)

const Mute = graphql(`
  mutation Mute($input: MuteAlarmsInput!) {
    muteAlarms(input: $input) {
      __typename
      ... on MuteAlarmsPayload {
        mute {
          until
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

const defaultDuration = muteChoices[0].value

/** Shows what a mute would have hidden before anything is muted. */
export async function openMute(
  turn: Turn,
  migration: MigrationCard,
  duration: string = defaultDuration,
): Promise<void> {
  await turn.openModal(await drawMute(turn, migration, duration))
}

async function drawMute(turn: Turn, migration: MigrationCard, value: string) {
  const { mutePreview: preview } = await turn.api.execute(PreviewQuery, {
    id: migration.shortId,
    duration: value,
  })
  const text = muteChoices.find((choice) => choice.value === value)?.text ?? formatDuration(value)
  return muteModal({
    ...contextOf(turn, migration),
    name: migration.name,
    duration: { text, value },
    preview,
  })
}

/** Another duration was chosen: the preview is about that. */
export const changeMuteDuration: ActionHandler = {
  keeping: 'at once',
  async run(from, { view }) {
    const context = readModalContext(view?.privateMetadata)
    if (view === null || context?.m === undefined) return
    const turn = inChannel(from, context.c)
    const migration = await chooseMigration(turn, context.m)
    if (migration === null) return
    const drawn = await drawMute(turn, migration, textOf(view, inputIds.duration))
    await turn.outgoing.updateView(turn.workspaceId, view.id, drawn, view.hash)
  },
}

export const mute: ModalHandler = {
  async submit(from, view) {
    const about = await readAbout(from, view)
    if (about === null) return close
    const { turn, context, migration } = about
    const duration = textOf(view, inputIds.duration)
    const input = {
      id: context.m,
      duration,
      reason: textOf(view, inputIds.reason),
      idempotencyKey: turn.deliveryKey,
    }
    return orErrors({ person: turn.person, view }, modalIds.mute, async () => {
      const { muteAlarms } = await turn.api.execute(Mute, { input })
      payloadOf(muteAlarms, 'MuteAlarmsPayload')
      const did = mrkdwn`has muted the alarms of ${called(migration)} for ${formatDuration(duration)}`
      await turn.say(done(turn.person.name, did))
    })
  },
}
