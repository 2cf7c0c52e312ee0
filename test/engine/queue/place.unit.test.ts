import { expect, test } from 'vitest'
import { placeOf, type PlaceFacts, type QueuePlace } from '../../../engine/queue/index.ts'

const running: PlaceFacts = {
  queued: false,
  owned: true,
  admitted: true,
  nextAttempt: 'NONE',
  following: false,
}
const queued: PlaceFacts = { ...running, queued: true, owned: false, admitted: false }

const cases: readonly (readonly [string, PlaceFacts, QueuePlace])[] = [
  ['queued, with nobody at it', queued, 'WANTED'],
  ['queued and claimed as its turn', { ...queued, owned: true, admitted: true }, 'HELD'],
  ['queued again under a lease from before', { ...queued, owned: true }, 'WANTED'],
  ['queued, its worker gone before it began', { ...queued, admitted: true }, 'WANTED'],
  ['queued, to be tried again later', { ...queued, nextAttempt: 'LATER' }, 'WANTED_LATER'],
  ['queued to follow changes', { ...queued, following: true }, 'NOT_NEEDED'],
  ['claimed to follow changes', { ...queued, following: true, owned: true, admitted: true }, 'NONE'],
  ['copying', running, 'HELD'],
  ['copying, its worker gone', { ...running, owned: false }, 'HELD'],
  ['to be tried again later', { ...running, owned: false, nextAttempt: 'LATER' }, 'SUSPENDED'],
  ['to be tried again now', { ...running, owned: false, nextAttempt: 'DUE' }, 'RETURNING'],
  ['being tried again', { ...running, nextAttempt: 'DUE' }, 'HELD'],
  ['following changes', { ...running, following: true }, 'NONE'],
]

test.each(cases)('%s', (_name, facts, place) => {
  expect(placeOf(facts)).toBe(place)
})
