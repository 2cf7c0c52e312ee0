import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { everyMessage, type Render } from './every-message.ts'
import { asJson, expectGolden, troubleWith } from './golden.ts'
import { hostileText, hostileTexts, withTexts } from './hostile.ts'
import { markupSkeleton } from './skeleton.ts'

const messages = Object.entries(everyMessage)
/** One of each kind is looked at by people, too. */
const shown = Object.entries(fullest())

/** The longest message of each view. */
function fullest(): Readonly<Record<string, Render>> {
  const lengthOf = (render: Render) => JSON.stringify(render((data) => data)).length
  const byLength = messages.toSorted(([, one], [, other]) => lengthOf(one) - lengthOf(other))
  return Object.fromEntries(byLength.map(([name, render]) => [name.split('.')[0] ?? '', render]))
}

describe('what people and databases have named', () => {
  it.each(messages)('is shown and not interpreted in %s', (_name, render) => {
    const skeletonWith = (text: string) => {
      const message = render((data) => withTexts(data, text))
      return markupSkeleton([asJson(message.blocks), { type: 'mrkdwn', text: message.text }])
    }
    const plain = skeletonWith('a name')
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(troubleWith(render((data) => withTexts(data, text)))).toEqual([])
        expect(skeletonWith(text)).toEqual(plain)
      }),
      { numRuns: 40 },
    )
  })

  it.each(shown)('looks as it should in %s', async (view, render) => {
    const looks = Object.entries(hostileTexts).map(
      ([kind, text]) => [kind, render((data) => withTexts(data, text))] as const,
    )
    expect(
      looks.flatMap(([kind, message]) => troubleWith(message).map((what) => `${kind}: ${what}`)),
    ).toEqual([])
    await expectGolden(`hostile/${view}`, Object.fromEntries(looks))
  })
})
