import { always, failed, passed, warning, type Check, type SourceContext } from '../check.ts'
import { oneRow } from '../one-row.ts'

/** @see https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-CONFLICT */
export const sourcePrimary: Check<SourceContext> = {
  name: 'source-primary',
  title: 'Source is a primary',
  concerns: always,
  async run({ source, kind }) {
    if (!source.facts.inRecovery) return passed('The source is a primary.')
    if (kind.incremental) {
      return failed('The source is a standby, where no publication can be created.', {
        remedy: 'Use the primary as the source, or migrate without incremental sync.',
      })
    }
    const { delay } = oneRow(
      await source.session.query<{ delay: string }>(
        `select setting as delay from pg_catalog.pg_settings where name = 'max_standby_streaming_delay'`,
      ),
    )
    if (delay === '-1') return passed('The source is a standby that lets long queries end.')
    return warning('The source is a standby: what its primary cleans up may cancel a long copy.', {
      remedy: 'Let the standby wait meanwhile.',
      statements: ['ALTER SYSTEM SET max_standby_streaming_delay = -1;', 'SELECT pg_reload_conf();'],
    })
  },
}
