import { quoteIdent } from '../../postgres/index.ts'
import { failed, movesStructure, passed, warning, type Check, type TransferContext } from '../check.ts'
import { readExtensions, readOffered, type OfferedExtension, type SourceExtension } from '../extensions.ts'
import { listNames } from '../listing.ts'

/** The structure creates what the target offers and its user may create. */
export const extensions: Check<TransferContext> = {
  name: 'extensions',
  title: 'Extensions on the target',
  concerns: movesStructure,
  async run({ source, target, selected }) {
    const wanted = await readExtensions(source.session, selected)
    const offered = await readOffered(target.session, wanted)
    const problems = wanted.flatMap((extension) => {
      const problem = findProblem(extension, offered.get(extension.name), target.settings.user)
      return problem === null ? [] : [problem]
    })
    if (problems.length === 0) {
      return passed(wanted.length === 0 ? 'None.' : `The target has, or can have: ${namesOf(wanted)}.`)
    }
    const mending = {
      remedy: [...new Set(problems.map(({ remedy }) => remedy))].join(' '),
      statements: problems.flatMap(({ statements }) => statements),
    }
    const detail = problems.map(({ sentence }) => sentence).join(' ')
    if (problems.some(({ extension }) => extension.needed)) return failed(detail, mending)
    return warning(`${detail} Nothing selected depends on it, as far as the source knows.`, mending)
  },
}

interface Problem {
  readonly extension: SourceExtension
  readonly sentence: string
  readonly remedy: string
  readonly statements: readonly string[]
}

const runAsSuperuser = 'Run the statements in the database of the target as a superuser.'

function findProblem(
  extension: SourceExtension,
  offered: OfferedExtension | undefined,
  user: string,
): Problem | null {
  const { name, schema } = extension
  if (offered === undefined) {
    return {
      extension,
      sentence: `The target does not offer ${name}.`,
      remedy: 'Install what is not offered on the server of the target, or leave out what uses it.',
      statements: [],
    }
  }
  if (offered.schema === null && !offered.may_create) {
    return {
      extension,
      sentence: `${user} may not create ${name} on the target.`,
      remedy: runAsSuperuser,
      statements: [
        ...(schema === 'public' || schema === 'pg_catalog'
          ? []
          : [`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)};`]),
        `CREATE EXTENSION ${quoteIdent(name)} SCHEMA ${quoteIdent(schema)};`,
      ],
    }
  }
  if (offered.schema !== null && offered.schema !== schema) {
    return {
      extension,
      sentence: `${name} is in the schema ${offered.schema} on the target, in ${schema} on the source.`,
      remedy: runAsSuperuser,
      statements: [`ALTER EXTENSION ${quoteIdent(name)} SET SCHEMA ${quoteIdent(schema)};`],
    }
  }
  return null
}

function namesOf(wanted: readonly SourceExtension[]): string {
  return listNames(wanted.map(({ name }) => name))
}
