import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderReport } from '../../../../engine/cutover/index.ts'
import { codeBlock, escapeMarkdown, formatMs } from '../../../../engine/cutover/report/markdown-text.ts'
import { fullReport } from '../../../support/completion-report.ts'

test('a report says all that was stored of the migration', () => {
  const markdown = renderReport(fullReport)
  for (const part of [
    '# Migration m-7f3k \\(shop\\) is complete',
    '9007199254740993',
    '| Write pause | 7 ms |',
    '| Write pause, predicted | 1.5 s |',
    '| Of it, comparing | 2 ms |',
    '| FENCE | 120 ms |',
    'READ\\_ONLY',
    '1 of 1 tables differ',
    'Asked for by alice',
    'Approved by bob: looks good',
    '**Break-glass** by carol',
    'Warning accepted: wal-retention',
    '```sql\nDROP ROLE "godwit";\n```',
  ]) {
    expect(markdown).toContain(part)
  }
  expect(markdown).not.toContain('undefined')
})

test('names and reasons that people choose cannot make headings, links, tables or code', () => {
  const evil = '# x\n\n[click](http://evil) | `code` <img src=x> **bold**'
  const markdown = renderReport({
    ...fullReport,
    migration: evil,
    requestedBy: evil,
    breakGlass: { person: evil, reason: evil },
    comparison: [{ schema: evil, table: evil, sourceRows: 1n, targetRows: 1n }],
  })
  const lines = markdown.split('\n')
  expect(lines.filter((line) => /^#+ x/.test(line))).toEqual([])
  expect(markdown).not.toMatch(/(^|[^\\])(\[click|<img|`code|\*\*bold)/)
})

test('no text that was escaped keeps a character that Markdown acts on', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const escaped = escapeMarkdown(text)
      expect(escaped.replaceAll(/\\[^a-z0-9\s]/gi, '')).not.toMatch(/[`*_[\]<>#|\n\\]/)
      expect(escaped).not.toMatch(/^(\d+\.|[-=:])/)
    }),
  )
})

test('statements that hold backticks do not end their block', () => {
  expect(codeBlock('sql', ['DROP ROLE "```";'])).toBe('````sql\nDROP ROLE "```";\n````')
})

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_234, '1.2 s'],
  [61_000, '1 min 1 s'],
  [3_660_000, '1 h 1 min'],
])('%d ms is %s', (ms, text) => {
  expect(formatMs(ms)).toBe(text)
})
