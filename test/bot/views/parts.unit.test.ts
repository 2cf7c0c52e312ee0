import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readButtonValue, writeButtonValue } from '../../../bot/views/index.ts'
import { escapeMrkdwn, tidy } from '../../../bot/views/escape.ts'
import { cut } from '../../../bot/views/limits.ts'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatSeconds,
  formatSparkline,
} from '../../../bot/views/units.ts'
import { stepDetail } from '../../../bot/views/words/steps.ts'
import { hostileText } from './hostile.ts'

describe('escaping', () => {
  it.each([
    ['<!channel> & <@U1>', '&lt;!channel&gt; &amp; &lt;@U1&gt;'],
    ['*bold* ~struck~ `code`', '∗bold∗ ∼struck∼ ˋcodeˋ'],
    ['_italic_ order_items', 'ˍitalicˍ order_items'],
    ['at 12:30:45', 'at 12:30:45'],
    ['db:5432', 'db:5432'],
    ['db:5432: no such host', 'db:5432: no such host'],
    ['shop:orders of m-7f3k', 'shop:orders of m-7f3k'],
    ['a:100:b:1234:c:+1:d', 'a:\u2060100:\u2060b:\u20601234:\u2060c:\u2060+1:\u2060d'],
    [':tada: and :tada', ':\u2060tada: and :\u2060tada'],
    ['> quoted', '\u2060&gt; quoted'],
    ['two\nlines', 'two lines'],
  ])('makes %j harmless', (text, escaped) => {
    expect(escapeMrkdwn(text, 100)).toBe(escaped)
  })

  it('keeps what is written from right to left to itself', () => {
    expect(tidy('מסד\u202E', 10)).toBe('\u2068מסד\u2069')
  })

  it('shows that there is a name even when nothing of it can be seen', () => {
    expect(tidy('\u200B \n', 10)).toBe('—')
  })
})

describe('cutting', () => {
  it('never takes a letter apart, and never gives more than was asked for', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 3, max: 60 }), (text, max) => {
        const whole = tidy(text, 10_000)
        const short = cut(whole, max)
        expect(short.length).toBeLessThanOrEqual(max)
        expect(short.isWellFormed()).toBe(true)
        expect(short === whole || (whole.length > max && short.endsWith('…'))).toBe(true)
      }),
    )
  })

  it('keeps emoji that are made of several characters whole', () => {
    expect(cut('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 24)).toBe('👩‍👩‍👧‍👦👩‍👩‍👧‍👦…')
  })
})

describe('what the engine says of a step', () => {
  it('has numbers that people read, and no places in the log', () => {
    expect(stepDetail('12400000 rows in 1 tables')).toBe('12.4 million rows in 1 table')
    expect(stepDetail('8 sequences, 1 materialized views')).toBe('8 sequences, 1 materialized view')
    expect(stepDetail('snapshot at 16/B374D848')).toBeNull()
    expect(stepDetail('88 of 120: INDEX visits_by_day')).toBe('88 of 120: INDEX visits_by_day')
  })
})

describe('units', () => {
  it('are those that people read', () => {
    expect([0, 999, 1000, 999_500, 34_000_000, '9007199254740993'].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '1.0 MB',
      '34 MB',
      '9.0 PB',
    ])
    expect([0.0123, 0.4, 9.96, 59.4, 59.6, 185, 7200, 7805, 273_600].map(formatSeconds)).toEqual([
      '12 ms',
      '0.4 s',
      '10 s',
      '59 s',
      '1 min',
      '3 min 5 s',
      '2 h',
      '2 h 10 min',
      '3 d 4 h',
    ])
    expect(['PT2.3S', 'P1DT1H', 'nonsense'].map(formatDuration)).toEqual(['2.3 s', '1 d 1 h', '0 s'])
    expect([1, 1234, '12345678', 2_500_000_000].map(formatCount)).toEqual([
      '1',
      '1,234',
      '12.3 million',
      '2.5 billion',
    ])
    expect(formatSparkline([0, 5, 10])).toBe('▁▅█')
    expect(formatSparkline([0, 0])).toBe('▁▁')
    expect(formatSparkline([0.2, 0.1], 5)).toBe('▁▁')
  })
})

describe('the value of a button', () => {
  it('comes back as it went', () => {
    const value = { m: 'm-7f3k', v: 12, d: 'a'.repeat(64) }
    expect(readButtonValue(writeButtonValue(value))).toEqual(value)
  })

  it.each([undefined, '', 'null', '[]', '{"m":1}', '{"x":"y"}', '{', '{"v":-1}', `"${'a'.repeat(3000)}"`])(
    'is nothing when it is %j',
    (text) => {
      expect(readButtonValue(text)).toBeUndefined()
    },
  )
})
