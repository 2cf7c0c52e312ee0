import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  errorsOf,
  inputIds,
  inputOf,
  modalIds,
  readModalContext,
  writeModalContext,
} from '../../../bot/views/index.ts'
import { mentionsIn, validateView } from '../../support/slack/index.ts'
import { everyView } from './every-view.ts'
import { asJson, blocksOf, expectGolden } from './golden.ts'
import { hostileText, hostileTexts, withTexts } from './hostile.ts'
import { markupSkeleton } from './skeleton.ts'

const reader = { workspaceId: 'T012AB3CD', timeZone: 'Europe/Berlin' }
const views = Object.entries(everyView)

describe('every modal, and the App Home', () => {
  it.each(views)('looks as it should: %s', async (name, render) => {
    const view = render((data) => data)
    expect(validateView(asJson(view))).toEqual([])
    await expectGolden(name, view)
  })

  it.each(views)('shows what people have named, and interprets nothing of it: %s', (_name, render) => {
    const plain = markupSkeleton(asJson(render((data) => withTexts(data, 'a name'))))
    fc.assert(
      fc.property(hostileText, (text) => {
        const view = render((data) => withTexts(data, text))
        expect(validateView(asJson(view))).toEqual([])
        expect(mentionsIn({ text: '', blocks: blocksOf(view.blocks), attachments: [] })).toEqual([])
        expect(markupSkeleton(asJson(view))).toEqual(plain)
      }),
      { numRuns: 40 },
    )
  })

  it.each(views)('looks as it should with whatever names: %s', async (name, render) => {
    const looks = Object.entries(hostileTexts).map(
      ([kind, text]) => [kind, render((data) => withTexts(data, text))] as const,
    )
    expect(looks.flatMap(([, view]) => validateView(asJson(view)))).toEqual([])
    await expectGolden(`hostile/${name}`, Object.fromEntries(looks))
  })
})

describe('an error of the API', () => {
  it.each([
    [modalIds.newEndpoint, 'connection.port', inputIds.port],
    [modalIds.newEndpoint, 'connection.tls.ca', inputIds.tls],
    [modalIds.newMigration, 'selection.include[3].table', inputIds.include],
    [modalIds.schedule, 'localTime', inputIds.startAt],
    [modalIds.breakGlass, 'breakGlass.reason', inputIds.reason],
    [modalIds.newMigration, 'tags[0]', inputIds.source],
    [modalIds.cancel, null, inputIds.typedName],
  ])('of %s about %s stands at %s', (modal, field, id) => {
    expect(inputOf(modal, field)).toBe(id)
    expect(
      errorsOf(modal, { field, message: 'It is wrong.', remedy: 'Mend it.' }, { ...reader, shown: [id] }),
    ).toEqual({
      [id]: 'It is wrong. Mend it.',
    })
  })

  it('stands at an input that the modal has', () => {
    const unknown = Object.values(modalIds).filter((id) => {
      const shown = Object.values(everyView).map((render) => render((data) => data))
      const inputs = shown.filter((view) => view.callback_id === id).flatMap(({ blocks }) => blocks)
      return !inputs.some((block) => block.block_id === inputOf(id, undefined))
    })
    expect(unknown).toEqual([])
  })
})

describe('an error about an input that a modal leaves out', () => {
  it('stands at the first one', () => {
    const error = { field: 'compare', message: 'It cannot be compared.' }
    expect(errorsOf(modalIds.planCutover, error, { ...reader, shown: [inputIds.fencing] })).toEqual({
      [inputIds.fencing]: 'It cannot be compared.',
    })
  })
})

describe('what a modal is about', () => {
  it('comes back as it went', () => {
    const about = { m: 'm-7f3k', v: 9, c: 'C012AB3CD' }
    expect(readModalContext(writeModalContext(about))).toEqual(about)
  })

  it.each([undefined, '', '[]', '{"m":1}', '{"x":1}', '{'])('is nothing when it is %j', (text) => {
    expect(readModalContext(text)).toBeUndefined()
  })
})
