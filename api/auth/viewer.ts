import type { IncomingHttpHeaders } from 'node:http'
import {
  type Actor,
  type ApiToken,
  type CommandContext,
  GodwitError,
  isReservedPerson,
  type Scope,
  toPerson,
  type TokenStore,
} from '../../engine/index.ts'
import { holdsScope, readScope, scopesInEffect } from './scopes.ts'

/** Who calls: a token, and the person for whom it acts if it says so. */
export interface Viewer {
  readonly token: ApiToken
  /** What this call may do: all that the token may, or less if the caller says so. */
  readonly scopes: readonly Scope[]
  /** The most that the caller wants to be able to do; null: whatever the token may. */
  readonly narrowedTo: Scope | null
  readonly actor: Actor
  /** Asks the control database again. @throws GodwitError UNAUTHENTICATED, TOKEN_EXPIRED */
  recheck(): Promise<Viewer>
}

/** What a caller presents, by HTTP headers or the connection parameters of a WebSocket. */
interface Credentials {
  /** `Bearer gw_…` */
  readonly authorization: string | undefined
  /** The name of a person, percent-encoded; needs the scope `approve`. */
  readonly onBehalfOf: string | undefined
  /** The name of a scope: the call may do no more than that, so that a client can act with the rights of a person. */
  readonly scope: string | undefined
}

export function credentialsOf(headers: IncomingHttpHeaders): Credentials {
  return {
    authorization: headers.authorization,
    onBehalfOf: readHeader(headers, 'x-godwit-on-behalf-of'),
    scope: readHeader(headers, 'x-godwit-scope'),
  }
}

function readHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** @throws GodwitError UNAUTHENTICATED, TOKEN_EXPIRED, FORBIDDEN, BAD_INPUT */
export async function authenticate(tokens: TokenStore, credentials: Credentials): Promise<Viewer> {
  const presented = /^Bearer +(\S+)$/i.exec(credentials.authorization ?? '')?.[1]
  if (presented === undefined) throw new GodwitError('UNAUTHENTICATED', 'The request carries no token.')
  const token = await tokens.authenticate(presented)
  const onBehalfOf = readPerson(credentials.onBehalfOf)
  const narrowedTo = credentials.scope === undefined ? null : readScope(credentials.scope)
  // Who may name people is a question of the token; what the call may then do for one is narrowed.
  if (onBehalfOf !== undefined && !holdsScope(token.scopes, 'approve')) {
    throw new GodwitError('FORBIDDEN', 'This token may not act on behalf of a person.', {
      remedy: 'Use a token with the scope approve, or leave the person out.',
    })
  }
  return {
    token,
    scopes: scopesInEffect(token.scopes, narrowedTo),
    narrowedTo,
    actor: {
      kind: 'token',
      id: token.id,
      name: token.name,
      ...(onBehalfOf !== undefined && { onBehalfOf }),
    },
    recheck: () => authenticate(tokens, credentials),
  }
}

const maxPersonLength = 200

function readPerson(encoded: string | undefined): string | undefined {
  if (encoded === undefined || encoded === '') return undefined
  const person = readName(encoded)
  if (person !== undefined && isReservedPerson(person)) {
    throw new GodwitError('BAD_INPUT', 'Nobody can act on behalf of a token: its name counts as its own.', {
      remedy: 'Send the name of a person, which does not begin with token:, worker: or system:.',
      field: 'onBehalfOf',
    })
  }
  const isPrintable = person !== undefined && person.trim() !== '' && !/\p{Cc}/u.test(person)
  if (isPrintable && person.length <= maxPersonLength) return person
  throw new GodwitError(
    'BAD_INPUT',
    'The name of the person on whose behalf the call is made is not valid.',
    {
      remedy: `Send at most ${maxPersonLength} printable characters, percent-encoded as UTF-8.`,
      field: 'onBehalfOf',
    },
  )
}

function readName(encoded: string): string | undefined {
  try {
    return toPerson(decodeURIComponent(encoded))
  } catch {
    return undefined
  }
}

/** Who does it, for the stores. */
export function commandContext(viewer: Viewer, idempotencyKey?: string | null): CommandContext {
  return { actor: viewer.actor, ...(idempotencyKey != null && { idempotencyKey }) }
}
