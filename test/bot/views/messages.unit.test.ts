import { describe, expect, it } from 'vitest'
import { everyMessage } from './every-message.ts'
import { expectGolden, troubleWith } from './golden.ts'

describe('every message', () => {
  it.each(Object.entries(everyMessage))('looks as it should: %s', async (name, render) => {
    const message = render((data) => data)
    expect(troubleWith(message)).toEqual([])
    await expectGolden(name, message)
  })
})
