/**
 * Finds where tokens of SQL end, so that what only looks like SQL inside of strings, function bodies, quoted
 * names and comments is not taken for it. Expects `standard_conforming_strings = on`.
 * @see https://www.postgresql.org/docs/current/sql-syntax-lexical.html
 */

/** Names and keywords; a dollar sign inside of one starts no string. */
const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y
const number = /\d[\w.]*/y
const blank = /\s+/y
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y
const escapeString = /[eE]'/y

/** The end of the token that begins at `start`; blanks in a row count as one. */
export function endOfToken(sql: string, start: number): number {
  switch (sql.charAt(start)) {
    case "'":
      return endOfQuoted(sql, start + 1, "'")
    case '"':
      return endOfQuoted(sql, start + 1, '"')
    case '$':
      return endOfDollarQuoted(sql, start)
    case '-':
      return sql.startsWith('--', start) ? endOfLine(sql, start) : start + 1
    case '/':
      return sql.startsWith('/*', start) ? endOfBlockComment(sql, start + 2) : start + 1
    default:
      if (matchEnd(escapeString, sql, start) !== null) return endOfEscapeString(sql, start + 2)
      return (
        matchEnd(word, sql, start) ?? matchEnd(number, sql, start) ?? matchEnd(blank, sql, start) ?? start + 1
      )
  }
}

function matchEnd(pattern: RegExp, sql: string, start: number): number | null {
  pattern.lastIndex = start
  return pattern.test(sql) ? pattern.lastIndex : null
}

/** A quote inside is doubled, which reads as two tokens side by side: the same for our purpose. */
function endOfQuoted(sql: string, start: number, quote: string): number {
  const end = sql.indexOf(quote, start)
  return end < 0 ? sql.length : end + 1
}

function endOfEscapeString(sql: string, start: number): number {
  let at = start
  while (at < sql.length && sql[at] !== "'") at += sql[at] === '\\' ? 2 : 1
  return Math.min(at + 1, sql.length)
}

function endOfDollarQuoted(sql: string, start: number): number {
  const bodyStart = matchEnd(dollarTag, sql, start)
  if (bodyStart === null) return start + 1
  const tag = sql.slice(start, bodyStart)
  const end = sql.indexOf(tag, bodyStart)
  return end < 0 ? sql.length : end + tag.length
}

function endOfLine(sql: string, start: number): number {
  const end = sql.indexOf('\n', start)
  return end < 0 ? sql.length : end
}

/** Block comments nest. */
function endOfBlockComment(sql: string, start: number): number {
  let depth = 1
  let at = start
  while (at < sql.length && depth > 0) {
    const opens = sql.startsWith('/*', at)
    const closes = sql.startsWith('*/', at)
    if (opens) depth += 1
    if (closes) depth -= 1
    at += opens || closes ? 2 : 1
  }
  return at
}
