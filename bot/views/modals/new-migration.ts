import type { ModalView } from '@slack/types'
import {
  checkboxes,
  type Choice,
  input,
  inputActions,
  modal,
  numberInput,
  radio,
  search,
  searchMany,
  textInput,
} from '../blocks/inputs.ts'
import { context } from '../blocks/layout.ts'
import { limits } from '../limits.ts'
import { mrkdwn } from '../mrkdwn.ts'
import { type ModalContext, writeModalContext } from './context.ts'
import { inputIds, modalIds } from './ids.ts'

const kindChoices = [
  { text: 'Structure: tables, indexes, functions', value: 'structure' },
  { text: 'Rows that are there now', value: 'fullCopy' },
  { text: 'Changes that come meanwhile', value: 'incremental' },
] as const

export const beginChoices = [
  { text: 'Verify now, I start it myself', value: 'verify' },
  { text: 'Start as soon as verify has passed', value: 'start' },
  { text: 'Start at the time below', value: 'schedule' },
] as const

/** What alarms may be set to here. */
export const alarmLimits = { lagSeconds: 86_400, walGb: 100_000 } as const

export type BeginChoice = (typeof beginChoices)[number]['value']

export interface NewMigration extends ModalContext {
  /** What is known already, by what was said or by the last one. */
  readonly source?: Choice
  readonly target?: Choice
}

/** Everything but source and target has a default: five clicks are enough. */
export function newMigrationModal({ source, target, ...about }: NewMigration): ModalView {
  return modal({
    id: modalIds.newMigration,
    title: 'New migration',
    submit: 'Create',
    metadata: writeModalContext(about),
    blocks: [
      input({
        id: inputIds.source,
        label: 'From',
        action: inputActions.endpoint,
        element: search('Search endpoints', source),
      }),
      input({
        id: inputIds.target,
        label: 'To',
        action: inputActions.endpoint,
        element: search('Search endpoints', target),
      }),
      input({
        id: inputIds.begin,
        label: 'When',
        element: radio(beginChoices),
        hint: 'Verify changes nothing; it says what stands in the way.',
      }),
      input({
        id: inputIds.startAt,
        label: 'Start time',
        element: { type: 'datetimepicker' },
        optional: true,
        hint: 'By your clock. Only for a start at a time.',
      }),
      input({
        id: inputIds.include,
        label: 'What to move',
        action: inputActions.object,
        element: searchMany('The whole database'),
        optional: true,
        hint: 'Schemas or tables of the source. Choose nothing for all.',
      }),
      input({
        id: inputIds.exclude,
        label: 'What to leave out',
        action: inputActions.object,
        element: searchMany('Nothing'),
        optional: true,
      }),
      input({
        id: inputIds.renames,
        label: 'Other names on the target',
        element: textInput({
          multiline: true,
          maxLength: limits.inputLength,
          placeholder: 'All as on the source',
        }),
        optional: true,
        hint:
          'One a line, such as public -> crm, public.orders -> sales or public.orders -> crm.sales.' +
          ' Names with upper case, blanks or dots go in "double quotes", as in SQL.',
      }),
      input({
        id: inputIds.kind,
        label: 'How',
        element: checkboxes(kindChoices, ['structure', 'fullCopy', 'incremental']),
      }),
      input({
        id: inputIds.channel,
        label: 'Channel',
        element: {
          type: 'conversations_select',
          ...(about.c !== undefined && { initial_conversation: about.c }),
          filter: { include: ['public', 'private'] },
        },
        hint: 'Its card and its alarms go there.',
      }),
      input({
        id: inputIds.name,
        label: 'Name',
        element: textInput({ placeholder: 'Made of the two endpoints' }),
        optional: true,
      }),
      input({
        id: inputIds.lagAlarm,
        label: 'Alarm when the target is behind by (seconds)',
        element: numberInput('As usual', { min: 1, max: alarmLimits.lagSeconds }),
        optional: true,
      }),
      input({
        id: inputIds.walAlarm,
        label: 'Alarm when the source keeps log of (GB)',
        element: numberInput('As usual', { min: 1, max: alarmLimits.walGb }),
        optional: true,
      }),
      context(mrkdwn`Nothing is changed on either side before it starts.`),
    ],
  })
}
