import type { ModalView } from '@slack/types'
import { checkboxes, input, modal, radio } from '../blocks/inputs.ts'
import { context, plainContext } from '../blocks/layout.ts'
import { plain } from '../blocks/text.ts'
import { mrkdwn } from '../mrkdwn.ts'
import { counted } from '../units.ts'
import { type ModalContext, writeModalContext } from './context.ts'
import { inputIds, modalIds } from './ids.ts'

const whenMissedChoices = [
  { text: 'Tell us, and do not start', value: 'REPORT' },
  { text: 'Start as soon as it can', value: 'RUN' },
] as const

export interface ScheduleOptions extends ModalContext {
  readonly name: string
  /** Warnings of verify, which are accepted with the schedule. */
  readonly warnings: number
  /** What the picker shows at first. */
  readonly startAt: Date
  /** Of the reader, as Slack has it. */
  readonly timeZone: string
}

/** When a migration starts by itself. */
export function scheduleModal({ name, warnings, startAt, timeZone, ...about }: ScheduleOptions): ModalView {
  return modal({
    id: modalIds.schedule,
    title: 'Schedule the start',
    submit: 'Schedule',
    metadata: writeModalContext(about),
    blocks: [
      plainContext(plain`${name}`),
      input({
        id: inputIds.startAt,
        label: 'Start',
        element: { type: 'datetimepicker', initial_date_time: Math.floor(startAt.getTime() / 1000) },
        hint: `By your clock: ${timeZone}.`,
      }),
      input({
        id: inputIds.whenMissed,
        label: 'If the time passes while Godwit is not running',
        element: radio(whenMissedChoices),
      }),
      ...(warnings === 0
        ? []
        : [
            input({
              id: inputIds.acceptWarnings,
              label: `Verify gave ${counted(warnings, 'warning')}`,
              element: checkboxes([{ text: 'Start in spite of them', value: 'accept' }], []),
              hint: 'It is recorded that you have accepted them.',
            }),
          ]),
      context(
        mrkdwn`It is verified again just before, and does not start if anything new stands in the way.`,
      ),
    ],
  })
}
