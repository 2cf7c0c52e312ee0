import { always, passed, warning, type Check, type ServersContext } from '../check.ts'
import { majorOf } from '../versions.ts'

export const versionOrder: Check<ServersContext> = {
  name: 'version-order',
  title: 'Target at least as new as the source',
  concerns: always,
  async run({ source, target }) {
    const move = `PostgreSQL ${source.facts.version} to ${target.facts.version}`
    if (majorOf(target.facts) >= majorOf(source.facts)) return await Promise.resolve(passed(move))
    return warning(`The target is older than the source: ${move}.`, {
      remedy:
        'Use a target at least as new as the source; what an older server does not know of the structure cannot be ' +
        'created there, and stops the migration by name.',
    })
  },
}
