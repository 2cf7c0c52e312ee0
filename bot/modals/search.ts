import { z } from 'zod'
import { graphql } from '../client/index.ts'
import type { MenuOption, OptionsHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'

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

interface SelectedObject {
  readonly schema: string
  readonly table?: string
}

const objectValue = z.union([z.tuple([z.string()]), z.tuple([z.string(), z.string()])])

/** A schema, or a table of it, as the value of an option. */
export function writeObject({ schema, table }: SelectedObject): string {
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
