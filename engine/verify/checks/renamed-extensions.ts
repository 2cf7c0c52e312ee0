import { readNamesOfExtensions } from '../../selection/index.ts'
import { failed, passed, renamesStructure, type Check, type SelectionContext } from '../check.ts'
import { listNames } from '../listing.ts'
import { schemaNames } from '../target-names.ts'

/** Extensions stay in their schemas; what has one of their names would take it along in the structure. */
export const renamedExtensions: Check<SelectionContext> = {
  name: 'renamed-extensions',
  title: 'Names that extensions have, too',
  concerns: renamesStructure,
  async run({ source, selected }) {
    const shared = await readNamesOfExtensions(source.session, [...schemaNames(selected).keys()])
    if (shared.length === 0) return passed('Nothing in schemas that are renamed has a name of an extension.')
    const pairs = shared.map(
      ({ own, ofExtension, extension }) => `${own} and ${ofExtension} of the extension ${extension}`,
    )
    return failed(
      `What is renamed with its schema cannot be told from what an extension keeps there: ${listNames(pairs)}.`,
      {
        remedy:
          'Rename what is yours on the source, move the extension into another schema there (ALTER EXTENSION … SET SCHEMA), ' +
          'or let the schema keep its name.',
      },
    )
  },
}
