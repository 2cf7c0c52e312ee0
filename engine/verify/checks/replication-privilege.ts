import { failed, followsChanges, passed, type Check, type SourceContext } from '../check.ts'
import { oneRow } from '../one-row.ts'

const attributeSql = `
  select rolreplication or rolsuper as has_attribute from pg_catalog.pg_roles where rolname = current_user`

/** The connection test has tried it; managed services have other ways than the attribute. */
export const replicationPrivilege: Check<SourceContext> = {
  name: 'replication-privilege',
  title: 'Replication connection to the source',
  concerns: followsChanges,
  async run({ source }) {
    const stage = source.test.stages.find((candidate) => candidate.stage === 'REPLICATION')
    if (stage === undefined || stage.outcome === 'passed') {
      return passed(`${source.settings.user} may open replication connections.`)
    }
    const remedy = stage.remedy ?? ''
    const { has_attribute: hasAttribute } = oneRow(
      await source.session.query<{ has_attribute: boolean }>(attributeSql),
    )
    if (hasAttribute) return failed(stage.detail, { remedy })
    return failed(`${source.settings.user} may not open replication connections.`, {
      remedy: 'Run the statement as a role that may give this away.',
      statements: [remedy],
    })
  },
}
