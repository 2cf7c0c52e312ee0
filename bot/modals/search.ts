import { graphql, readNodes } from '../client/index.ts'
import type { MenuOption, OptionsHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'
import type { Choice } from '../views/blocks/inputs.ts'
import { inputIds } from '../views/modals/ids.ts'
import { textOf } from './entered.ts'
import { findObjects, nameOf, writeObject } from './objects.ts'

const EndpointsQuery = graphql(`
  query EndpointsToChoose($after: String) {
    endpoints(first: 100, after: $after) {
      nodes {
        id
        name
        host
        database
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

const offered = 50

/** Endpoints that have what was typed in their name, in upper or lower case. */
export const searchEndpoints: OptionsHandler = {
  async search(turn, { query }) {
    const wanted = query.trim().toLocaleLowerCase()
    const found: MenuOption[] = []
    for await (const { id, name, host, database } of endpoints(turn)) {
      if (name.toLocaleLowerCase().includes(wanted))
        found.push({ text: name, value: id, description: `${host}/${database}` })
      if (found.length === offered) break
    }
    return found
  },
}

/** Those with exactly these names, as choices. None are asked for without a name. */
export async function findEndpoints(
  turn: Turn,
  names: readonly string[],
): Promise<ReadonlyMap<string, Choice>> {
  const wanted = new Set(names)
  const found = new Map<string, Choice>()
  if (wanted.size === 0) return found
  for await (const { id, name } of endpoints(turn)) {
    if (wanted.has(name)) found.set(name, { text: name, value: id })
    if (found.size === wanted.size) break
  }
  return found
}

interface EndpointChoice {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly database: string
}

function endpoints({ api }: Turn): AsyncGenerator<EndpointChoice> {
  return readNodes(async (after) => (await api.execute(EndpointsQuery, { after })).endpoints)
}

/** Schemas and tables of the source that was chosen; none before, or when it cannot be reached: verify says why. */
export const searchObjects: OptionsHandler = {
  async search(turn, { query, view }) {
    const id = view === null ? '' : textOf(view, inputIds.source)
    if (id === '') return []
    const found = await findObjects(turn, { endpointId: id, text: query.trim(), first: 50 })
    return found.map((object) => ({ text: nameOf(object), value: writeObject(object) }))
  },
}
