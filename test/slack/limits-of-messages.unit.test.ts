import { describe, expect, test } from 'vitest'
import { type Json, type JsonObject, limits, validateBlocks } from '../support/slack/index.ts'
import {
  actions,
  button,
  confirmDialog,
  input,
  letters,
  messagesOf,
  option,
  plain,
  repeat,
  section,
} from './samples.ts'

/** What is right with `n` of something, and wrong with one more. */
interface Edge {
  readonly what: string
  readonly n: number
  readonly blocks: (n: number) => JsonObject[]
  readonly wrong: RegExp
}

const buttonWith = (more: JsonObject) => [actions(button('Go', more))]
const select = (more: JsonObject) => [
  actions({
    type: 'static_select',
    action_id: 's',
    placeholder: plain('Choose'),
    options: [option('a')],
    ...more,
  }),
]
const inputOf = (more: JsonObject) => [input('Name', { type: 'plain_text_input', ...more })]
const confirmWith = (more: JsonObject) => buttonWith({ confirm: { ...confirmDialog, ...more } })
const table = (rows: number, columns: number): JsonObject => ({
  type: 'table',
  rows: repeat(rows, () => repeat(columns, () => ({ type: 'raw_text', text: 'x' }))),
})
const chart = (series: number, categories: number, more: JsonObject = {}): JsonObject => {
  const labels = repeat(categories, (index) => `c${index}`)
  return {
    type: 'data_visualization',
    title: 'Lag',
    chart: {
      type: 'line',
      series: repeat(series, (index) => ({
        name: `s${index}`,
        data: labels.map((label) => ({ label, value: 1 })),
      })),
      axis_config: { categories: labels },
    },
    ...more,
  }
}

