import { describe, expect, test } from 'vitest'
import { type JsonObject, limits, validateBlocks } from '../support/slack/index.ts'
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
import { buttonWith, chart, select, table } from './samples-of-messages.ts'

/** What is right with `n` of something, and wrong with one more. */
interface Edge {
  readonly what: string
  readonly n: number
  readonly blocks: (n: number) => JsonObject[]
  readonly wrong: RegExp
}

const inputOf = (more: JsonObject) => [input('Name', { type: 'plain_text_input', ...more })]
const confirmWith = (more: JsonObject) => buttonWith({ confirm: { ...confirmDialog, ...more } })

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
