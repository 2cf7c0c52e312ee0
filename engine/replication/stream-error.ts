import { toSessionError } from '../endpoint/index.ts'
import { GodwitError, type ErrorCode } from '../errors.ts'
import { sqlState, sqlStateOf } from '../postgres/index.ts'

/** What an error of a walsender that streams from a slot means. */
const codeOfState: Readonly<Record<string, ErrorCode>> = {
  [sqlState.objectInUse]: 'SLOT_IN_USE',
  // The slot, or its publication, is not there any more.
  [sqlState.undefinedObject]: 'SLOT_LOST',
  // The slot was invalidated.
  [sqlState.objectNotInPrerequisiteState]: 'SLOT_LOST',
  // WAL that it needs was removed.
  [sqlState.undefinedFile]: 'SLOT_LOST',
  [sqlState.insufficientPrivilege]: 'ENDPOINT_REPLICATION_REFUSED',
  [sqlState.tooManyConnections]: 'SERVER_BUSY',
}

/** Names what ended the change stream; a connection that just ended is CONNECTION_LOST. */
export function toStreamError(error: unknown, slotName: string): GodwitError {
  const sessionError = toSessionError(error, `Reading changes from slot ${slotName}`)
  const code = codeOfState[sqlStateOf(error) ?? '']
  return code === undefined || error instanceof GodwitError
    ? sessionError
    : new GodwitError(code, sessionError.message, { cause: sessionError.cause })
}
