import type { KnownBlock, ModalView } from '@slack/types'
import { type FragmentOf, graphql } from '../../client/index.ts'
import { input, inputActions, menu, modal, textInput } from '../blocks/inputs.ts'
import { bullets, context, lines, plainContext, section } from '../blocks/layout.ts'
import { plain } from '../blocks/text.ts'
import { given, type Mrkdwn, mrkdwn, when } from '../mrkdwn.ts'
import { counted } from '../units.ts'
import { type ModalContext, writeModalContext } from './context.ts'
import { inputIds, modalIds } from './ids.ts'

export const mutePreviewFragment = graphql(`
  fragment ShownMutePreview on MutePreview {
    hidesNow {
      message
      openedAt
    }
    wouldHaveHidden {
      message
      openedAt
    }
  }
`)

export type MutePreview = FragmentOf<typeof mutePreviewFragment>

export const muteChoices = [
  { text: '30 minutes', value: 'PT1800S' },
  { text: '1 hour', value: 'PT3600S' },
  { text: '2 hours', value: 'PT7200S' },
  { text: '8 hours', value: 'PT28800S' },
  { text: '1 day', value: 'PT86400S' },
  { text: '7 days', value: 'PT604800S' },
] as const

export interface MuteOptions extends ModalContext {
  readonly name: string
  /** As one of the choices has it; another is offered, too. */
  readonly duration: { readonly text: string; readonly value: string }
  /** Of that duration. */
  readonly preview: MutePreview
}

/** Silence for a while. A change of the duration is told at once, so that the preview can be shown anew. */
export function muteModal({ name, duration, preview, ...about }: MuteOptions): ModalView {
  const isOffered = muteChoices.some(({ value }) => value === duration.value)
  return modal({
    id: modalIds.mute,
    title: 'Mute alarms',
    submit: 'Mute',
    metadata: writeModalContext(about),
    blocks: [
      plainContext(plain`${name}`),
      input({
        id: inputIds.duration,
        label: 'For',
        element: menu(isOffered ? muteChoices : [duration, ...muteChoices], duration.value),
        action: inputActions.muteDuration,
        dispatch: true,
      }),
      input({
        id: inputIds.reason,
        label: 'Why',
        element: textInput({ maxLength: 500, placeholder: 'Planned batch job' }),
      }),
      ...previewBlocks(preview, duration.text),
      context(
        mrkdwn`Alarms that tell of lost data are never silenced. What still fires at the end is announced then.`,
      ),
    ],
  })
}

const shownAlarms = 4

function previewBlocks({ hidesNow, wouldHaveHidden }: MutePreview, duration: string): readonly KnownBlock[] {
  const now =
    hidesNow.length === 0
      ? mrkdwn`No alarm is open now.`
      : lines(mrkdwn`*It hides ${counted(hidesNow.length, 'open alarm')}*`, listOf(hidesNow))
  const before =
    wouldHaveHidden.length === 0
      ? mrkdwn`There was none in the past ${duration}.`
      : lines(
          mrkdwn`*In the past ${duration} it would have hidden ${counted(wouldHaveHidden.length, 'alarm')}*`,
          listOf(wouldHaveHidden),
        )
  return [section(now), section(before)]
}

function listOf(alarms: MutePreview['hidesNow']): Mrkdwn {
  const more = alarms.length - shownAlarms
  return bullets([
    ...alarms
      .slice(0, shownAlarms)
      .map(({ message, openedAt }) => mrkdwn`${given(message, 200)} (${when(openedAt)})`),
    ...(more > 0 ? [mrkdwn`and ${more} more`] : []),
  ])
}
