import { quoteIdent, quoteQualified } from '../postgres/index.ts'
import type { StructureEntry } from './parse-dump.ts'
import { quoted, unquote } from './quoted-names.ts'
import { renameSql, type TargetNames } from './rename-sql.ts'

const policyTable = new RegExp(`^CREATE POLICY ${quoted} ON ${quoted}\\.${quoted}`)

/**
 * The statements of a policy with the names of the target. Subqueries call the columns of the policy's own table by
 * its name, which another table in them may have as its new one; so the table has its old name while the server
 * reads them.
 */
export function renamePolicy(entry: StructureEntry, names: TargetNames): string {
  const [, , schema, name] = policyTable.exec(entry.sql) ?? []
  const own = { schema: unquote(schema), name: unquote(name) }
  const target = names.ofObject(own)
  if (target.name === own.name || !entry.sql.includes(`${quoteIdent(own.name)}."`))
    return renameSql(entry, names)
  const former = { schema: target.schema, name: own.name }
  const sql = renameSql(entry, {
    ...names,
    ofObject: (object) =>
      object.schema === own.schema && object.name === own.name ? former : names.ofObject(object),
  })
  return [
    `ALTER TABLE ${quoteQualified(target.schema, target.name)} RENAME TO ${quoteIdent(former.name)};`,
    sql,
    `ALTER TABLE ${quoteQualified(former.schema, former.name)} RENAME TO ${quoteIdent(target.name)};`,
  ].join('\n')
}
