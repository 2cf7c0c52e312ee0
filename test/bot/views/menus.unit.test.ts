/** Of what can be done with a migration, nothing is left out for want of room. */
import { expect, test } from 'vitest'
import { actionIds } from '../../../bot/views/action-ids.ts'
import { overflow } from '../../../bot/views/blocks/buttons.ts'
import { cardButtons } from '../../../bot/views/card/buttons.ts'
import { availableActions, situationOf, statuses } from '../../../engine/index.ts'
import { limits } from '../../support/slack/index.ts'
import { cards } from './samples.ts'

const differs = { code: 'TARGET_DIFFERS', message: 'The sides differ.', remedy: 'Compare them.' } as const
const stepsOf = [cards.draft!, cards.following!].map(({ steps }) => steps)
const everyCard = statuses.flatMap((status) =>
  stepsOf.flatMap((steps) => {
    const step = steps.find((one) => one.status === 'RUNNING')
    const situation = situationOf(
      status,
      step === undefined ? [] : [{ step: step.name, status: step.status }],
    )
    const actions = [...availableActions(situation)]
    return [null, differs].map((problem) => ({
      title: `${status} at ${step?.name ?? 'no step'}, ${problem?.code ?? 'no problem'}`,
      migration: { ...cards.following!, status, steps, problem, availableActions: actions },
    }))
  }),
)

test.each(everyCard)('everything has its place on a card: $title', ({ migration }) => {
  const [here, away] = [false, true].map((isAway) => cardButtons(migration, { isAway }))
  expect(itemsOf(here).length).toBeLessThanOrEqual(limits.overflowOptions)
  expect(itemsOf(away)).toEqual(itemsOf(here))
  expect(textsOf(away)).toEqual(expect.arrayContaining([...textsOf(here), 'Bring it to this channel']))
})

test('more than a menu may have is refused, and not left out', () => {
  const item = { text: 'Lag', action: actionIds.lag, value: { m: 'm-7f3k' } }
  const items = Array.from({ length: limits.overflowOptions }, () => item)
  expect(overflow(items).options).toHaveLength(items.length)
  expect(() => overflow([...items, item])).toThrow(RangeError)
})

type Blocks = ReturnType<typeof cardButtons>

function itemsOf(blocks: Blocks | undefined): string[] {
  const elements = (blocks ?? []).flatMap((block) => block.elements)
  return elements.flatMap((one) => (one.type === 'overflow' ? one.options.map(({ text }) => text.text) : []))
}

function textsOf(blocks: Blocks | undefined): string[] {
  const elements = (blocks ?? []).flatMap((block) => block.elements)
  return elements.flatMap((one) => (one.type === 'button' ? [one.text.text] : []))
}
