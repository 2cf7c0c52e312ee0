import type { ModalView } from '@slack/types'
import { checkboxes, input, menu, modal, radio, textInput } from '../blocks/inputs.ts'
import { context, lines, plainContext, section } from '../blocks/layout.ts'
import { plain } from '../blocks/text.ts'
import { mrkdwn } from '../mrkdwn.ts'
import { type ModalContext, writeModalContext } from './context.ts'
import { inputIds, modalIds } from './ids.ts'

export const fencingChoices = [
  { text: 'Make the source read-only', value: 'READ_ONLY' },
  { text: 'Let nobody connect to the source', value: 'BLOCK_CONNECTIONS' },
  { text: 'No fence: we stop the writes ourselves', value: 'NONE' },
] as const

export const maxPauseChoices = [
  { text: '30 seconds', value: 'PT30S' },
  { text: '1 minute', value: 'PT60S' },
  { text: '5 minutes', value: 'PT300S' },
  { text: '15 minutes', value: 'PT900S' },
  { text: '1 hour', value: 'PT3600S' },
] as const

export const expiryChoices = [
  { text: '30 minutes', value: 'PT1800S' },
  { text: '2 hours', value: 'PT7200S' },
  { text: '8 hours', value: 'PT28800S' },
  { text: '1 day', value: 'PT86400S' },
] as const

export interface CutoverModalOptions extends ModalContext {
  readonly name: string
}

export interface PlanOptions extends CutoverModalOptions {
  /** Whether rows can be compared: they were copied. */
  readonly canCompare: boolean
}

/** How a migration is going to be completed. Nothing is done before it is approved. */
export function planCutoverModal({ name, canCompare, ...about }: PlanOptions): ModalView {
  return modal({
    id: modalIds.planCutover,
    title: 'Plan the cutover',
    submit: 'Plan',
    metadata: writeModalContext(about),
    blocks: [
      plainContext(plain`${name}`),
      input({ id: inputIds.fencing, label: 'Keep writers from the source', element: radio(fencingChoices) }),
      ...(canCompare
        ? [
            input({
              id: inputIds.compare,
              label: 'Comparison',
              element: checkboxes([{ text: 'Count the rows of both sides', value: 'compare' }], ['compare']),
              optional: true,
              hint: 'Writers wait for it.',
            }),
          ]
        : []),
      input({
        id: inputIds.maxPause,
        label: 'Give up when writers have waited for',
        element: menu(maxPauseChoices, 'PT300S'),
        hint: 'Then the source goes on as before.',
      }),
      input({ id: inputIds.expiresIn, label: 'The plan holds for', element: menu(expiryChoices) }),
      context(mrkdwn`Nothing happens yet: whoever has to is asked for approval.`),
    ],
  })
}

/** Why a plan is not carried out. */
export function rejectModal({ name, ...about }: CutoverModalOptions): ModalView {
  return modal({
    id: modalIds.reject,
    title: 'Reject the cutover',
    submit: 'Reject',
    metadata: writeModalContext(about),
    blocks: [
      plainContext(plain`${name}`),
      input({
        id: inputIds.reason,
        label: 'Why',
        element: textInput({ multiline: true, maxLength: 1000 }),
        hint: 'Everybody in the channel sees it.',
      }),
    ],
  })
}

export interface BreakGlassOptions extends CutoverModalOptions {
  /** Without a fence, somebody has to say that writes have stopped. */
  readonly needsWritesStopped: boolean
}

/** For admins, when nobody is there to approve. */
export function breakGlassModal({ name, needsWritesStopped, ...about }: BreakGlassOptions): ModalView {
  return modal({
    id: modalIds.breakGlass,
    title: 'Break the glass',
    submit: 'Complete now',
    metadata: writeModalContext(about),
    blocks: [
      plainContext(plain`${name}`),
      section(
        lines(
          mrkdwn`🚨 *This cuts over now, without the approvals that are missing.*`,
          mrkdwn`Only admins can. Everybody is told, and it is recorded.`,
        ),
      ),
      input({
        id: inputIds.reason,
        label: 'Why it cannot wait',
        element: textInput({ multiline: true, minLength: 10, maxLength: 1000 }),
        hint: 'At least 10 characters.',
      }),
      ...(needsWritesStopped
        ? [
            input({
              id: inputIds.writesStopped,
              label: 'Writes',
              element: checkboxes([{ text: 'Nothing writes to the source any more', value: 'stopped' }], []),
            }),
          ]
        : []),
    ],
  })
}
