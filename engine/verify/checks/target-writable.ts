import { quoteIdent } from '../../postgres/index.ts'
import { always, failed, passed, type Check, type TargetContext } from '../check.ts'
import { oneRow } from '../one-row.ts'

export const targetWritable: Check<TargetContext> = {
  name: 'target-writable',
  title: 'Target can be written to',
  concerns: always,
  async run({ target }) {
    if (target.facts.inRecovery) {
      return failed('The target is a standby, which cannot be written to.', {
        remedy: 'Use its primary as the target, or promote it: SELECT pg_promote();',
      })
    }
    const { read_only: readOnly } = oneRow(
      await target.session.query<{ read_only: boolean }>(
        `select pg_catalog.current_setting('transaction_read_only')::bool as read_only`,
      ),
    )
    if (!readOnly) return passed('The target is a primary and takes writes.')
    const { user, database } = target.settings
    return failed('Transactions on the target are read-only by default.', {
      remedy: 'Run the statement as a superuser or as the user itself, who may always write then.',
      statements: [
        `ALTER ROLE ${quoteIdent(user)} IN DATABASE ${quoteIdent(database)} SET default_transaction_read_only = off;`,
      ],
    })
  },
}
