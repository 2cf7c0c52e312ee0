import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ApiError, graphql, payloadOf } from '../client/index.ts'
import type { Turn } from '../turn.ts'
import { limits } from '../views/limits.ts'

const ObjectsQuery = graphql(`
  query ObjectsToChoose($id: ID!, $search: String!, $first: Int!) {
    endpoint(id: $id) {
      objects(search: $search, first: $first) {
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

/** A schema, or a table of it. */
export interface SelectedObject {
  readonly schema: string
  readonly table?: string
}

interface ObjectSearch {
  readonly endpointId: string
  readonly text: string
  readonly first: number
}

/** @throws ApiError, ApiUnreachableError */
export async function findObjects(
  { api }: Pick<Turn, 'api'>,
  { endpointId: id, text: search, first }: ObjectSearch,
): Promise<readonly SelectedObject[]> {
  const { endpoint } = await api.execute(ObjectsQuery, { id, search, first })
  if (endpoint === null) return []
  const { objects } = payloadOf(endpoint.objects, 'EndpointObjects')
  return objects.map(({ schema, table }) => (table === null ? { schema } : { schema, table }))
}

export function nameOf({ schema, table }: SelectedObject): string {
  return table === undefined ? schema : `${schema}.${table}`
}

const objectValue = z.union([z.tuple([z.string()]), z.tuple([z.string(), z.string()])])

function asJson({ schema, table }: SelectedObject): string {
  return JSON.stringify(table === undefined ? [schema] : [schema, table])
}

/**
 * An object as the value of an option. Slack takes no longer ones: then it is the beginning of the name, by which it is
 * searched once more, with a hash that tells it from what begins alike.
 */
export function writeObject(object: SelectedObject): string {
  const whole = asJson(object)
  if (whole.length <= limits.optionValue) return whole
  const mark = markOf(object)
  // Half of a character would not be found.
  return (
    mark +
    nameOf(object)
      .slice(0, limits.optionValue - mark.length)
      .replace(/[\uD800-\uDBFF]$/, '')
  )
}

const hashLength = 16

function markOf(object: SelectedObject): string {
  return `#${createHash('sha256').update(asJson(object)).digest('base64url').slice(0, hashLength)}`
}

interface Chosen {
  /** Of the API, for what is wrong with them. */
  readonly field: string
  readonly values: readonly string[]
}

/** What such values say, in their order. @throws ApiError of the field, ApiUnreachableError */
export async function readObjects(
  turn: Pick<Turn, 'api'>,
  endpointId: string,
  { field, values }: Chosen,
): Promise<readonly SelectedObject[]> {
  return Promise.all(
    values.map(async (value) => {
      const object = value.startsWith('#') ? await findAgain(turn, endpointId, value) : readObject(value)
      if (object === null) throw gone(field)
      return object
    }),
  )
}

async function findAgain(
  turn: Pick<Turn, 'api'>,
  endpointId: string,
  value: string,
): Promise<SelectedObject | null> {
  const text = value.slice(hashLength + 1)
  const found = await findObjects(turn, { endpointId, text, first: 100 })
  return found.find((object) => value.startsWith(markOf(object))) ?? null
}

function gone(field: string): ApiError {
  return new ApiError({
    code: 'BAD_INPUT',
    message: 'One of these is not there any more.',
    remedy: 'Choose anew.',
    field,
  })
}

/** Of a value that is none of ours, a schema that does not exist, so that the API says so. */
function readObject(value: string): SelectedObject {
  try {
    const [schema, table] = objectValue.parse(JSON.parse(value))
    return table === undefined ? { schema } : { schema, table }
  } catch {
    return { schema: value }
  }
}
