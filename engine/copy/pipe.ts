import type pg from 'pg'
import { CopyIn } from './copy-in.ts'
import { CopyOut } from './copy-out.ts'

export type Side = 'source' | 'target'

export interface PipeRequest {
  readonly source: pg.Client
  readonly target: pg.Client
  /** COPY … TO STDOUT */
  readonly copyOutSql: string
  /** COPY … FROM STDIN, of the same format and columns */
  readonly copyInSql: string
  /** For each chunk: rows and bytes that it brought. */
  readonly onProgress: (rows: number, bytes: number) => void
  /** Makes the error that is thrown, of that of one of the sides. */
  readonly toError: (side: Side, error: unknown) => Error
}

/**
 * Runs both COPY statements with the bytes of the rows going from socket to socket, unparsed and with
 * back-pressure. Returns the number of rows. After an error both sessions are broken: neither side can be told to
 * stop without waiting for it, and the target rolls back when its client is gone.
 */
export async function pipeCopy(request: PipeRequest): Promise<bigint> {
  const { source, target, toError } = request
  const fail = (side: Side, error: unknown): never => {
    source.connection.stream.destroy()
    target.connection.stream.destroy()
    throw toError(side, error)
  }
  const copyIn = target.query(new CopyIn(request.copyInSql))
  const stored = copyIn.done.catch((error: unknown) => fail('target', error))
  // Until the last row is written, the target has nothing to say but that it is ready, or an error.
  await Promise.race([copyIn.ready, stored])

  const copyOut = source.query(new CopyOut(request.copyOutSql, target.connection.stream, request.onProgress))
  const sent = copyOut.done.catch((error: unknown) => fail('source', error))
  await Promise.race([sent, stored])
  copyIn.finish()
  return await stored
}
