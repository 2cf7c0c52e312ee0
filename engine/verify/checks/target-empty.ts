import { quoteQualified } from '../../postgres/index.ts'
import { failed, passed, type Check, type TransferContext } from '../check.ts'
import { findConflicts, toDropStatements } from '../conflicts.ts'
import { count, limitStatements, listObjects } from '../listing.ts'
import { findFilledTables } from '../target-objects.ts'

/**
 * What is on the target already is never overwritten: structure fails on objects of the same name, and rows that
 * are there belong to somebody.
 */
export const targetEmpty: Check<TransferContext> = {
  name: 'target-empty',
  title: 'Target is empty',
  concerns: (kind) => kind.structure || kind.fullCopy,
  async run(context) {
    return context.kind.structure ? await checkNames(context) : await checkRows(context)
  },
}

async function checkNames({ source, target, selected }: TransferContext) {
  const conflicts = await findConflicts(source.session, target.session, selected)
  if (conflicts.length === 0) return passed('Nothing there has the name of anything that is selected.')
  return failed(
    `${count(conflicts.length, 'object')} of the selection there already: ${listObjects(conflicts)}.`,
    {
      remedy:
        'DESTRUCTIVE: the statements drop what is on the target, its rows, and all that depends on it. Run them only if ' +
        'nobody needs it; else use another database as the target.',
      statements: limitStatements(toDropStatements(conflicts, target.facts.versionNum)),
    },
  )
}

async function checkRows({ target, selected }: TransferContext) {
  const filled = await findFilledTables(target.session, selected.tables)
  if (filled.length === 0) return passed('The selected tables have no rows there.')
  const names = filled.map(({ schema, name }) => quoteQualified(schema, name))
  return failed(`${count(filled.length, 'table')} with rows on the target: ${listObjects(filled)}.`, {
    remedy:
      'DESTRUCTIVE: the statement deletes all rows of these tables of the target, and of those that refer to them. Run it ' +
      'only if nobody needs them; else use another database as the target.',
    statements: [`TRUNCATE TABLE ${names.join(', ')} CASCADE;`],
  })
}
