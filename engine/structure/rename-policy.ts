import { quoteIdent, quoteQualified } from '../postgres/index.ts'
import type { StructureEntry } from './parse-dump.ts'
import { quoted, unquote } from './quoted-names.ts'
import { renameSql, type TargetNames } from './rename-sql.ts'

const policyTable = new RegExp(`^CREATE POLICY ${quoted} ON ${quoted}\\.${quoted}`)

/** Where a table is called as before, whatever else has that name in its schema. Gone when the policy is made. */
const formerNames = 'godwit_former_names'

/**
 * The statements of a policy with the names of the target. Subqueries call the columns of the policy's own table by
 * its name, which another table in them may have as its new one; so the table has its old name while the server
 * reads them.
 */
export function renamePolicy(entry: StructureEntry, names: TargetNames): string {
  const [, , schema, name] = policyTable.exec(entry.sql) ?? []
  const own = { schema: unquote(schema), name: unquote(name) }
  const target = names.ofObject(own)
  const byItsName = [`${quoteIdent(own.name)}."`, `${quoteIdent(own.name)}.*`]
  if (target.name === own.name || !byItsName.some((text) => entry.sql.includes(text)))
    return renameSql(entry, names)
  const former = { schema: formerNames, name: own.name }
  const sql = renameSql(entry, {
    ...names,
    ofObject: (object) =>
      object.schema === own.schema && object.name === own.name ? former : names.ofObject(object),
  })
  const quotedFormer = quoteIdent(formerNames)
  return [
    `CREATE SCHEMA ${quotedFormer};`,
    `ALTER TABLE ${quoteQualified(target.schema, target.name)} SET SCHEMA ${quotedFormer};`,
    `ALTER TABLE ${quoteQualified(formerNames, target.name)} RENAME TO ${quoteIdent(own.name)};`,
    sql,
    `ALTER TABLE ${quoteQualified(formerNames, own.name)} RENAME TO ${quoteIdent(target.name)};`,
    `ALTER TABLE ${quoteQualified(formerNames, target.name)} SET SCHEMA ${quoteIdent(target.schema)};`,
    `DROP SCHEMA ${quotedFormer};`,
  ].join('\n')
}
