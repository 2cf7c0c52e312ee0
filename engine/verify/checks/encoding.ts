import { quoteIdent } from '../../postgres/index.ts'
import { failed, movesRows, passed, warning, type Check, type ServersContext } from '../check.ts'

/**
 * What a server of one encoding can hold, one of another may not; UTF8 holds everything that has an encoding.
 * @see https://www.postgresql.org/docs/current/multibyte.html
 */
export const encoding: Check<ServersContext> = {
  name: 'encoding',
  title: 'Encoding of source and target',
  concerns: movesRows,
  async run({ source, target }) {
    const from = source.facts.encoding
    const to = target.facts.encoding
    if (from === to && from !== 'SQL_ASCII') return await Promise.resolve(passed(`Both are ${to}.`))
    if (from === 'SQL_ASCII') {
      return warning('The source is SQL_ASCII: it never checked what its text means.', {
        remedy: `Make sure that the text of the source is valid UTF-8; ${to === from ? 'else changes cannot be applied.' : `the target, ${to}, refuses what is not.`}`,
      })
    }
    if (to === 'UTF8') {
      return warning(`Text is converted from ${from} to UTF8.`, {
        remedy:
          'Accept this if the applications can work with UTF8; they can go on with client_encoding as it was.',
      })
    }
    return failed(
      `The source is ${from}, the target ${to}: not every character of the source has a place there.`,
      {
        remedy:
          'Create the database of the target in the encoding of the source, under a name of your choice.',
        statements: [
          `CREATE DATABASE ${quoteIdent(`${target.facts.database}_${from.toLowerCase()}`)} TEMPLATE template0 ENCODING '${from}';`,
        ],
      },
    )
  },
}
