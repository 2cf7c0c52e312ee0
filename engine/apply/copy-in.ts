import { type Connection, Query, type QueryResult } from 'pg'
import type { Session } from '../endpoint/index.ts'

/** The server holds a message whole before it looks at it. */
const maxFrameBytes = 1024 * 1024
const copyDone = Buffer.from([0x63, 0, 0, 0, 4])

/**
 * COPY … FROM STDIN on a pipelined session. The rows follow the statement without waiting for the server to ask for
 * them; if it refuses the statement, it passes over them, as the protocol says.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY
 */
export function copyIn(session: Session, text: string, rows: Buffer): Promise<QueryResult> {
  const { promise, resolve, reject } = Promise.withResolvers<QueryResult>()
  session.query(new CopyIn(text, rows, (error, result) => (error == null ? resolve(result) : reject(error))))
  return promise
}

class CopyIn extends Query {
  override readonly submit: (connection: Connection) => void
  /** Called by the session when the server is ready for the rows, which are under way. */
  readonly handleCopyInResponse = (): void => {}

  constructor(
    text: string,
    rows: Buffer,
    callback: (error: Error | null | undefined, result: QueryResult) => void,
  ) {
    super(text, callback)
    this.submit = (connection) => {
      const { stream } = connection
      stream.cork()
      connection.query(text)
      for (let start = 0; start < rows.length; start += maxFrameBytes) {
        const frame = rows.subarray(start, start + maxFrameBytes)
        stream.write(frameHeader(frame.length))
        stream.write(frame)
      }
      stream.write(copyDone)
      stream.uncork()
    }
  }
}

/** Of a CopyData message. */
function frameHeader(sizeBytes: number): Buffer {
  const header = Buffer.alloc(5)
  header.write('d', 'latin1')
  header.writeInt32BE(4 + sizeBytes, 1)
  return header
}
