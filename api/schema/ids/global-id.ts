import { GodwitError } from '../../../engine/index.ts'

/** Types that the field `node` can find. */
const nodeTypes: readonly string[] = ['Migration', 'Endpoint']

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const shortIdPattern = /^m-[0-9a-z]{1,20}$/i

/** Makes a global id: opaque to clients, and unique over all types. */
export function encodeId(typeName: string, id: string): string {
  return Buffer.from(`${typeName}:${id}`).toString('base64url')
}

function decodeId(text: string): { typename: string; id: string } | undefined {
  const match = /^([A-Za-z]+):(.+)$/.exec(Buffer.from(text, 'base64url').toString('utf8'))
  const [, typename, id] = match ?? []
  return typename !== undefined && id !== undefined && uuidPattern.test(id)
    ? { typename, id: id.toLowerCase() }
    : undefined
}

/** @throws GodwitError BAD_INPUT when it is not the id of a node */
export function decodeNodeId(text: string): { typename: string; id: string } {
  const decoded = decodeId(text)
  if (decoded !== undefined && nodeTypes.includes(decoded.typename)) return decoded
  throw new GodwitError('BAD_INPUT', 'This is not the global id of a node.', {
    remedy: `Give the id of one of these: ${nodeTypes.join(', ')}.`,
    field: 'id',
  })
}

/**
 * Reads an id of a type as people may give it: the global id or the UUID.
 * @throws GodwitError BAD_INPUT
 */
export function readId(typeName: string, text: string, field: string): string {
  if (uuidPattern.test(text)) return text.toLowerCase()
  const decoded = decodeId(text)
  if (decoded?.typename === typeName) return decoded.id
  throw new GodwitError(
    'BAD_INPUT',
    decoded === undefined
      ? `The value of ${field} is not an id.`
      : `The value of ${field} is the id of something else: ${decoded.typename}.`,
    { remedy: `Give the id of something of the type ${typeName}.`, field },
  )
}

/**
 * Reads the id of a migration: global id, UUID or short id such as `m-7f3k`.
 * @throws GodwitError BAD_INPUT
 */
export function readMigrationId(text: string, field = 'id'): string {
  return shortIdPattern.test(text) ? text.toLowerCase() : readId('Migration', text, field)
}
