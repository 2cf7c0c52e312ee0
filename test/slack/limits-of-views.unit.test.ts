import { describe, expect, test } from 'vitest'
import { type Json, type JsonObject, limits, validateView } from '../support/slack/index.ts'
import { input, letters, messagesOf, modal, plain, repeat, section } from './samples.ts'

interface ViewEdge {
  readonly what: string
  readonly n: number
  readonly view: (n: number) => JsonObject
  readonly wrong: RegExp
}

const viewEdges: ViewEdge[] = [
  {
    what: 'title',
    n: limits.modalTitle,
    view: (n) => ({ ...modal(), title: plain(letters(n)) }),
    wrong: /less than 25/,
  },
  {
    what: 'submit',
    n: limits.modalButton,
    view: (n) => ({ ...modal(), submit: plain(letters(n)) }),
    wrong: /less than 25/,
  },
  {
    what: 'close',
    n: limits.modalButton,
    view: (n) => ({ ...modal(), close: plain(letters(n)) }),
    wrong: /less than 25/,
  },
  {
    what: 'private_metadata',
    n: limits.privateMetadata,
    view: (n) => ({ ...modal(), private_metadata: letters(n) }),
    wrong: /less than 3001/,
  },
  {
    what: 'callback_id',
    n: limits.id,
    view: (n) => ({ ...modal(), callback_id: letters(n) }),
    wrong: /less than 256/,
  },
  {
    what: 'blocks of a modal',
    n: limits.blocksInView,
    view: (n) => modal(...repeat(n, () => section('x'))),
    wrong: /no more than 100/,
  },
  {
    what: 'blocks of a home',
    n: limits.blocksInView,
    view: (n) => ({ type: 'home', blocks: repeat(n, () => section('x')) }),
    wrong: /no more than 100/,
  },
]

describe('a view may have', () => {
  test.each(viewEdges)('$n, not more, for: $what', ({ n, view, wrong }) => {
    expect(validateView(view(n))).toEqual([])
    expect(messagesOf(validateView(view(n + 1)))).toMatch(wrong)
  })
})

function menuFrom(initial: string, include: readonly string[] | undefined): JsonObject {
  const filter = include === undefined ? {} : { filter: { include: [...include] } }
  return { type: 'conversations_select', initial_conversation: initial, ...filter }
}

const focused = { type: 'plain_text_input', focus_on_load: true }
const wrongViews: { what: string; view: Json; wrong: RegExp }[] = [
  {
    what: 'inputs without submit',
    view: { ...modal(input('A', focused)), submit: undefined },
    wrong: /submit \(required/,
  },
  {
    what: 'two inputs with the focus',
    view: modal(input('A', focused), input('B', focused)),
    wrong: /only one element/,
  },
  {
    what: 'a home with a title',
    view: { type: 'home', title: plain('x'), blocks: [] },
    wrong: /additional property: title/,
  },
  {
    what: 'a modal without title',
    view: { type: 'modal', blocks: [] },
    wrong: /missing required field: title/,
  },
  {
    what: 'a table',
    view: modal({ type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] }),
    wrong: /unsupported type: table/,
  },
  {
    what: 'a direct message in a menu of channels',
    view: modal(input('To', menuFrom('D012AB3CD', ['public', 'private']))),
    wrong: /initial_conversation must be one that the filter includes/,
  },
  { what: 'another type', view: { type: 'dialog', blocks: [] }, wrong: /unsupported type: dialog/ },
]

test.each([
  ['D012AB3CD', ['im']],
  ['C012AB3CD', ['private']],
  ['D012AB3CD', undefined],
] as const)('a menu may begin with %s where it offers %j', (initial, include) => {
  expect(validateView(modal(input('To', menuFrom(initial, include))))).toEqual([])
})

test.each(wrongViews)('Slack refuses a view: $what', ({ view, wrong }) => {
  expect(messagesOf(validateView(view))).toMatch(wrong)
})
