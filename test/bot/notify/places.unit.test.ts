import { expect, test } from 'vitest'
import { Places } from '../../../bot/notify/places.ts'

test('the mark stays before the first item that is not handled, in whatever order they end', () => {
  const places = new Places('start')
  const [a, b, c] = ['a', 'b', 'c'].map((cursor) => places.begin(cursor))
  expect([places.mark, places.latest]).toEqual(['start', 'c'])
  b?.()
  c?.()
  expect(places.mark).toBe('start')
  a?.()
  expect(places.mark).toBe('c')
})

test('what passes without work takes the mark with it only when nothing is open', () => {
  const places = new Places('start')
  const end = places.begin('a')
  places.pass('heartbeat')
  expect([places.mark, places.latest]).toEqual(['start', 'heartbeat'])
  end()
  expect(places.mark).toBe('heartbeat')
})