const edges: Edge[] = [
  {
    what: 'blocks in a message',
    n: limits.blocksInMessage,
    blocks: (n) => repeat(n, () => ({ type: 'divider' })),
    wrong: /no more than 50 items allowed/,
  },
  { what: 'section text', n: limits.text, blocks: (n) => [section(letters(n))], wrong: /less than 3001/ },
  {
    what: 'section fields',
    n: limits.sectionFields,
    blocks: (n) => [{ type: 'section', fields: repeat(n, () => plain('f')) }],
    wrong: /no more than 10/,
  },
  {
    what: 'section field',
    n: limits.sectionField,
    blocks: (n) => [{ type: 'section', fields: [plain(letters(n))] }],
    wrong: /less than 2001/,
  },
  {
    what: 'header',
    n: limits.header,
    blocks: (n) => [{ type: 'header', text: plain(letters(n)) }],
    wrong: /less than 151/,
  },
  {
    what: 'elements of actions',
    n: limits.actions,
    blocks: (n) => [actions(...repeat(n, (index) => button(`b${index}`)))],
    wrong: /no more than 25/,
  },
  {
    what: 'elements of context',
    n: limits.context,
    blocks: (n) => [{ type: 'context', elements: repeat(n, () => plain('c')) }],
    wrong: /no more than 10/,
  },
  {
    what: 'button text',
    n: limits.buttonText,
    blocks: (n) => buttonWith({ text: plain(letters(n)) }),
    wrong: /less than 76/,
  },
  {
    what: 'button value',
    n: limits.buttonValue,
    blocks: (n) => buttonWith({ value: letters(n) }),
    wrong: /less than 2001/,
  },
  {
    what: 'button url',
    n: limits.url,
    blocks: (n) => buttonWith({ url: letters(n) }),
    wrong: /less than 3001/,
  },
  {
    what: 'action_id',
    n: limits.id,
    blocks: (n) => buttonWith({ action_id: letters(n) }),
    wrong: /less than 256/,
  },
  {
    what: 'block_id',
    n: limits.id,
    blocks: (n) => [{ ...section('x'), block_id: letters(n) }],
    wrong: /less than 256/,
  },
  {
    what: 'option text',
    n: limits.optionText,
    blocks: (n) => select({ options: [option(letters(n), 'v')] }),
    wrong: /less than 76/,
  },
  {
    what: 'option value',
    n: limits.optionValue,
    blocks: (n) => select({ options: [option('t', letters(n))] }),
    wrong: /less than 76/,
  },
  {
    what: 'select options',
    n: limits.selectOptions,
    blocks: (n) => select({ options: repeat(n, (index) => option(`o${index}`)) }),
    wrong: /no more than 100/,
  },
  {
    what: 'option groups',
    n: limits.optionGroups,
    blocks: (n) => [
      actions({
        type: 'static_select',
        option_groups: repeat(n, (index) => ({ label: plain(`g${index}`), options: [option('a')] })),
      }),
    ],
    wrong: /no more than 100/,
  },
  {
    what: 'placeholder',
    n: limits.placeholder,
    blocks: (n) => select({ placeholder: plain(letters(n)) }),
    wrong: /less than 151/,
  },
  {
    what: 'overflow options',
    n: limits.overflowOptions,
    blocks: (n) => [actions({ type: 'overflow', options: repeat(n, (index) => option(`o${index}`)) })],
    wrong: /no more than 5/,
  },
  {
    what: 'radio buttons',
    n: limits.choices,
    blocks: (n) => [actions({ type: 'radio_buttons', options: repeat(n, (index) => option(`o${index}`)) })],
    wrong: /no more than 10/,
  },
  {
    what: 'checkboxes',
    n: limits.choices,
    blocks: (n) => [actions({ type: 'checkboxes', options: repeat(n, (index) => option(`o${index}`)) })],
    wrong: /no more than 10/,
  },
  {
    what: 'confirm title',
    n: limits.confirmTitle,
    blocks: (n) => confirmWith({ title: plain(letters(n)) }),
    wrong: /less than 101/,
  },
  {
    what: 'confirm text',
    n: limits.confirmText,
    blocks: (n) => confirmWith({ text: plain(letters(n)) }),
    wrong: /less than 301/,
  },
  {
    what: 'confirm button',
    n: limits.confirmButton,
    blocks: (n) => confirmWith({ confirm: plain(letters(n)) }),
    wrong: /less than 31/,
  },
  {
    what: 'deny button',
    n: limits.confirmButton,
    blocks: (n) => confirmWith({ deny: plain(letters(n)) }),
    wrong: /less than 31/,
  },
  {
    what: 'input label',
    n: limits.inputLabel,
    blocks: (n) => [input('I', { type: 'plain_text_input' }, { label: plain(letters(n)) })],
    wrong: /less than 2001/,
  },
  {
    what: 'max_length',
    n: limits.inputLength,
    blocks: (n) => inputOf({ max_length: n }),
    wrong: /at most 3000/,
  },
  {
    what: 'alt text',
    n: limits.altText,
    blocks: (n) => [{ type: 'image', image_url: 'https://x.example/a.png', alt_text: letters(n) }],
    wrong: /less than 2001/,
  },
  { what: 'table rows', n: limits.tableRows, blocks: (n) => [table(n, 1)], wrong: /no more than 100/ },
  { what: 'table columns', n: limits.tableColumns, blocks: (n) => [table(1, n)], wrong: /no more than 20/ },
  {
    what: 'tables',
    n: limits.tablesInMessage,
    blocks: (n) => repeat(n, () => table(1, 1)),
    wrong: /no more than 1 table/,
  },
  { what: 'chart series', n: limits.chartSeries, blocks: (n) => [chart(n, 2)], wrong: /no more than 6/ },
  {
    what: 'chart categories',
    n: limits.chartCategories,
    blocks: (n) => [chart(1, n)],
    wrong: /no more than 20/,
  },
  {
    what: 'chart title',
    n: limits.chartTitle,
    blocks: (n) => [chart(1, 1, { title: letters(n) })],
    wrong: /less than 51/,
  },
  {
    what: 'charts',
    n: limits.chartsInMessage,
    blocks: (n) => repeat(n, () => chart(1, 1)),
    wrong: /no more than 2 data_vis/,
  },
  {
    what: 'markdown together',
    n: limits.markdownTogether,
    blocks: (n) => [
      { type: 'markdown', text: letters(10) },
      { type: 'markdown', text: letters(n - 10) },
    ],
    wrong: /less than 12001 characters together/,
  },
]

