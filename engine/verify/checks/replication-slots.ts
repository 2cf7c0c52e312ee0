import { failed, followsChanges, passed, type Check, type SourceContext } from '../check.ts'
import { count, listNames } from '../listing.ts'
import { oneRow } from '../one-row.ts'

interface SlotsRow {
  max: number
  names: string[]
  inactive: string[]
}

const slotsSql = `
  select pg_catalog.current_setting('max_replication_slots')::int as max,
         coalesce(json_agg(slot_name order by slot_name), '[]') as names,
         coalesce(json_agg(slot_name order by slot_name) filter (where not active), '[]') as inactive
    from pg_catalog.pg_replication_slots`

/** @see https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-MAX-REPLICATION-SLOTS */
export const replicationSlots: Check<SourceContext> = {
  name: 'replication-slots',
  title: 'Free replication slot on the source',
  concerns: followsChanges,
  async run({ source }) {
    const { max, names, inactive } = oneRow(await source.session.query<SlotsRow>(slotsSql))
    if (names.length < max) return passed(`${names.length} of ${count(max, 'slot')} are in use.`)
    const unused =
      inactive.length === 0
        ? ''
        : ` Or drop those that nobody needs any more; not active now: ${listNames(inactive)}.`
    return failed(`All of ${count(max, 'slot')} are in use; the migration needs one.`, {
      remedy: `Run the statement as a superuser, then restart the source.${unused}`,
      statements: [`ALTER SYSTEM SET max_replication_slots = ${max + 10};`],
    })
  },
}
