import { dumpVersion } from '../../structure/index.ts'
import { failed, movesStructure, passed, type Check, type SourceContext } from '../check.ts'
import { majorOf } from '../versions.ts'

/** @see https://www.postgresql.org/docs/current/app-pgdump.html#PG-DUMP-NOTES */
export const pgDump: Check<SourceContext> = {
  name: 'pg-dump',
  title: 'pg_dump new enough for the source',
  concerns: movesStructure,
  async run({ source }) {
    const version = await dumpVersion()
    if (Number.parseInt(version, 10) >= majorOf(source.facts)) return passed(`pg_dump ${version}`)
    return failed(`pg_dump ${version} cannot dump from PostgreSQL ${source.facts.version}.`, {
      remedy: 'Use a newer Godwit, or migrate without the structure.',
    })
  },
}
