import { describe, expect, it } from 'vitest'
import { apiText, plainApiText } from '../../../bot/views/api-text.ts'

const workspaceId = 'T012AB3CD'
const ben = 'slack:T012AB3CD/U045EF6GH'
const date = '<!date^1795314121^{date_short_pretty} at {time}|2026-11-22 02:22 UTC>'
const shownOf = (text: string, max = 500) => apiText(text, max, { workspaceId }).source

describe('a text of the API', () => {
  it.each([
    ['at 2026-11-22T02:22:01.969Z. Read', `at ${date}. Read`],
    ['until 2026-11-22T02:22:01Z', `until ${date}`],
    ['(2026-11-22T02:22:01.969Z: so)', `(${date}: so)`],
    [`${ben} was first`, '<@U045EF6GH> was first'],
    [`by ${ben}: a reason`, 'by <@U045EF6GH>: a reason'],
    [`lacks ${ben}`, 'lacks <@U045EF6GH>'],
    ['slack:T999AB3CD/U045EF6GH was first', 'a member of another workspace was first'],
  ])('has the moments and people of Slack: %s', (text, shown) => {
    expect(shownOf(text)).toBe(shown)
  })

  it.each([
    'slack:T012AB3CD/U045EF6GH-x',
    'xslack:T012AB3CD/U045EF6GH',
    'slack:T012AB3CD/U045EF6GHx',
    'slack:T012AB3CD/u045ef6gh',
    'slack:T012AB3CD/S045EF6GH',
    'slack:/U045EF6GH',
    'slack:T012AB3CD/U045EF6GH/..',
    '<@U045EF6GH>',
    '<!date^1^{time}|x>',
    '2026-99-22T02:22:01Z',
    '2026-11-22T02:22:01Zulu',
    '12026-11-22T02:22:01Z',
  ])('makes nothing of what is not exactly that: %s', (text) => {
    expect(shownOf(text)).not.toContain('<')
  })

  it('names nobody but whom it may', () => {
    const only = 'slack:T012AB3CD/U0OTHER'
    expect(apiText(`${only} asks ${ben}`, 500, { workspaceId, only }).source).toBe(
      '<@U0OTHER> asks a member of this workspace',
    )
    expect(apiText(ben, 500, { workspaceId, only: null }).source).toBe('a member of this workspace')
    expect(apiText(ben, 500).source).toBe('a member of Slack')
  })

  it('does not grow without end', () => {
    const text = shownOf('2026-11-22T02:22:01Z '.repeat(60), 1500)
    expect(text.match(/<!date/g)).toHaveLength(10)
    expect(text.length).toBeLessThan(2200)
  })

  it.each([
    ['PAUSE is not possible in status READY: nothing runs.', 'This is not possible now: nothing runs.'],
    [
      'Plan again with a longer expiresIn: it opens.',
      'Plan it again, so that it holds for longer: it opens.',
    ],
    ['duration must be from one minute to seven days.', 'The time must be from one minute to seven days.'],
    ['maxPause is 5 s; it must be more.', 'The time is 5 s; it must be more.'],
  ])('has no names of the schema: %s', (text, shown) => {
    expect(shownOf(text)).toBe(shown)
  })

  it('has the clock of the person where Slack has none', () => {
    const text = `${ben} was first, at 2026-11-22T02:22:01.969Z.`
    expect(plainApiText(text, { workspaceId, timeZone: 'Europe/Berlin' })).toBe(
      'a member of this workspace was first, at 2026-11-22 03:22 (Europe/Berlin).',
    )
    expect(plainApiText(text, { workspaceId: 'T9', timeZone: 'No/Where' })).toBe(
      'a member of another workspace was first, at 2026-11-22T02:22:01.969Z.',
    )
  })
})
