import { expect, test } from 'vitest'
import { type Json, type JsonObject, validateBlocks } from '../support/slack/index.ts'
import { actions, button, letters, messagesOf, option, plain, section } from './samples.ts'
import { buttonWith, chart, select, table } from './samples-of-messages.ts'

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
