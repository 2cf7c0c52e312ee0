import { passed, renamesStructure, warning, type Check, type SelectionContext } from '../check.ts'
import { count, listNames } from '../listing.ts'
import { findTexts } from '../renamed-text.ts'

/**
 * The server knows nothing of names in text. A body in the SQL standard's form is no text, and has the new names.
 * @see https://www.postgresql.org/docs/current/sql-createfunction.html
 */
export const renamedText: Check<SelectionContext> = {
  name: 'renamed-text',
  title: 'Names in text',
  concerns: renamesStructure,
  async run({ source, selected }) {
    const texts = await findTexts(source.session, selected)
    if (texts.size === 0) {
      return passed(
        'None of what has another name on the target, in the text of routines and in the constants of defaults, triggers, ' +
          'views, CHECK constraints, domains and policies.',
      )
    }
    const found = [...texts].map(([noun, names]) => `${count(names.length, noun)}: ${listNames(names)}`)
    return warning(
      `What seems to name, in its text, something that has another name on the target: ${found.join('; ')}.`,
      {
        remedy:
          'PostgreSQL keeps such text as it is. Change what is wrong on the target before the cutover (CREATE OR REPLACE ' +
          'FUNCTION, ALTER FUNCTION … SET search_path, ALTER TABLE … ALTER COLUMN … SET DEFAULT), or let what it names keep ' +
          'its name; so for what indexes, constraints or generated columns use, as this fails while rows are copied.',
      },
    )
  },
}