describe('a message may have', () => {
  test.each(edges)('$n, not more, for: $what', ({ n, blocks, wrong }) => {
    expect(validateBlocks(blocks(n))).toEqual([])
    expect(messagesOf(validateBlocks(blocks(n + 1)))).toMatch(wrong)
  })
})

const cell = { type: 'raw_text', text: 'a' }

interface Wrong {
  readonly what: string
  readonly blocks: Json
  readonly wrong: RegExp
}

const wrongs: Wrong[] = [
  { what: 'an empty text', blocks: [section('')], wrong: /more than 0 characters/ },
  { what: 'a section without text', blocks: [{ type: 'section' }], wrong: /either `fields` or `text`/ },
  { what: 'an unknown block', blocks: [{ type: 'marquee' }], wrong: /unsupported type: marquee/ },
  {
    what: 'an unknown field',
    blocks: [{ type: 'divider', color: 'red' }],
    wrong: /invalid additional property: color/,
  },
  {
    what: 'mrkdwn in a header',
    blocks: [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
    wrong: /plain_text/,
  },
  {
    what: 'a button without text',
    blocks: [actions({ type: 'button' })],
    wrong: /missing required field: text/,
  },
  {
    what: 'a colour that is no style',
    blocks: buttonWith({ style: 'green' }),
    wrong: /must be one of: primary, danger/,
  },
  { what: 'an input in actions', blocks: [actions({ type: 'plain_text_input' })], wrong: /unsupported type/ },
  {
    what: 'one action_id twice in a block',
    blocks: [actions(button('A'), button('A'))],
    wrong: /action_id `a` already/,
  },
  {
    what: 'one block_id twice',
    blocks: [
      { ...section('x'), block_id: 'b' },
      { ...section('y'), block_id: 'b' },
    ],
    wrong: /block_id `b` already/,
  },
  {
    what: 'an initial option of another list',
    blocks: select({ initial_option: option('z') }),
    wrong: /one of the provided options/,
  },
  {
    what: 'options and groups',
    blocks: select({ option_groups: [{ label: plain('g'), options: [option('a')] }] }),
    wrong: /exactly one of/,
  },
  { what: 'no options', blocks: select({ options: [] }), wrong: /no fewer than 1/ },
  {
    what: 'rows of different lengths',
    blocks: [{ type: 'table', rows: [[cell], [cell, cell]] }],
    wrong: /same number of cells/,
  },
  {
    what: 'a task with another status',
    blocks: [
      { type: 'plan', title: 'p', tasks: [{ type: 'task_card', task_id: '1', title: 't', status: 'done' }] },
    ],
    wrong: /must be one of: pending, in_progress, complete, error/,
  },
  {
    what: 'a series without a point for each category',
    blocks: [
      {
        type: 'data_visualization',
        title: 'Lag',
        chart: {
          type: 'line',
          series: [{ name: 's', data: [{ label: 'a', value: 1 }] }],
          axis_config: { categories: ['a', 'b'] },
        },
      },
    ],
    wrong: /labels must match the categories/,
  },
  { what: 'blocks that are no list', blocks: { type: 'divider' }, wrong: /must be an array/ },
]

test.each(wrongs)('a message may not have $what', ({ blocks, wrong }) => {
  expect(messagesOf(validateBlocks(blocks))).toMatch(wrong)
})

const newer: JsonObject[] = [
  table(1, 1),
  chart(1, 1),
  { type: 'markdown', text: '**x**' },
  { type: 'task_card', task_id: '1', title: 't', status: 'in_progress' },
  { type: 'plan', title: 'p', tasks: [{ type: 'task_card', task_id: '1', title: 't', status: 'complete' }] },
]

test.each(newer)('a workspace without the newer blocks refuses $type', (block) => {
  expect(validateBlocks([block])).toEqual([])
  expect(messagesOf(validateBlocks([block], { blocks: 'without newer blocks' }))).toMatch(/unsupported type/)
})

test('a problem says where it is', () => {
  expect(validateBlocks([section('x'), actions(button('A', { value: letters(2001) }))])).toEqual([
    { pointer: '/blocks/1/elements/0/value', message: 'must be less than 2001 characters' },
  ])
})
