const beforeTable: ReadonlySet<string> = new Set([
  'FROM',
  'JOIN',
  'ONLY',
  'INTO',
  'UPDATE',
  'USING',
  ',',
  '(',
])
const tablesFollow: ReadonlySet<string> = new Set(['FROM', 'INTO', 'UPDATE', 'USING'])
const valuesFollow: ReadonlySet<string> = new Set([
  'GROUP',
  'HAVING',
  'LIMIT',
  'OFFSET',
  'ON',
  'ORDER',
  'RETURNING',
  'SELECT',
  'SET',
  'THEN',
  'VALUES',
  'WHEN',
  'WHERE',
  'WINDOW',
])
const queryStarts: ReadonlySet<string> = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE'])
/** Behind these, even in an entry with a query, comes the name of an object: of a type, or of what the entry is on. */
const beforeObject: ReadonlySet<string> = new Set(['::', 'COLLATE', 'ON', 'TABLE', 'TO', 'VIEW'])

/** What is open between two parentheses. */
interface Level {
  /** Else it is a list of arguments, a condition or the like, where FROM means something else. */
  readonly isQuery: boolean
  readonly inTables: boolean
}

const outside: Level = { isQuery: false, inTables: false }

/** Follows the tokens of a query, to tell where two names with a dot are a table, a type or the like, and not a column. */
export class QueryPlace {
  readonly #levels: Level[] = [outside]
  #before = ''

  /** Takes the next token; blanks do not count. */
  pass(token: string): void {
    if (token.trim() === '') return
    const level = this.#level
    if (token === '(') this.#levels.push({ isQuery: false, inTables: this.ofTable })
    else if (token === ')') this.#levels.pop()
    // FOR UPDATE says which rows, or what a policy is for. IS DISTINCT FROM compares values.
    else if (queryStarts.has(token) && this.#before !== 'FOR')
      this.#open({ isQuery: true, inTables: token === 'UPDATE' })
    else if (token === 'JOIN') this.#open({ ...level, inTables: true })
    else if (tablesFollow.has(token) && level.isQuery && this.#before !== 'DISTINCT')
      this.#open({ ...level, inTables: true })
    else if (valuesFollow.has(token)) this.#open({ ...level, inTables: false })
    this.#before = token === ':' && this.#before === ':' ? '::' : token
  }

  /** Whether a table stands here. */
  get ofTable(): boolean {
    return this.#level.inTables && beforeTable.has(this.#before)
  }

  /** Whether a type, or what the entry is on, stands here. Nothing but a type comes right behind a name. */
  get ofObject(): boolean {
    if (this.#before === 'RETURNING') return !this.#level.isQuery
    return beforeObject.has(this.#before) || this.#before.startsWith('"')
  }

  /** Whether what the statement is about stands here. */
  get ofSubject(): boolean {
    return ['TABLE', 'ONLY', 'ON'].includes(this.#before)
  }

  get #level(): Level {
    return this.#levels.at(-1) ?? outside
  }

  #open(level: Level): void {
    this.#levels[Math.max(this.#levels.length - 1, 0)] = level
  }
}
