import type { ServerFacts } from '../catalog/index.ts'
import { failed, passed, warning, type Finding } from './check.ts'

/** What Godwit knows the catalogs of. */
const oldestMajor = 10
const newestMajor = 18

/** The major version, from PostgreSQL 10 on; 9 for all before. */
export function majorOf({ versionNum }: Pick<ServerFacts, 'versionNum'>): number {
  return Math.floor(versionNum / 10_000)
}

/** Whether Godwit knows this version of PostgreSQL. */
export function judgeVersion(side: 'source' | 'target', facts: ServerFacts): Finding {
  const major = majorOf(facts)
  if (major < oldestMajor) {
    return failed(`The ${side} is PostgreSQL ${facts.version}; Godwit needs ${oldestMajor} or newer.`, {
      remedy: `Upgrade the ${side} to PostgreSQL ${oldestMajor} or newer first.`,
    })
  }
  if (major > newestMajor) {
    return warning(
      `The ${side} is PostgreSQL ${facts.version}, newer than this Godwit knows (${newestMajor}).`,
      {
        remedy: 'Use a newer Godwit, or try the migration out on a copy first.',
      },
    )
  }
  return passed(`PostgreSQL ${facts.version}`)
}
