/** What is typed behind /migrate, as words; and what must not be typed there. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { looksLikeSecret } from '../../bot/commands/index.ts'
import { parseWords } from '../../bot/commands/parse.ts'
import { editDistance, suggestVerb } from '../../bot/commands/suggest.ts'

test.each([
  ['', []],
  ['   ', []],
  ['pause m-7f3k', ['pause', 'm-7f3k']],
  ['  pause \u00a0  m-7f3k\t', ['pause', 'm-7f3k']],
  ['cancel "the big one" now', ['cancel', 'the big one', 'now']],
  ['cancel “the big one” now', ['cancel', 'the big one', 'now']],
  ['cancel „the big one“ now', ['cancel', 'the big one', 'now']],
  ['cancel ‘the big one’', ['cancel', 'the big one']],
  ['cancel «the big one»', ['cancel', 'the big one']],
  ['cancel “mixed up" now', ['cancel', 'mixed up', 'now']],
  ['it’s O\'Brien\'s "db"', ['it’s', "O'Brien's", 'db']],
  ['cancel "never closed', ['cancel', '"never', 'closed']],
  ['cancel ""', ['cancel', '']],
  ['a &lt;b&gt; &amp; c', ['a', '<b>', '&', 'c']],
  ['&amp;lt;', ['&lt;']],
  [
    '<@U012AB3CD|maya> <#C024BE91L|databases> <!subteam^S012|@dba> <!here>',
    ['U012AB3CD', 'C024BE91L', 'S012', 'here'],
  ],
  ['<http://shop.example.com|shop.example.com>', ['shop.example.com']],
  ['<https://shop.example.com/a?b=c&amp;d>', ['https://shop.example.com/a?b=c&d']],
  ['<mailto:dba@example.com|dba@example.com>', ['dba@example.com']],
])('%j is read as %j', (typed, words) => {
  expect(parseWords(typed)).toEqual(words)
})

test('words that are quoted come back as they were', () => {
  const word = fc
    .string({ unit: 'grapheme' })
    .filter((text) => !/["“”„<>&]/.test(text) && text.trim() === text)
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(parseWords(words.map((each) => `"${each}"`).join(' '))).toEqual(words)
    }),
  )
})

test.each([
  'new postgres://app:hunter2@db.example/shop',
  'new <postgres://app:hunter2@db.example/shop>',
  'new postgresql://:hunter2@db.example',
  'new host=db password=hunter2',
  'new "PASSWORD = hunter2"',
  'new pwd:hunter2',
  'new me:geheim@host/db shop',
  'new "me:geheim@host"',
  'new to=me:geheim@db.example:5432',
  'new DB_PASS=hunter2',
  'new pass: hunter2',
  'new "passphrase: hunter2"',
  'watch https://hooks.slack.com/services/T0/B0/x',
  `start gw_${'0a'.repeat(16)}_secret`,
  'start xoxb-1234-5678-abcdefgh',
  'start xapp-1-A0GODWIT-simulated',
])('%j looks like a secret', (typed) => {
  expect(looksLikeSecret(typed)).toBe(true)
})

test.each([
  'new postgres://db.example/shop',
  'start m-7f3k',
  'cancel "reset passwords of people"',
  'schedule m-7f3k 22:30',
  'help password',
  'help pass',
  'new bypass=old new',
  'cancel "the compass: north"',
  'cancel "ask maya@example.com: she knows"',
  'cancel "ask <mailto:maya@example.com|maya@example.com>"',
  'cancel "at 10:30 @maya"',
  'mute 30m https://wiki.example.com/a:b/@maya',
])('%j looks like no secret', (typed) => {
  expect(looksLikeSecret(typed)).toBe(false)
})

test.each([
  ['strat', 'start'],
  ['STATUS', 'status'],
  ['puase', 'pause'],
  ['cut', 'cutover'],
  ['canel', 'cancel'],
  ['whoam', 'whoami'],
  ['hlp', 'help'],
  ['frobnicate', undefined],
  ['x', undefined],
])('for %s, %s is suggested', (typed, verb) => {
  expect(suggestVerb(typed)).toBe(verb)
})

test('the distance of two words is the same both ways, and zero for the same word only', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a))
      expect(editDistance(a, b) === 0).toBe(a === b)
    }),
  )
})
