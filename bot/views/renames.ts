import type { KnownBlock } from '@slack/types'
import { type FragmentOf, graphql } from '../client/index.ts'
import { context } from './blocks/layout.ts'
import { cutWithin } from './limits.ts'
import { given, join, type Mrkdwn, mrkdwn, none } from './mrkdwn.ts'

/** What has another name on the target. */
export const renamesFragment = graphql(`
  fragment ShownRenames on Selection {
    renames {
      schema
      table
      toSchema
      toTable
    }
  }
`)

type Shown = FragmentOf<typeof renamesFragment>
type Rename = Shown['renames'][number]

const shownRules = 3

/** Which names differ; nothing where none does. */
export function renamesBlocks(selection: Shown): readonly KnownBlock[] {
  return selection.renames.length === 0 ? [] : [context(renamesText(selection))]
}

/** Renamed on the target: public → crm, public.orders → sales and 2 more. Names look as they are typed. */
export function renamesText({ renames }: Shown): Mrkdwn {
  if (renames.length === 0) return none
  const missing = renames.length - shownRules
  const more = missing > 0 ? mrkdwn` and ${missing} more` : none
  return mrkdwn`Renamed on the target: ${join(renames.slice(0, shownRules).map(renameText), ', ')}${more}`
}

function renameText({ schema, table, toSchema, toTable }: Rename): Mrkdwn {
  return mrkdwn`${pathText(schema, table)} → ${pathText(toSchema, toTable ?? (toSchema === null ? null : table))}`
}

function pathText(schema: string | null, table: string | null): Mrkdwn {
  return join(
    [schema, table].flatMap((name) => (name === null ? [] : [nameText(name)])),
    '.',
  )
}

/** All of what servers take, if every character is a byte. */
const shownLength = 63

/** Each by itself, so that one that is written from right to left does not take the others along. */
function nameText(name: string): Mrkdwn {
  const short = cutWithin(name, shownLength)
  const isPlain = /^[\p{Ll}\p{Lo}_][\p{Ll}\p{Lo}\p{M}\p{N}_$]*$/u.test(name)
  return given(isPlain ? short : `"${short.replaceAll('"', '""')}"`)
}
