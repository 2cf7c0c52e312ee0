import { z } from 'zod'
import { graphql, payloadOf } from '../client/index.ts'
import type { MenuOption, OptionsHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'
import { inputIds } from '../views/modals/ids.ts'
import { textOf } from './entered.ts'

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

interface EndpointChoice {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly database: string
}

async function* endpoints({ api }: Turn): AsyncGenerator<EndpointChoice> {
  let after: string | null = null
  do {
    const variables: { after: string | null } = { after }
    const { endpoints: page } = await api.execute(EndpointsQuery, variables)
    yield* page.nodes
    after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null
  } while (after !== null)
}

const ObjectsQuery = graphql(`
  query ObjectsToChoose($id: ID!, $search: String!) {
    endpoint(id: $id) {
      objects(search: $search, first: 50) {
        __typename
        ... on EndpointObjects {
          objects {
            schema
            table
          }
        }
        ... on UserError {
          code
          message
          remedy
        }
      }
    }
  }
`)

/** Schemas and tables of the source that was chosen; none before, or when it cannot be reached: verify says why. */
export const searchObjects: OptionsHandler = {
  async search(turn, { query, view }) {
    const id = view === null ? '' : textOf(view, inputIds.source)
    if (id === '') return []
    const { endpoint } = await turn.api.execute(ObjectsQuery, { id, search: query.trim() })
    if (endpoint === null) return []
    const { objects } = payloadOf(endpoint.objects, 'EndpointObjects')
    return objects.flatMap(({ schema, table }) => {
      const value = writeObject({ schema, ...(table !== null && { table }) })
      // Slack takes no longer values: a schema can be chosen instead, or the API used.
      return value.length > maxValue ? [] : [{ text: table === null ? schema : `${schema}.${table}`, value }]
    })
  },
}

const maxValue = 75

interface SelectedObject {
  readonly schema: string
  readonly table?: string
}

const objectValue = z.union([z.tuple([z.string()]), z.tuple([z.string(), z.string()])])

/** A schema, or a table of it, as the value of an option. */
function writeObject({ schema, table }: SelectedObject): string {
  return JSON.stringify(table === undefined ? [schema] : [schema, table])
}

/** What such a value says; of any other, a schema that does not exist, so that the API says so. */
export function readObject(value: string): SelectedObject {
  try {
    const [schema, table] = objectValue.parse(JSON.parse(value))
    return table === undefined ? { schema } : { schema, table }
  } catch {
    return { schema: value }
  }
}
