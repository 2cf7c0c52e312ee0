import { quoteQualified } from '../postgres/index.ts'

/** Longer lists help nobody who reads them. */
const maxNames = 20

/** Enough to run at once; a verify after them names the rest. */
const maxStatements = 100

interface Named {
  readonly schema: string
  readonly name: string
}

/** `a, b, c and 4 more` */
export function listNames(names: readonly string[]): string {
  const rest = names.length - maxNames
  return `${names.slice(0, maxNames).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

/** As `listNames`, with the schema of each. */
export function listObjects(objects: readonly Named[]): string {
  return listNames(objects.map(({ schema, name }) => `${schema}.${name}`))
}

/** `1 table`, `2 tables` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** One statement an object, as many as are of use. */
export function statementsFor<T extends Named>(
  objects: readonly T[],
  toStatement: (qualified: string, object: T) => string,
): string[] {
  return limitStatements(
    objects.map((object) => toStatement(quoteQualified(object.schema, object.name), object)),
  )
}

export function limitStatements(statements: readonly string[]): string[] {
  return statements.slice(0, maxStatements)
}

/** `12.3 GB`, in powers of 1024 as PostgreSQL has them. */
export function formatBytes(bytes: bigint | number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = Number(bytes)
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
