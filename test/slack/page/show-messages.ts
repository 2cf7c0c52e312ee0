import type { JsonObject } from '../../support/slack/index.ts'
import { actions, button, confirmDialog, option, plain, section } from '../samples.ts'

const lagTimes = ['10:00', '10:06', '10:12', '10:18', '10:24', '10:30', '10:36', '10:42', '10:48', '10:54']

/** One message of each kind that an app may post, for looking at. */
export const shownMessages: Readonly<Record<string, readonly JsonObject[]>> = {
  'a card': [
    { type: 'header', text: plain(':arrows_counterclockwise: shop → shop-new') },
    {
      type: 'section',
      text: mrkdwn('*Syncing changes* since 10:42, asked for by <@U0MAYA>. Nothing waits for you.'),
      accessory: {
        type: 'overflow',
        action_id: 'more',
        options: [option('Show the plan', 'plan'), option('Cancel…', 'cancel')],
      },
    },
    {
      type: 'section',
      fields: [
        mrkdwn('*Copied*\n412 GB of 412 GB'),
        mrkdwn('*Lag*\n1.2 s · 340 kB'),
        mrkdwn('*Tables*\n218 of 218'),
        mrkdwn('*Time left*\nnone: it keeps up'),
      ],
    },
    { type: 'divider' },
    actions(
      button('Cut over', { style: 'primary', confirm: { ...confirmDialog, style: 'danger' } }),
      button('Pause'),
      button('Cancel', { style: 'danger', confirm: confirmDialog }),
      {
        type: 'static_select',
        action_id: 'sort',
        placeholder: plain('Show tables'),
        options: [option('By size', 'size'), option('By lag', 'lag')],
      },
    ),
    {
      type: 'context',
      elements: [
        { type: 'image', image_url: 'https://example.invalid/godwit.png', alt_text: 'godwit' },
        mrkdwn('Updated <!date^1900000000^{date_short_pretty} at {time}|then> · `mig-7f3a`'),
      ],
    },
  ],
  'a plan': [
    {
      type: 'plan',
      title: 'Moving shop to shop-new',
      tasks: [
        task('verify', 'Verify', 'complete', '31 checks passed'),
        task('structure', 'Structure', 'complete', '218 tables, 12 views'),
        task('copy', 'Full copy', 'in_progress', '61 % · 14 minutes left'),
        task('sync', 'Incremental sync', 'pending'),
        task('cutover', 'Cutover', 'error', 'replica identity is missing on audit.log'),
      ],
    },
  ],
  'a table': [
    {
      type: 'table',
      column_settings: [{ is_wrapped: true }, { align: 'right' }, { align: 'right' }, { align: 'center' }],
      rows: [
        ['Table', 'Rows', 'Size', 'State'].map(raw),
        ['public.orders', '41,203,112', '18 GB', 'equal'].map(raw),
        ['public.a_table_with_a_rather_long_name_for_history', '9,120,004', '3 GB', 'equal'].map(raw),
        ['audit.log', '120', '8 kB', '2 differ'].map(raw),
      ],
    },
  ],
  'a chart': [
    {
      type: 'data_visualization',
      title: 'Lag in the last hour',
      chart: {
        type: 'line',
        axis_config: {
          categories: lagTimes,
          y_label: 'seconds',
        },
        series: [
          series('replay', [1, 2, 4, 9, 31, 24, 12, 3, 2, 1]),
          series('flush', [1, 1, 2, 2, 6, 5, 3, 1, 1, 1]),
        ],
      },
    },
  ],
  'bars and shares': [
    {
      type: 'data_visualization',
      title: 'Rows a second',
      chart: {
        type: 'bar',
        axis_config: { categories: lagTimes, x_label: 'today' },
        series: [
          series('copied', [52_000, 61_000, 48_000, 70_000, 71_500, 12_000, 0, 0, 0, 0]),
          series('applied', [0, 0, 0, 0, 3000, 15_000, 14_000, 12_500, 900, 1100]),
        ],
      },
    },
    {
      type: 'data_visualization',
      title: 'Where the time went',
      chart: {
        type: 'pie',
        segments: [
          { label: 'copy', value: 61 },
          { label: 'indexes', value: 24 },
          { label: 'compare', value: 15 },
        ],
      },
    },
  ],
  choices: [
    {
      ...section('*Mute* the alarms of this migration?'),
      accessory: {
        type: 'radio_buttons',
        action_id: 'mute',
        options: [option('For half an hour', '30'), option('Until tomorrow', 'day')],
      },
    },
    actions(
      { type: 'users_select', action_id: 'who', placeholder: plain('Hand over to') },
      { type: 'datepicker', action_id: 'day', initial_date: '2030-05-04' },
      { type: 'datetimepicker', action_id: 'when', initial_date_time: 1_900_000_000 },
      button('A button whose label is as long as a label may be, seventy-five letters'),
    ),
    { type: 'task_card', task_id: 'alone', title: 'One task by itself', status: 'in_progress' },
  ],
  'formatted text': [
    section(
      '*bold* _italic_ ~gone~ `code & <https://godwit.example/docs|docs>` <@U0BEN> in <#C0DATA> <!here> :tada: :unknown_name:\n> quoted &lt;b&gt;not markup&lt;/b&gt;\n```select count(*)\nfrom orders```\nplain https://godwit.example/x and 2 * 3 * 4, snake_case_name',
    ),
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'text', text: 'Rich text with ' },
            { type: 'text', text: 'bold', style: { bold: true } },
            { type: 'text', text: ' and ' },
            { type: 'text', text: 'code', style: { code: true } },
          ],
        },
        {
          type: 'rich_text_list',
          style: 'bullet',
          elements: [
            { type: 'rich_text_section', elements: [{ type: 'text', text: 'one thing' }] },
            { type: 'rich_text_section', elements: [{ type: 'text', text: 'another' }] },
          ],
        },
      ],
    },
    {
      type: 'markdown',
      text: '## Markdown\nwith **bold**, *italic*, [a link](https://godwit.example)\n\n1. first\n2. second',
    },
  ],
  'odd names': [
    {
      type: 'section',
      text: plain('<!channel> *not bold* <script>alert(1)</script> \u202eright to left\u202c שלום'),
    },
    section(`a long word: ${'x'.repeat(255)}`),
  ],
  'a picture that is not there': [
    {
      type: 'image',
      image_url: 'https://example.invalid/lag.png',
      alt_text: 'Lag as a chart',
      title: plain('Lag'),
    },
  ],
}

function mrkdwn(text: string): JsonObject {
  return { type: 'mrkdwn', text }
}

function raw(text: string): JsonObject {
  return { type: 'raw_text', text }
}

function task(id: string, title: string, status: string, output?: string): JsonObject {
  return {
    type: 'task_card',
    task_id: id,
    title,
    status,
    ...(output === undefined ? {} : { output: richText(output) }),
  }
}

function richText(text: string): JsonObject {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
  }
}

function series(name: string, values: readonly number[]): JsonObject {
  return { name, data: values.map((value, index) => ({ label: lagTimes[index], value })) }
}
