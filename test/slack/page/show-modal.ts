import type { JsonObject } from '../../support/slack/index.ts'
import { input, option, plain, section } from '../samples.ts'

/** A modal with every kind of input. */
export const shownModal: JsonObject = {
  type: 'modal',
  callback_id: 'everything',
  title: plain('New migration'),
  submit: plain('Create'),
  close: plain('Cancel'),
  blocks: [
    section('Godwit copies the *source* into the *target* and keeps it in step.'),
    input('Name', {
      type: 'plain_text_input',
      action_id: 'value',
      placeholder: plain('What your team will call it'),
      max_length: 80,
    }),
    input(
      'Source',
      {
        type: 'external_select',
        action_id: 'value',
        min_query_length: 0,
        placeholder: plain('Choose an endpoint'),
      },
      { hint: plain('Endpoints are made with /migrate endpoints.') },
    ),
    input('Objects', {
      type: 'multi_external_select',
      action_id: 'value',
      min_query_length: 1,
      placeholder: plain('Schemas and tables'),
    }),
    input('Kind', {
      type: 'static_select',
      action_id: 'value',
      option_groups: [
        {
          label: plain('Once'),
          options: [option('Structure only', 'structure'), option('Full copy', 'copy')],
        },
        { label: plain('Kept in step'), options: [option('Full copy and sync', 'sync')] },
      ],
      initial_option: option('Full copy and sync', 'sync'),
    }),
    input('Start', {
      type: 'radio_buttons',
      action_id: 'value',
      options: [
        { ...option('Now', 'now'), description: plain('As soon as it is verified') },
        option('Later', 'later'),
      ],
      initial_option: { ...option('Now', 'now'), description: plain('As soon as it is verified') },
    }),
    input(
      'Options',
      {
        type: 'checkboxes',
        action_id: 'value',
        options: [
          { text: { type: 'mrkdwn', text: '*Compare* every row' }, value: 'compare' },
          option('Fence the source', 'fence'),
        ],
      },
      { optional: true },
    ),
    input('Day', { type: 'datepicker', action_id: 'value', initial_date: '2030-05-04' }),
    input('Hour', { type: 'timepicker', action_id: 'value', initial_time: '14:30' }),
    input('Window', { type: 'datetimepicker', action_id: 'value', initial_date_time: 1_900_000_000 }),
    input('Approvers', { type: 'multi_users_select', action_id: 'value', placeholder: plain('People') }),
    input('Channel', { type: 'conversations_select', action_id: 'value', placeholder: plain('Where') }),
    input(
      'Note',
      { type: 'plain_text_input', action_id: 'value', multiline: true },
      { optional: true, hint: plain('Shown on the card.') },
    ),
  ],
}
