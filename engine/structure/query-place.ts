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
const tablesFollow: ReadonlySet<string> = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE', 'USING'])
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
/** Behind these, even in an entry with a query, comes the name of an object: of a type, or of what the entry is on. */
const beforeObject: ReadonlySet<string> = new Set([':', 'COLLATE', 'ON', 'TABLE', 'TO', 'VIEW'])

/** Follows the tokens of a query, to tell where two names with a dot are a table, a type or the like, and not a column. */
export class QueryPlace {
  /** At each depth of parentheses, whether a list of tables is open. */
  readonly #inTables = [false]
  #before = ''

  /** Takes the next token; blanks do not count. */
  pass(token: string): void {
    if (token.trim() === '') return
    if (token === '(')
      this.#inTables.push(this.#inList && beforeTable.has(this.#before) && this.#before !== 'USING')
    else if (token === ')') this.#inTables.pop()
    // IS DISTINCT FROM compares values.
    else if (tablesFollow.has(token) && this.#before !== 'DISTINCT') this.#open(true)
    else if (valuesFollow.has(token)) this.#open(false)
    this.#before = token
  }

  /** Whether a table stands here. */
  get ofTable(): boolean {
    return this.#inList && beforeTable.has(this.#before)
  }

  /** Whether a type, or what the entry is on, stands here. Nothing but a type comes right behind a name. */
  get ofObject(): boolean {
    return beforeObject.has(this.#before) || this.#before.startsWith('"')
  }

  get #inList(): boolean {
    return this.#inTables.at(-1) ?? false
  }

  #open(tables: boolean): void {
    this.#inTables[Math.max(this.#inTables.length - 1, 0)] = tables
  }
}
